#include "core/storage/Migrations.h"

#include "core/base/Ids.h"
#include "core/base/Resources.h"
#include "core/storage/DatabaseCopy.h"
#include "core/storage/FileOps.h"
#include "core/storage/Sqlite.h"

#include <charconv>
#include <cstdio>
#include <unistd.h>

namespace exo {

namespace fs = std::filesystem;

Result<std::vector<Migration>> builtInMigrations(std::string_view folder) {
    std::vector<Migration> steps;
    for (const std::string_view name : resourcesIn(folder)) {
        const std::string_view base = name.substr(folder.size());
        int version = 0;
        const auto parsed = std::from_chars(base.data(), base.data() + base.size(), version);
        if (parsed.ec != std::errc() || version != static_cast<int>(steps.size()) + 1)
            return fail(ErrorCode::Internal, "migration out of order: " + std::string(name));
        steps.push_back({version, std::string(base), std::string(resource(name).value_or(""))});
    }
    if (steps.empty()) return fail(ErrorCode::Internal, "no migrations in the program");
    return steps;
}

Result<int> readSchemaVersion(Connection& connection) {
    EXO_TRY(const auto application, connection.integer("PRAGMA application_id"));
    EXO_TRY(const auto version, connection.integer("PRAGMA user_version"));
    EXO_TRY(const auto tables, connection.integer("SELECT count(*) FROM sqlite_schema"));
    const bool ours = application == k_applicationId;
    const bool fresh = application == 0 && version == 0 && tables == 0;
    if (!ours && !fresh)
        return fail(ErrorCode::StorageCorrupt, "the file is the database of another program");
    return static_cast<int>(version.value_or(0));
}

namespace {

// The caller holds the write lock, so a second connection reads exactly what will be migrated.
Result<void> copyBefore(const MigrationTarget& target, int version) {
    const fs::path folder = target.backupFolder.empty() ? target.file.parent_path() : target.backupFolder;
    EXO_CHECK(makePrivateFolder(folder));
    const fs::path final = folder / (newIdText("before-v" + std::to_string(version + 1) + "-") + ".db");
    const fs::path temp = final.string() + ".part";
    DatabaseCopy copy;
    copy.from = target.file;
    copy.to = temp;
    copy.vfs = target.vfs;
    if (auto copied = copyDatabase(copy); !copied.ok()) {
        Error error = std::move(copied).error();
        error.detail = "no copy could be made before the migration, nothing was changed: " + error.detail;
        return error;
    }
    if (::rename(temp.c_str(), final.c_str()) != 0) {
        Error error = errnoError("cannot rename", temp);
        ::unlink(temp.c_str());
        return error;
    }
    return syncFolder(folder);
}

Result<void> applySteps(Connection& connection, const MigrationTarget& target,
                        const std::vector<Migration>& steps) {
    EXO_TRY(const int version, readSchemaVersion(connection)); // again, now under the lock
    const int newest = steps.back().version;
    if (version >= newest) return {};
    if (version > 0) EXO_CHECK(copyBefore(target, version));
    for (const Migration& step : steps)
        if (step.version > version) EXO_CHECK(applyStep(connection, step));
    return connection.exec("PRAGMA application_id=" + std::to_string(k_applicationId) +
                           "; PRAGMA user_version=" + std::to_string(newest));
}

} // namespace

Result<void> applyStep(Connection& connection, const Migration& step) {
    auto done = connection.exec(step.sql);
    if (done.ok()) return done;
    Error error = std::move(done).error();
    error.detail = "migration " + step.name + " failed, nothing was changed: " + error.detail;
    return error;
}

Result<void> migrate(Connection& connection, const MigrationTarget& target,
                     const std::vector<Migration>& steps) {
    EXO_TRY(const int version, readSchemaVersion(connection));
    if (version >= steps.back().version) return {};
    EXO_CHECK(connection.exec("BEGIN IMMEDIATE"));
    auto done = applySteps(connection, target, steps);
    if (done.ok()) done = connection.exec("COMMIT");
    if (!done.ok() && connection.inTransaction()) {
        if (auto undone = connection.exec("ROLLBACK"); !undone.ok()) return undone;
    }
    return done;
}

} // namespace exo
