#include "core/storage/Migrations.h"

#include "core/base/Ids.h"
#include "core/base/Resources.h"
#include "core/storage/Sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
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

Result<void> syncPath(const fs::path& path, int flags) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
    const bool synced = fd >= 0 && ::fsync(fd) == 0;
    const int code = errno;
    if (fd >= 0) ::close(fd);
    if (!synced) return fail(ErrorCode::IoError, "cannot sync " + path.string() + ": " + std::strerror(code));
    return {};
}

Result<void> checkIntegrity(Connection& copy) {
    EXO_TRY(Statement check, copy.query("PRAGMA integrity_check(1)"));
    EXO_TRY(const bool row, check.step());
    if (!row || check.text(0) != "ok")
        return fail(ErrorCode::StorageCorrupt, "the database is damaged, it is not migrated: " +
                                                   (row ? check.text(0) : std::string("no answer")));
    return {};
}

Result<void> copyPages(Connection& source, Connection& copy) {
    sqlite3_backup* backup = sqlite3_backup_init(copy.handle(), "main", source.handle(), "main");
    if (!backup) return copy.lastError("cannot start the copy");
    const int stepped = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE) return sqliteError(stepped, "cannot copy the database before the migration");
    return {};
}

// The caller holds the write lock, so a second connection reads exactly what will be migrated.
Result<void> copyBefore(const MigrationTarget& target, int version) {
    const fs::path folder = target.backupFolder.empty() ? target.file.parent_path() : target.backupFolder;
    std::error_code errc;
    const bool existed = fs::exists(folder, errc);
    fs::create_directories(folder, errc);
    if (errc) return fail(ErrorCode::IoError, "cannot create " + folder.string() + ": " + errc.message());
    if (!existed) ::chmod(folder.c_str(), 0700);
    const fs::path final = folder / (newIdText("before-v" + std::to_string(version + 1) + "-") + ".db");
    const fs::path temp = final.string() + ".part";
    const auto copyTo = [&]() -> Result<void> {
        const int fd = ::open(temp.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0)
            return fail(ErrorCode::IoError, "cannot create " + temp.string() + ": " + std::strerror(errno));
        ::close(fd);
        ConnectionOptions from;
        from.file = target.file;
        from.queryOnly = true;
        from.vfs = target.vfs;
        ConnectionOptions to;
        to.file = temp;
        EXO_TRY(const auto source, Connection::open(from));
        EXO_TRY(const auto copy, Connection::open(to));
        sqlite3_db_config(source->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        EXO_CHECK(copyPages(*source, *copy));
        EXO_CHECK(copy->exec("PRAGMA journal_mode=DELETE")); // one file, nothing beside it
        return checkIntegrity(*copy);
    };
    Result<void> done = copyTo();
    if (done.ok()) done = syncPath(temp, O_RDONLY);
    if (done.ok() && ::rename(temp.c_str(), final.c_str()) != 0)
        done = fail(ErrorCode::IoError, "cannot rename " + temp.string() + ": " + std::strerror(errno));
    if (!done.ok()) {
        for (const char* suffix : {"", "-wal", "-shm", "-journal"})
            fs::remove(temp.string() + suffix, errc);
        return done;
    }
    return syncPath(folder, O_RDONLY | O_DIRECTORY);
}

Result<void> applySteps(Connection& connection, const MigrationTarget& target,
                        const std::vector<Migration>& steps) {
    EXO_TRY(const int version, readSchemaVersion(connection)); // again, now under the lock
    const int newest = steps.back().version;
    if (version >= newest) return {};
    if (version > 0) EXO_CHECK(copyBefore(target, version));
    for (const Migration& step : steps) {
        if (step.version <= version) continue;
        if (auto done = connection.exec(step.sql); !done.ok()) {
            Error error = std::move(done).error();
            error.detail = "migration " + step.name + " failed, nothing was changed: " + error.detail;
            return error;
        }
    }
    return connection.exec("PRAGMA application_id=" + std::to_string(k_applicationId) +
                           "; PRAGMA user_version=" + std::to_string(newest));
}

} // namespace

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
