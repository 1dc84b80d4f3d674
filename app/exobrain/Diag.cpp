// exobrain diag: what somebody needs to find out what is wrong, in one file, without anything secret: no
// prompts, no answers, no keys.
#include "app/exobrain/Command.h"
#include "app/exobrain/Terminal.h"
#include "app/exobrain/doctor/MachineFacts.h"
#include "app/exobrain/doctor/Redact.h"
#include "core/api/Types.h"
#include "core/base/Text.h"
#include "core/base/Version.h"
#include "core/net/HttpClient.h"
#include "core/storage/Database.h"
#include "core/storage/HomeLock.h"
#include "core/storage/Sqlite.h"
#include "core/storage/backup/Backup.h"
#include "core/storage/backup/TarFile.h"
#include "core/storage/postgres/PgFacts.h"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <sqlite3.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>

namespace exo::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::streamoff k_logTail = 512 * 1024;
constexpr Millis k_within{5000};
constexpr std::size_t k_mostOfAnswer = 4u << 20;

struct Entry {
    std::string name;
    std::string text;
};

Task<std::string> get(net::HttpClient& http, std::string url, Secret key) {
    net::HttpRequest request;
    request.url = std::move(url);
    if (!key.empty()) request.headers.push_back({"x-api-key", std::string(key.reveal())});
    request.timeouts = {k_within, k_within, k_within, k_within};
    request.proxy.mode = net::ProxySettings::Mode::None;
    request.maxBodyBytes = k_mostOfAnswer;
    EXO_CO_TRY(const auto response, co_await http.send(std::move(request), {}));
    EXO_CO_TRY(std::string body, co_await response->readAll());
    if (response->status() != 200)
        co_return fail(ErrorCode::UpstreamRejected, "status " + std::to_string(response->status()));
    co_return body;
}

// What a server that runs says of itself. Takes copies: it begins when the caller's temporaries are gone.
asio::awaitable<void> askServer(net::HttpClient& http, std::string url, Secret key,
                                std::vector<Entry>& entries) {
    static constexpr std::pair<const char*, const char*> k_pages[] = {
        {"server/version.json", "/version"},          {"server/readyz.json", "/readyz"},
        {"server/metrics.json", "/api/v1/metrics"},   {"server/metrics.prom", "/metrics"},
        {"server/breakers.json", "/api/v1/breakers"}, {"server/cache.json", "/api/v1/cache"},
        {"server/alerts.json", "/api/v1/alerts"},     {"server/log.json", "/api/v1/log?limit=500"}};
    for (const auto& [name, path] : k_pages) {
        auto body = co_await get(http, url + path, key);
        entries.push_back({name, body.ok() ? std::move(body).value() : body.error().toLogString()});
    }
}

std::string versions() {
    utsname system{};
    (void)::uname(&system);
    Json json{{"exobrain", std::string(k_version)},
              {"sqlite", sqlite3_libversion()},
              {"kernel", std::string(system.sysname) + " " + system.release + " " + system.machine}};
    if (const auto release = readFile("/etc/os-release", 64u << 10); release.ok())
        for (const auto line : split(*release, '\n'))
            if (line.starts_with("PRETTY_NAME=")) json["system"] = std::string(line.substr(12));
    return json.dump(1);
}

std::string configuration(const Result<LoadedConfig>& config) {
    if (!config.ok()) return config.error().detail;
    std::vector<std::vector<std::string>> cells;
    for (const auto& line : config->lines)
        cells.push_back({line.path, "= " + line.value, "# " + line.origin});
    return table(cells);
}

