#include "app/exobrain/doctor/MachineFacts.h"

#include "core/base/ChildProcess.h"
#include "core/base/Ids.h"
#include "core/base/Text.h"
#include "core/base/Version.h"
#include "core/monitor/ProcText.h"
#include "core/monitor/SystemSampler.h"
#include "core/net/HttpServer.h"
#include "core/storage/Database.h"
#include "core/storage/HomeLock.h"
#include "core/storage/KeyStore.h"
#include "core/storage/Sqlite.h"
#include "core/storage/backup/Backup.h"
#include "core/storage/backup/Restore.h"
#include "core/storage/postgres/PgFacts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <sys/statfs.h>

namespace exo::doctor {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr Millis k_versionWithin{5000};

std::set<std::string> runningPrograms() {
    std::set<std::string> names;
    std::error_code errc;
    for (fs::directory_iterator it("/proc", errc), end; !errc && it != end; it.increment(errc)) {
        const std::string name = it->path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        names.emplace(trim(proc::text(it->path() / "comm")));
    }
    return names;
}

std::vector<PortFact> lookAtPorts(const Settings& settings) {
    std::uint16_t own = 8686;
    if (const auto address = net::parseHostPort(settings.server.listen); address.ok() && address->port != 0)
        own = address->port;
    std::vector<PortFact> ports{{own, "exobrain"}, {80, "nginx"}, {443, "nginx"}, {6379, "redis-server"}};
    std::set<std::uint16_t> taken;
    for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"})
        for (const auto port : listeningPorts(proc::text(file)))
            taken.insert(port);
    const auto running = runningPrograms();
    for (auto& fact : ports)
        if (taken.contains(fact.port))
            fact.state = running.contains(fact.program) ? PortFact::State::Ours : PortFact::State::Taken;
    return ports;
}

// The first number with dots in what the program says of itself.
std::string versionOf(const std::string& name, const std::string& flag) {
    const auto program = findProgram(name, k_searchPath);
    if (!program.ok()) return {};
    auto child = ChildProcess::start({program->string(), flag}, ChildProcess::Errors::WithOutput);
    if (!child.ok()) return {};
    const auto said = child->readToEnd(k_versionWithin, 64u << 10);
    if (!said.ok()) return {};
    const std::string_view text = *said;
    for (std::size_t at = 0; (at = text.find_first_of("0123456789", at)) != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_not_of("0123456789.", at), text.size());
        if (text.substr(at, end - at).find('.') != std::string_view::npos)
            return std::string(text.substr(at, end - at));
        at = end;
    }
    return {};
}

void lookAtFileSystem(const fs::path& folder, MachineFacts& facts) {
    struct Kind {
        long magic;
        const char* name;
        MachineFacts::Medium medium;
    };
    using Medium = MachineFacts::Medium; // magic numbers of statfs(2)
    static constexpr std::array k_kinds{
        Kind{0xEF53, "ext4", Medium::Local},       Kind{0x58465342, "xfs", Medium::Local},
        Kind{0x9123683E, "btrfs", Medium::Local},  Kind{0x2FC12FC1, "zfs", Medium::Local},
        Kind{0xF2F52010, "f2fs", Medium::Local},   Kind{0x794C7630, "overlay", Medium::Local},
        Kind{0x01021994, "tmpfs", Medium::Memory}, Kind{0x858458F6, "ramfs", Medium::Memory},
        Kind{0x6969, "nfs", Medium::Network},      Kind{0xFF534D42, "cifs", Medium::Network},
        Kind{0xFE534D42, "smb2", Medium::Network}, Kind{0x01021997, "9p", Medium::Network},
        Kind{0x00C36400, "ceph", Medium::Network}, Kind{0x5346414F, "afs", Medium::Network}};
    struct statfs info {};
    if (::statfs(folder.c_str(), &info) != 0) return;
    const auto magic = static_cast<long>(info.f_type) & 0xFFFFFFFFL;
    const auto found = std::ranges::find(k_kinds, magic, &Kind::magic);
    facts.fileSystem = found != k_kinds.end() ? found->name : "0x" + [&] {
        std::array<char, 20> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), magic, 16).ptr;
        return std::string(text.data(), end);
    }();
    if (found != k_kinds.end()) facts.medium = found->medium;
}

// The nearest folder above that exists.
fs::path existing(fs::path folder) {
    std::error_code errc;
    while (!fs::exists(folder, errc) && folder.has_relative_path())
        folder = folder.parent_path();
    return folder;
}

Result<void> writeBackUpAndVerify(const fs::path& folder) {
    DatabaseOptions options;
    options.file = folder / "exobrain.db";
    EXO_TRY(const auto database, Database::open(options));
    std::function<Result<void>(Connection&)> job = [](Connection& db) {
        return db.run("INSERT INTO meta (key, value) VALUES ('self-test', x'00')");
    };
    EXO_CHECK(database->writeBlocking<void>(std::move(job)));
    EXO_TRY(const auto made,
            makeBackup({options.file, folder / "none", folder / "none", std::string(k_version)}, folder,
                       SystemClock().wallNow()));
    EXO_CHECK(verifyBackup(made.file));
    return {};
}

