// exobrain migrate: the sessions, keys and usage of a home go from its SQLite file into PostgreSQL.
#include "app/exobrain/Command.h"
#include "app/exobrain/ProgressBar.h"
#include "app/exobrain/Terminal.h"
#include "core/base/Ids.h"
#include "core/base/Units.h"
#include "core/storage/Database.h"
#include "core/storage/DatabaseCopy.h"
#include "core/storage/HomeLock.h"
#include "core/storage/Sqlite.h"
#include "core/storage/postgres/PgFacts.h"
#include "core/storage/postgres/Transfer.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace exo::cli {

namespace fs = std::filesystem;

namespace {

struct MigrateOptions {
    std::string to; // empty: storage.url
    bool replace = false;
    bool json = false;
};

using Tables = std::vector<Transferred>;

// Removed with what lies in it.
struct Scratch {
    fs::path folder;
    ~Scratch() {
        std::error_code ignored;
        if (!folder.empty()) fs::remove_all(folder, ignored);
    }
};

Result<bool> isOld(const fs::path& file) {
    ConnectionOptions options;
    options.file = file;
    options.queryOnly = true;
    EXO_TRY(const auto steps, builtInMigrations());
    EXO_TRY(const auto connection, Connection::open(options));
    EXO_TRY(const int version, readSchemaVersion(*connection));
    return version < steps.back().version;
}

// The file itself is only read: one of an older version is brought up to date as a copy.
Result<std::unique_ptr<Database>> openSource(const Paths& paths, Scratch& scratch) {
    DatabaseOptions options;
    options.file = paths.database();
    options.role = DatabaseOptions::Role::ReadOnly;
    EXO_TRY(const bool old, isOld(options.file));
    if (!old) return Database::open(std::move(options));
    const fs::path folder = paths.data / newIdText(".exobrain-migrate-");
    std::error_code errc;
    if (!fs::create_directory(folder, errc))
        return fail(ErrorCode::IoError, folder.string() + ": " + errc.message());
    scratch.folder = folder;
    fs::permissions(folder, fs::perms::owner_all, errc);
    DatabaseCopy copy;
    copy.from = paths.database();
    copy.to = folder / "exobrain.db";
    EXO_CHECK(copyDatabase(copy));
    options.file = copy.to;
    options.backupFolder = folder;
    options.role = DatabaseOptions::Role::Owner;
    return Database::open(std::move(options));
}

Result<Tables> move(Database& from, Database& to, bool replace) {
    ProgressBar bar;
    TransferOptions options;
    options.replace = replace;
    options.progress = [&bar](std::string_view stage, std::int64_t done, std::int64_t total) {
        bar.show(std::string(stage), done, total);
    };
    auto moved = from.readBlocking<Tables>([&](Connection& source) {
        return to.writeBlocking<Tables>(
            [&](Connection& target) { return transfer(source, target, options); });
    });
    if (moved.ok()) {
        bar.show("verifying what was committed", 0, 0);
        const auto same =
            to.readBlocking<void>([&](Connection& target) { return verifyTransferred(target, *moved); });
        if (!same.ok()) moved = same.error();
    }
    bar.clear();
    return moved;
}

void tell(const Tables& tables, const std::string& source, const std::string& target, Millis took,
          bool asJson) {
    Json json{{"from", source}, {"to", target}, {"tables", Json::array()}};
    std::vector<std::vector<std::string>> cells{{"TABLE", "ROWS", "SHA-256"}};
    std::int64_t rows = 0, replaced = 0;
    for (const auto& table : tables) {
        json["tables"].push_back({{"table", table.table},
                                  {"rows", table.rows},
                                  {"sha256", table.sha256},
                                  {"replacedTexts", table.replaced}});
        cells.push_back({table.table, std::to_string(table.rows), table.sha256});
        rows += table.rows;
        replaced += table.replaced;
    }
    json["rows"] = rows;
    json["replacedTexts"] = replaced;
    json["seconds"] = std::chrono::duration<double>(took).count();
    if (asJson) return void(printJson(json));
    print(table(cells));
    say(std::to_string(rows) + " rows are in the PostgreSQL database " + target +
        ", read back and found the same, in " + formatDuration(took));
    if (replaced > 0) say(std::to_string(replaced) + " texts were changed: U+FFFD in place of NUL");
}

int failed(const Error& error) {
    const int code = report(error);
    return error.code == ErrorCode::Conflict ? k_failed : code; // trying again later does not help
}

int run(const Globals& globals, const MigrateOptions& options) {
    globals.setUpLog(log::Level::Warn);
    const Paths paths = globals.paths();
    const auto config = loadConfig(globals.sources());
    if (!config.ok()) return report(config.error());
    const Secret& configured = config->settings.storage.url;
    const Secret url = options.to.empty() ? configured : Secret(options.to);
    if (url.empty()) {
        say("where to? Set storage.url (in the configuration or as EXOBRAIN_STORAGE_URL), or give --to");
        return k_usage;
    }
    if (const auto good = Database::checkUrl(url); !good.ok()) return report(good.error());
    std::error_code errc;
    if (!fs::exists(paths.database(), errc))
        return report(fail(ErrorCode::NotFound, "there is no " + paths.database().string()));
    if (const auto created = paths.create(); !created.ok()) return report(created.error());
    const auto lock = HomeLock::acquire(paths.run, "migrate");
    if (!lock.ok()) {
        if (lock.error().code == ErrorCode::Conflict)
            say("nobody may write meanwhile: stop what uses the home first");
        return report(lock.error());
    }
    const SystemClock clock;
    const SteadyTime begun = clock.now();
    Scratch scratch;
    const auto from = openSource(paths, scratch);
    if (!from.ok()) return report(from.error());
    DatabaseOptions target;
    target.url = url;
    const auto to = Database::open(std::move(target));
    if (!to.ok()) return report(to.error());
    const auto moved = move(**from, **to, options.replace);
    if (!moved.ok()) {
        if (moved.error().code == ErrorCode::Unsupported)
            say("with --replace such texts are stored with U+FFFD in place of what PostgreSQL refuses");
        return failed(moved.error());
    }
    tell(*moved, paths.database().string(), describePgUrl(url),
         std::chrono::duration_cast<Millis>(clock.now() - begun), options.json);
    if (configured.empty()) say("now name it as storage.url in the configuration");
    say(paths.database().string() + " stays as it is; it is not used while storage.url is set");
    return k_ok;
}

} // namespace

void addMigrate(Commands& commands) {
    CLI::App* command = commands.add(
        "migrate", "Copy sessions, keys and usage of this home into an empty PostgreSQL database, so that "
                   "several servers can share them. Stop the server first; the home's own file stays");
    const auto options = std::make_shared<MigrateOptions>();
    command->add_option("--to", options->to,
                        "postgres://USER@HOST/DATABASE (default: storage.url; a password belongs there, or "
                        "into ~/.pgpass)");
    command->add_flag("--replace", options->replace,
                      "Store texts that PostgreSQL refuses, with U+FFFD in place of NUL");
    command->add_flag("--json", options->json, "As JSON");
    commands.onRun(command, [&globals = commands.globals, options] { return run(globals, *options); });
}

} // namespace exo::cli
