// exobrain backup and exobrain restore.
#include "core/storage/backup/Backup.h"
#include "app/exobrain/Command.h"
#include "app/exobrain/ProgressBar.h"
#include "app/exobrain/Terminal.h"
#include "core/api/Types.h"
#include "core/base/Units.h"
#include "core/base/Version.h"
#include "core/storage/HomeLock.h"
#include "core/storage/backup/Restore.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

namespace exo::cli {

namespace fs = std::filesystem;

namespace {

struct BackupOptions {
    std::string to;
    int keep = 0; // 0: cleanup.keepBackups
    bool json = false;
};

struct RestoreOptions {
    std::string file;
    bool verify = false;
    bool json = false;
};

fs::path keyFolderOf(const Paths& paths) {
    return paths.config / "keys";
}

Json summary(const Manifest& manifest) {
    Json json = Json::object();
    json["createdAt"] = api::formatTime(manifest.createdAt);
    json["version"] = manifest.version;
    json["schema"] = manifest.schema;
    json["sessions"] = manifest.sessions;
    json["messages"] = manifest.messages;
    json["files"] = Json::array();
    for (const auto& file : manifest.files)
        json["files"].push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
    return json;
}

std::string inWords(const Manifest& manifest) {
    return std::to_string(manifest.sessions) + " sessions with " + std::to_string(manifest.messages) +
           " messages of " + api::formatTime(manifest.createdAt);
}

// A key that lies outside the home is not ours to copy; whoever restores must know.
void sayWhatIsLeftOut(const Settings& settings, const fs::path& keyFolder) {
    for (const auto& provider : settings.providers) {
        if (!provider.apiKeySource.starts_with("file:")) continue;
        const fs::path file = provider.apiKeySource.substr(5);
        if (file.parent_path() != keyFolder)
            say("not in the backup: " + file.string() + ", the key of the provider \"" + provider.name +
                "\"");
    }
}

// No file of ours would hold them.
Error inPostgres(const std::string& advice) {
    return fail(ErrorCode::Unsupported,
                "sessions, keys and usage are in PostgreSQL (storage.url), not in the home: " + advice);
}

int runBackup(const Globals& globals, const BackupOptions& options) {
    globals.setUpLog(log::Level::Warn);
    const Paths paths = globals.paths();
    const ConfigSources sources = globals.sources();
    Settings settings;
    // What cannot be read must still be backed up.
    if (auto config = loadConfig(sources); config.ok())
        settings = std::move(config->settings);
    else
        say("the configuration is not valid, it is backed up as it is:\n" + config.error().detail);
    if (!settings.storage.url.empty())
        return report(inPostgres("back that up with pg_dump, or its own replication"));

    const fs::path usual = paths.data / "backups";
    const fs::path folder = options.to.empty() ? usual : fs::absolute(options.to);
    const WallTime now = SystemClock().wallNow();
    ProgressBar bar;
    const auto made =
        makeBackup({paths.database(), *sources.file, keyFolderOf(paths), std::string(k_version)}, folder, now,
                   [&bar](std::int64_t done, std::int64_t total) { bar.show("backing up", done, total); });
    bar.clear();
    if (!made.ok()) return report(made.error());
    sayWhatIsLeftOut(settings, keyFolderOf(paths));
    if (folder != usual)
        if (const auto noted = noteBackup(paths.data, *made); !noted.ok())
            say("the age of this backup cannot be watched: " + noted.error().detail);
    const int keep = options.keep > 0 ? options.keep : settings.cleanup.keepBackups;
    const auto removed = pruneBackups(folder, static_cast<std::size_t>(keep), now);
    if (options.json) {
        Json json = summary(made->manifest);
        json["file"] = made->file.string();
        json["size"] = made->size;
        json["removed"] = Json::array();
        for (const auto& file : removed)
            json["removed"].push_back(file.string());
        printJson(json);
        return k_ok;
    }
    print(made->file.string() + "\n");
    say("backed up " + inWords(made->manifest) + " (" + formatSize(made->size) + ")");
    return k_ok;
}

int verifyOnly(const RestoreOptions& options) {
    const auto manifest = verifyBackup(options.file);
    if (!manifest.ok()) return report(manifest.error());
    if (options.json)
        printJson(summary(*manifest));
    else
        print("good: " + inWords(*manifest) + ", schema " + std::to_string(manifest->schema) + ", made by " +
              escapeForTerminal(manifest->version) + "\n");
    return k_ok;
}

int runRestore(const Globals& globals, const RestoreOptions& options) {
    globals.setUpLog(log::Level::Warn);
    if (options.verify) return verifyOnly(options);
    const Paths paths = globals.paths();
    if (const auto config = loadConfig(globals.sources());
        config.ok() && !config->settings.storage.url.empty())
        return report(
            inPostgres("bring a dump back with pg_restore, or take storage.url out to use the home again"));
    if (const auto created = paths.create(); !created.ok()) return report(created.error());
    const auto lock = HomeLock::acquire(paths.run, "restore");
    if (!lock.ok()) {
        if (lock.error().code == ErrorCode::Conflict)
            say("a restore needs the home for itself: stop what uses it first");
        return report(lock.error());
    }
    const RestoreTarget target{paths.data, paths.database(), *globals.sources().file, keyFolderOf(paths)};
    const auto restored = restoreBackup(options.file, target, SystemClock().wallNow());
    if (!restored.ok()) return report(restored.error());
    if (options.json) {
        Json json = summary(restored->manifest);
        json["replaced"] = restored->replaced.empty() ? Json() : Json(restored->replaced.string());
        printJson(json);
        return k_ok;
    }
    print("restored " + inWords(restored->manifest) + "\n");
    if (!restored->replaced.empty()) say("what was there before lies in " + restored->replaced.string());
    return k_ok;
}

} // namespace

void addBackup(Commands& commands) {
    CLI::App* backup =
        commands.add("backup", "Back up sessions, keys, usage and configuration into one verified file");
    const auto options = std::make_shared<BackupOptions>();
    backup->add_option("--to", options->to, "Folder for it (default: backups in the home)");
    backup->add_option("--keep", options->keep, "Backups to keep there (default: cleanup.keepBackups)")
        ->check(CLI::Range(1, 10000));
    backup->add_flag("--json", options->json, "As JSON");
    commands.onRun(backup, [&globals = commands.globals, options] { return runBackup(globals, *options); });

    CLI::App* restore =
        commands.add("restore", "Bring a backup back; what it replaces is kept. Stop the server first");
    const auto what = std::make_shared<RestoreOptions>();
    restore->add_option("FILE", what->file, "The backup")->required();
    restore->add_flag("--verify", what->verify, "Only check it");
    restore->add_flag("--json", what->json, "As JSON");
    commands.onRun(restore, [&globals = commands.globals, what] { return runRestore(globals, *what); });
}

} // namespace exo::cli