// Whether the home can be written, and the program's storage works there.
void tryHome(const Paths& paths, MachineFacts& facts) {
    facts.homePath = paths.data.string();
    const fs::path folder = existing(paths.data) / newIdText(".exobrain-doctor-");
    std::error_code errc;
    if (!fs::create_directory(folder, errc)) {
        facts.homeProblem = paths.data.string() + ": " + errc.message();
        return;
    }
    if (const auto done = writeBackUpAndVerify(folder); !done.ok())
        facts.selfTest = done.error().toLogString();
    fs::remove_all(folder, errc);
}

void lookAtStorage(const Secret& url, MachineFacts& facts) {
    if (url.empty()) return;
    PostgresFacts& seen = facts.postgres.emplace();
    const auto looked = lookAtPostgres(url);
    if (!looked.ok()) {
        seen.problem = looked.error().detail;
        return;
    }
    seen.version = looked->version;
    seen.ms = looked->milliseconds;
    seen.encrypted = looked->way != PgFacts::Way::Plain;
    seen.durable = looked->durable;
    seen.connections = looked->connections;
    seen.maxConnections = looked->maxConnections;
    if (!looked->writable) seen.problem = "it can only be read: a standby, or the user has no right to write";
    facts.databaseThere = looked->schema > 0;
}

void lookAtKeys(const Paths& paths, const Secret& url, MachineFacts& facts) {
    std::error_code errc;
    if (url.empty()) facts.databaseThere = fs::is_regular_file(paths.database(), errc);
    if (!facts.databaseThere) return;
    DatabaseOptions options;
    options.file = paths.database();
    options.url = url;
    options.role = DatabaseOptions::Role::ReadOnly;
    const auto database = Database::open(options);
    if (!database.ok()) {
        facts.keyProblem = database.error().toLogString();
        return;
    }
    const auto rows =
        (*database)->readBlocking<std::vector<KeyRow>>([](Connection& db) { return KeyStore(db).list(); });
    if (!rows.ok()) {
        facts.keyProblem = rows.error().toLogString();
        return;
    }
    const WallTime now = SystemClock().wallNow();
    facts.activeKeys =
        static_cast<int>(std::ranges::count_if(*rows, [&](const KeyRow& row) { return row.usable(now); }));
    if (!url.empty()) return;
    const auto size = fs::file_size(paths.database(), errc);
    facts.backupNeeds = errc ? 0 : 2 * size;
}

} // namespace

std::vector<std::uint16_t> listeningPorts(std::string_view procNetTcp) {
    constexpr std::string_view k_listening = "0A";
    std::vector<std::uint16_t> ports;
    for (const auto line : split(procNetTcp, '\n')) {
        const auto words = proc::words(line);
        if (words.size() < 4 || words[3] != k_listening) continue;
        const auto colon = words[1].rfind(':');
        if (colon == std::string_view::npos) continue;
        unsigned port = 0;
        std::from_chars(words[1].data() + colon + 1, words[1].data() + words[1].size(), port, 16);
        ports.push_back(static_cast<std::uint16_t>(port));
    }
    return ports;
}

MachineFacts lookAtMachine(const Paths& paths, const ConfigSources& sources) {
    MachineFacts facts;
    Settings settings;
    if (auto config = loadConfig(sources); config.ok()) {
        settings = std::move(config->settings);
        facts.configWarnings = std::move(config->warnings);
    } else {
        facts.configProblem = config.error().detail;
    }
    facts.webhook = !settings.alerts.webhook.empty();
    if (const auto address = net::parseHostPort(settings.server.listen); address.ok())
        facts.publicListen = !net::isLoopbackHost(address->host);
    const SystemClock clock;
    SystemSampler sampler(clock, {"/proc", "/sys/fs/cgroup", existing(paths.data)});
    if (const auto sample = sampler.sample()) {
        facts.samples = true;
        facts.memoryAvailable = sample->memoryAvailable;
        facts.load = sample->load;
        facts.cores = sample->cores;
        facts.diskAvailable = sample->diskAvailable;
        facts.diskTotal = sample->diskAvailable + sample->diskUsed;
    }
    facts.ports = lookAtPorts(settings);
    facts.programs = {{"nginx", versionOf("nginx", "-v"), "1.18"},
                      {"redis-server", versionOf("redis-server", "--version"), "6.0"}};
    tryHome(paths, facts);
    lookAtStorage(settings.storage.url, facts);
    lookAtKeys(paths, settings.storage.url, facts);
    lookAtFileSystem(existing(paths.data), facts);
    if (const auto newest = newestBackup(paths.data)) facts.backupAge = clock.wallNow() - *newest;
    facts.monitorRuns = HomeLock::holder(paths.run / "monitor").has_value();
    return facts;
}

} // namespace exo::doctor