// Sizes and whether the file is whole; no contents.
Result<Json> lookAtDatabase(const fs::path& file) {
    ConnectionOptions options;
    options.file = file;
    options.queryOnly = true;
    EXO_TRY(const auto db, Connection::open(options));
    sqlite3_db_config(db->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    Json json = Json::object();
    for (const char* pragma :
         {"application_id", "user_version", "page_size", "page_count", "freelist_count"}) {
        EXO_TRY(const auto value, db->integer("PRAGMA " + std::string(pragma)));
        json[pragma] = value.value_or(0);
    }
    EXO_TRY(Statement check, db->query("PRAGMA integrity_check(10)"));
    bool row = false;
    do {
        EXO_TRY(row, check.step());
        if (row) json["integrity"].push_back(check.text(0));
    } while (row);
    json["rows"] = Json::object();
    for (const char* name :
         {"sessions", "messages", "attachments", "blobs", "keys", "usage", "compactions"}) {
        const auto count = db->integer("SELECT count(*) FROM " + std::string(name));
        json["rows"][name] = count.ok() ? Json(count->value_or(0)) : Json(count.error().toLogString());
    }
    return json;
}

std::string postgres(const Secret& url) {
    const auto facts = lookAtPostgres(url);
    if (!facts.ok()) return facts.error().toLogString();
    const auto* way = facts->way == PgFacts::Way::Local ? "local"
                      : facts->way == PgFacts::Way::Tls ? "TLS"
                                                        : "not encrypted";
    Json json{{"postgres", facts->version},
              {"database", describePgUrl(url)},
              {"milliseconds", facts->milliseconds},
              {"way", way},
              {"durable", facts->durable},
              {"writable", facts->writable},
              {"schema", facts->schema},
              {"bytes", facts->bytes},
              {"connections", facts->connections},
              {"maxConnections", facts->maxConnections},
              {"rows", Json::object()}};
    for (const auto& [table, rows] : facts->rows)
        json["rows"][table] = rows;
    return json.dump(1);
}

std::string database(const Paths& paths, const Secret& url) {
    if (!url.empty()) return postgres(url);
    std::error_code errc;
    if (!fs::exists(paths.database(), errc)) return "there is none";
    auto json = lookAtDatabase(paths.database());
    return json.ok() ? json->dump(1) : json.error().toLogString();
}

// Names and sizes; of the folders only these.
std::string files(const Paths& paths) {
    std::string out;
    for (const fs::path& folder :
         {paths.data, paths.data / "backups", paths.config, paths.run, paths.cache}) {
        out += folder.string() + "\n";
        std::error_code errc;
        for (fs::directory_iterator it(folder, errc), end; !errc && it != end; it.increment(errc)) {
            std::error_code ignored;
            const auto size = it->is_regular_file(ignored) ? it->file_size(ignored) : 0;
            out += "  " + std::to_string(size) + "  " + it->path().filename().string() + "\n";
        }
    }
    return out;
}

std::string logTail(const Settings& settings) {
    std::ifstream in(settings.logging.file, std::ios::binary | std::ios::ate);
    if (!in) return "cannot be read";
    const std::streamoff size = in.tellg();
    in.seekg(std::max<std::streamoff>(0, size - k_logTail));
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The texts of all secrets the configuration leads to.
std::vector<std::string> secretsOf(const Settings& settings) {
    std::vector<std::string> known;
    const auto add = [&](std::string_view secret) { known.emplace_back(secret); };
    for (const auto& provider : settings.providers)
        add(provider.apiKey.reveal());
    add(settings.alerts.webhookSecret.reveal());
    add(settings.alerts.webhook); // whoever knows it may post there
    add(settings.cache.redisUrl.reveal());
    add(settings.storage.url.reveal());
    if (const char* key = std::getenv("EXOBRAIN_API_KEY")) add(key);
    return known;
}

std::vector<Entry> collect(const Globals& globals) {
    const Paths paths = globals.paths();
    const auto config = loadConfig(globals.sources());
    const Settings settings = config.ok() ? config->settings : Settings();
    std::vector<Entry> entries{{"version.json", versions()},
                               {"config.txt", configuration(config)},
                               {"database.json", database(paths, settings.storage.url)},
                               {"files.txt", files(paths)}};
    const std::vector<doctor::Section> sections{
        {"before", {}, doctor::preDeployChecks(doctor::lookAtMachine(paths, globals.sources()))}};
    entries.push_back({"doctor.json", doctor::toJson(sections).dump(1)});
    if (!settings.logging.file.empty()) entries.push_back({"log.txt", logTail(settings)});
    const auto holder = HomeLock::holder(paths.run);
    if (holder && !holder->url.empty()) {
        const char* key = std::getenv("EXOBRAIN_API_KEY");
        asio::io_context io(1);
        const auto http = net::makeHttpClient(io);
        asio::co_spawn(io, askServer(*http, holder->url, Secret(key ? key : ""), entries),
                       [&io](std::exception_ptr) { io.stop(); });
        io.run();
    }
    const doctor::Redactor redact(secretsOf(settings));
    for (auto& entry : entries)
        entry.text = redact(entry.text) + "\n";
    return entries;
}

Result<void> write(const fs::path& file, const std::vector<Entry>& entries, WallTime now) {
    EXO_TRY(TarWriter tar, TarWriter::create(file, now));
    for (const auto& entry : entries)
        EXO_CHECK(tar.addText("exobrain-diag/" + entry.name, entry.text));
    return tar.finish();
}

int runDiag(const Globals& globals, const std::string& out, bool asJson) {
    globals.setUpLog(log::Level::Error);
    const WallTime now = SystemClock().wallNow();
    std::error_code errc;
    const fs::path file = fs::absolute(
        out.empty() ? "exobrain-diag-" + std::to_string(toUnixMillis(now) / 1000) + ".tar" : out, errc);
    const auto entries = collect(globals);
    if (const auto written = write(file, entries, now); !written.ok()) {
        if (fs::exists(file, errc) && written.error().code == ErrorCode::StorageFull) fs::remove(file, errc);
        return report(written.error());
    }
    if (asJson) {
        Json json{{"file", file.string()}, {"entries", Json::array()}};
        for (const auto& entry : entries)
            json["entries"].push_back(entry.name);
        printJson(json);
        return k_ok;
    }
    print(file.string() + "\n");
    say("it holds no prompts, answers or keys; look through it before you hand it on: tar -xf FILE");
    return k_ok;
}

} // namespace

void addDiag(Commands& commands) {
    CLI::App* command = commands.add(
        "diag", "Collect what is needed to find a fault into one file, without prompts, answers or keys");
    const auto out = std::make_shared<std::string>();
    const auto json = std::make_shared<bool>(false);
    command->add_option("--out", *out, "The file (default: exobrain-diag-TIME.tar in this folder)");
    command->add_flag("--json", *json, "As JSON");
    commands.onRun(command,
                   [&globals = commands.globals, out, json] { return runDiag(globals, *out, *json); });
}

} // namespace exo::cli
