#include "core/storage/DatabaseCopy.h"

#include "core/storage/FileOps.h"
#include "core/storage/Sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>

namespace exo {

namespace fs = std::filesystem;

namespace {

constexpr int k_pagesAtOnce = 2048;

Result<void> checkIntegrity(Connection& copy) {
    EXO_TRY(Statement check, copy.query("PRAGMA integrity_check(1)"));
    EXO_TRY(const bool row, check.step());
    if (!row || check.text(0) != "ok")
        return fail(ErrorCode::StorageCorrupt,
                    "the database is damaged: " + (row ? check.text(0) : std::string("no answer")));
    return {};
}

// The read transaction pins one snapshot: without it, each write of another process would start the copy
// over.
Result<void> copyPages(Connection& source, Connection& target, const DatabaseCopy& copy) {
    EXO_CHECK(source.exec("BEGIN; SELECT count(*) FROM sqlite_schema"));
    sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
    if (!backup) return target.lastError("cannot start the copy");
    int stepped = SQLITE_OK;
    while (stepped == SQLITE_OK) {
        stepped = sqlite3_backup_step(backup, k_pagesAtOnce);
        const std::int64_t total = sqlite3_backup_pagecount(backup);
        if (copy.progress) copy.progress(total - sqlite3_backup_remaining(backup), total);
    }
    sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE) return sqliteError(stepped, "cannot copy the database");
    return source.exec("ROLLBACK");
}

Result<void> copyInto(const DatabaseCopy& copy) {
    ConnectionOptions from;
    from.file = copy.from;
    from.queryOnly = true;
    from.vfs = copy.vfs;
    ConnectionOptions to;
    to.file = copy.to;
    EXO_TRY(const auto source, Connection::open(from));
    sqlite3_db_config(source->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    EXO_TRY(const auto target, Connection::open(to));
    EXO_CHECK(copyPages(*source, *target, copy));
    EXO_CHECK(target->exec("PRAGMA journal_mode=DELETE")); // one file, nothing beside it
    return checkIntegrity(*target);
}

} // namespace

Result<void> copyDatabase(const DatabaseCopy& copy) {
    {
        const Descriptor made(::open(copy.to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!made) return errnoError("cannot create", copy.to);
    }
    Result<void> done = copyInto(copy);
    if (done.ok()) done = syncFile(copy.to);
    if (done.ok()) return done;
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        fs::remove(copy.to.string() + suffix, ignored);
    return done;
}

} // namespace exo
