#include "core/base/Log.h"
#include "core/storage/DatabaseEngine.h"
#include "core/storage/Sqlite.h"

#include <atomic>
#include <mutex>
#include <sqlite3.h>
#include <sys/stat.h>

namespace exo {

namespace {

constexpr int k_checkpointPages = 1000;

// Remembers how long the write-ahead log is after a commit; the db thread checkpoints by itself, because the
// automatic checkpoint of SQLite swallows a failed fsync.
int noteWalPages(void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

} // namespace

class SqliteEngine final : public DatabaseEngine {
  public:
    ~SqliteEngine() override;
    Result<void> open(const DatabaseOptions& options);

    std::string refused() override { return reason(); }
    bool isShared() const override { return false; }
    void checkpointSoon() override { checkpointAsked = true; }

  private:
    using Job = Database::Job;

    std::unique_ptr<Connection> writing; // null when opened ReadOnly
    std::unique_ptr<Connection> reading;
    int walPages = 0;
    std::atomic<bool> checkpointAsked{false};
    DatabaseOptions::Role role = DatabaseOptions::Role::Owner;

    mutable std::mutex mutex;
    std::string why; // writing is refused; empty = it is not

    Result<void> openWriter(const DatabaseOptions& options, const std::vector<Migration>& steps);
    Result<void> checkSchema(const std::vector<Migration>& steps);
    void refuse(std::string reason);
    std::string reason() const {
        const std::lock_guard lock(mutex);
        return why;
    }
    void watch(const Result<void>& result);
    void runWrites(Batch& batch) override;
    Result<void> runBatch(Batch& batch, std::vector<Result<void>>& results);
    Result<void> runOne(const Job& job);
    void checkpoint();
    Result<void> runRead(const Job& job) override;
};

void SqliteEngine::refuse(std::string reason) {
    const std::lock_guard lock(mutex);
    if (!why.empty()) return;
    log::error("storage: writing stops until the next start: {}", reason);
    why = std::move(reason);
}

Result<void> SqliteEngine::checkSchema(const std::vector<Migration>& steps) {
    EXO_TRY(const int found, readSchemaVersion(writing ? *writing : *reading));
    EXO_TRY(std::string newer, checkVersion(found, steps.back().version, role));
    if (!newer.empty()) refuse(std::move(newer));
    return {};
}

Result<void> SqliteEngine::openWriter(const DatabaseOptions& options, const std::vector<Migration>& steps) {
    const bool owner = role == DatabaseOptions::Role::Owner;
    ConnectionOptions access;
    access.file = options.file;
    access.create = owner;
    access.vfs = options.vfs;
    EXO_TRY(writing, Connection::open(access));
    EXO_TRY(const int found,
            readSchemaVersion(*writing)); // before anything is written to a file that may not be ours
    if (!owner) {
        sqlite3_db_config(writing->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        // Waits for a migration that is running, so that what is read next is its result.
        EXO_CHECK(writing->exec("PRAGMA wal_autocheckpoint=0; BEGIN IMMEDIATE; ROLLBACK"));
        return {};
    }
    if (found > steps.back().version) return {};
    ::chmod(options.file.c_str(), 0600);
    EXO_CHECK(writing->exec(
        "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864"));
    sqlite3_wal_hook(writing->handle(), noteWalPages, &walPages);
    return migrate(*writing, {options.file, options.backupFolder, options.vfs}, steps);
}

Result<void> SqliteEngine::open(const DatabaseOptions& options) {
    role = options.role;
    std::vector<Migration> steps;
    if (options.migrations) {
        steps = *options.migrations;
    } else {
        EXO_TRY(steps, builtInMigrations());
    }
    if (role == DatabaseOptions::Role::ReadOnly) {
        refuse("opened for reading only");
    } else {
        EXO_CHECK(openWriter(options, steps));
    }
    ConnectionOptions access;
    access.file = options.file;
    access.queryOnly = true;
    access.vfs = options.vfs;
    EXO_TRY(reading, Connection::open(access));
    sqlite3_db_config(reading->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    EXO_CHECK(reading->exec("PRAGMA wal_autocheckpoint=0"));
    EXO_CHECK(checkSchema(steps));

    startThreads();
    return {};
}

// What a result says about the file: damage ends writing, a full disk does not.
void SqliteEngine::watch(const Result<void>& result) {
    if (!result.ok() && result.error().code == ErrorCode::StorageCorrupt) refuse(result.error().detail);
}

Result<void> SqliteEngine::runOne(const Job& job) {
    EXO_CHECK(writing->run("SAVEPOINT job"));
    Result<void> result = runGuarded(job, *writing);
    if (!writing->inTransaction()) // SQLite rolled everything back: disk full, I/O error, no memory
        return result.ok() ? Result<void>(fail(ErrorCode::StorageError, "the transaction was rolled back"))
                           : result;
    if (!result.ok()) EXO_CHECK(writing->run("ROLLBACK TO job"));
    EXO_CHECK(writing->run("RELEASE job"));
    return result;
}

Result<void> SqliteEngine::runBatch(Batch& batch, std::vector<Result<void>>& results) {
    EXO_CHECK(writing->run("BEGIN IMMEDIATE"));
    for (auto& entry : batch) {
        results.push_back(runOne(entry.job));
        watch(results.back());
        if (!writing->inTransaction())
            return results.back(); // nobody of this batch was acknowledged yet: all fail
    }
    auto committed = writing->run("COMMIT");
    if (committed.ok()) return {};
    if (writing->inTransaction()) (void)writing->run("ROLLBACK").ok();
    // After a failed fsync the kernel may have dropped the pages: trying again could acknowledge what is not
    // there.
    if (committed.error().code != ErrorCode::StorageFull)
        refuse("a commit failed: " + committed.error().detail);
    return committed;
}

void SqliteEngine::runWrites(Batch& batch) {
    Result<void> all;
    std::vector<Result<void>> results;
    if (const std::string why = reason(); !why.empty()) {
        all = fail(ErrorCode::StorageReadOnly, why);
    } else {
        all = runBatch(batch, results);
        if (writing->inTransaction()) (void)writing->run("ROLLBACK").ok();
    }
    answer(batch, all, results);
    const bool owner = role == DatabaseOptions::Role::Owner;
    const bool asked = checkpointAsked.exchange(false) && owner && walPages > 0;
    if ((walPages >= k_checkpointPages || asked) && reason().empty()) checkpoint();
}

void SqliteEngine::checkpoint() {
    const int code =
        sqlite3_wal_checkpoint_v2(writing->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    walPages = 0;
    if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_FULL) return;
    refuse("a checkpoint failed: " + writing->lastError("checkpoint").detail);
}

Result<void> SqliteEngine::runRead(const Job& job) {
    EXO_CHECK(reading->run("BEGIN"));
    Result<void> result = runGuarded(job, *reading);
    if (reading->inTransaction()) {
        const auto ended = reading->run("ROLLBACK");
        if (!ended.ok() && result.ok()) return ended;
    }
    watch(result);
    return result;
}

SqliteEngine::~SqliteEngine() {
    stopThreads();
    reading.reset();
    // After a failed fsync the log must stay as it is; the next start reads what of it is whole.
    if (writing && !reason().empty())
        sqlite3_db_config(writing->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Result<std::unique_ptr<DatabaseEngine>> openSqlite(const DatabaseOptions& options) {
    auto engine = std::make_unique<SqliteEngine>();
    if (auto opened = engine->open(options); !opened.ok()) {
        Error error = std::move(opened).error();
        if (error.code == ErrorCode::StorageCorrupt)
            error.detail = options.file.string() + " cannot be used and was left as it is: " + error.detail;
        return error;
    }
    return std::unique_ptr<DatabaseEngine>(std::move(engine));
}

} // namespace exo
