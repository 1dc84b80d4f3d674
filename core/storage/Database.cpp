#include "core/storage/Database.h"

#include "core/base/Log.h"
#include "core/storage/JobThread.h"
#include "core/storage/Sqlite.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <future>
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

Result<void> runGuarded(const Database::Job& job, Connection& connection) {
    try {
        return job(connection);
    } catch (const std::exception& thrown) {
        return fail(ErrorCode::Internal, std::string("exception in a database job: ") + thrown.what());
    } catch (...) {
        return fail(ErrorCode::Internal, "exception in a database job");
    }
}

} // namespace

struct Database::Impl {
    std::unique_ptr<Connection> writer; // null when opened ReadOnly
    std::unique_ptr<Connection> reader;
    int version = 0;
    int walPages = 0;
    std::atomic<bool> checkpointAsked{false};
    DatabaseOptions::Role role = DatabaseOptions::Role::Owner;

    mutable std::mutex mutex;
    std::string refused; // why writing is refused; empty = it is not

    std::unique_ptr<JobThread> writerThread; // last: its jobs use what stands above
    std::unique_ptr<JobThread> readerThread;

    Result<void> open(const DatabaseOptions& options);
    Result<void> openWriter(const DatabaseOptions& options, const std::vector<Migration>& steps);
    Result<void> checkSchema(const std::vector<Migration>& steps);
    void refuse(std::string reason);
    std::string reason() const {
        const std::lock_guard lock(mutex);
        return refused;
    }
    void watch(const Result<void>& result);
    void runWrites(std::vector<JobThread::Entry>& batch);
    Result<void> runBatch(std::vector<JobThread::Entry>& batch, std::vector<Result<void>>& results);
    Result<void> runOne(const Job& job);
    void checkpoint();
    Result<void> runRead(const Job& job);
};

void Database::Impl::refuse(std::string reason) {
    const std::lock_guard lock(mutex);
    if (!refused.empty()) return;
    log::error("storage: writing stops until the next start: {}", reason);
    refused = std::move(reason);
}

Result<void> Database::Impl::checkSchema(const std::vector<Migration>& steps) {
    const int known = steps.back().version;
    EXO_TRY(version, readSchemaVersion(writer ? *writer : *reader));
    if (version == known) return {};
    const std::string text = "the database has schema " + std::to_string(version) + ", this program knows " +
                             std::to_string(known);
    if (version < known)
        return fail(ErrorCode::StorageError, text + "; start the owning program to bring it up to date");
    if (role != DatabaseOptions::Role::Owner)
        return fail(ErrorCode::StorageError, text + "; use the newer program");
    refuse(text);
    return {};
}

Result<void> Database::Impl::openWriter(const DatabaseOptions& options, const std::vector<Migration>& steps) {
    const bool owner = role == DatabaseOptions::Role::Owner;
    ConnectionOptions access;
    access.file = options.file;
    access.create = owner;
    access.vfs = options.vfs;
    EXO_TRY(writer, Connection::open(access));
    EXO_TRY(version, readSchemaVersion(*writer)); // before anything is written to a file that may not be ours
    if (!owner) {
        sqlite3_db_config(writer->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        // Waits for a migration that is running, so that what is read next is its result.
        EXO_CHECK(writer->exec("PRAGMA wal_autocheckpoint=0; BEGIN IMMEDIATE; ROLLBACK"));
        return {};
    }
    if (version > steps.back().version) return {};
    ::chmod(options.file.c_str(), 0600);
    EXO_CHECK(writer->exec(
        "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864"));
    sqlite3_wal_hook(writer->handle(), noteWalPages, &walPages);
    return migrate(*writer, {options.file, options.backupFolder, options.vfs}, steps);
}

Result<void> Database::Impl::open(const DatabaseOptions& options) {
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
    EXO_TRY(reader, Connection::open(access));
    sqlite3_db_config(reader->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    EXO_CHECK(reader->exec("PRAGMA wal_autocheckpoint=0"));
    EXO_CHECK(checkSchema(steps));

    readerThread = std::make_unique<JobThread>([this](std::vector<JobThread::Entry>& batch) {
        for (auto& entry : batch) {
            Result<void> result = runRead(entry.job);
            entry.job = nullptr; // what it captured must not outlive the caller's wait
            entry.done(std::move(result));
        }
    });
    writerThread =
        std::make_unique<JobThread>([this](std::vector<JobThread::Entry>& batch) { runWrites(batch); });
    return {};
}

// What a result says about the file: damage ends writing, a full disk does not.
void Database::Impl::watch(const Result<void>& result) {
    if (!result.ok() && result.error().code == ErrorCode::StorageCorrupt) refuse(result.error().detail);
}

Result<void> Database::Impl::runOne(const Job& job) {
    EXO_CHECK(writer->run("SAVEPOINT job"));
    Result<void> result = runGuarded(job, *writer);
    if (!writer->inTransaction()) // SQLite rolled everything back: disk full, I/O error, no memory
        return result.ok() ? Result<void>(fail(ErrorCode::StorageError, "the transaction was rolled back"))
                           : result;
    if (!result.ok()) EXO_CHECK(writer->run("ROLLBACK TO job"));
    EXO_CHECK(writer->run("RELEASE job"));
    return result;
}

Result<void> Database::Impl::runBatch(std::vector<JobThread::Entry>& batch,
                                      std::vector<Result<void>>& results) {
    EXO_CHECK(writer->run("BEGIN IMMEDIATE"));
    for (auto& entry : batch) {
        results.push_back(runOne(entry.job));
        watch(results.back());
        if (!writer->inTransaction())
            return results.back(); // nobody of this batch was acknowledged yet: all fail
    }
    auto committed = writer->run("COMMIT");
    if (committed.ok()) return {};
    if (writer->inTransaction()) (void)writer->run("ROLLBACK").ok();
    // After a failed fsync the kernel may have dropped the pages: trying again could acknowledge what is not
    // there.
    if (committed.error().code != ErrorCode::StorageFull)
        refuse("a commit failed: " + committed.error().detail);
    return committed;
}

void Database::Impl::runWrites(std::vector<JobThread::Entry>& batch) {
    Result<void> all;
    std::vector<Result<void>> results;
    if (const std::string why = reason(); !why.empty()) {
        all = fail(ErrorCode::StorageReadOnly, why);
    } else {
        all = runBatch(batch, results);
        if (writer->inTransaction()) (void)writer->run("ROLLBACK").ok();
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        batch[i].job = nullptr; // what it captured must not outlive the caller's wait
        batch[i].done(all.ok() ? std::move(results[i]) : all);
    }
    const bool owner = role == DatabaseOptions::Role::Owner;
    const bool asked = checkpointAsked.exchange(false) && owner && walPages > 0;
    if ((walPages >= k_checkpointPages || asked) && reason().empty()) checkpoint();
}

void Database::Impl::checkpoint() {
    const int code =
        sqlite3_wal_checkpoint_v2(writer->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    walPages = 0;
    if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_FULL) return;
    refuse("a checkpoint failed: " + writer->lastError("checkpoint").detail);
}

Result<void> Database::Impl::runRead(const Job& job) {
    EXO_CHECK(reader->run("BEGIN"));
    Result<void> result = runGuarded(job, *reader);
    if (reader->inTransaction()) {
        const auto ended = reader->run("ROLLBACK");
        if (!ended.ok() && result.ok()) return ended;
    }
    watch(result);
    return result;
}

Database::Database(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}

Database::~Database() {
    m_impl->readerThread.reset();
    m_impl->writerThread.reset();
    m_impl->reader.reset();
    // After a failed fsync the log must stay as it is; the next start reads what of it is whole.
    if (m_impl->writer && !m_impl->reason().empty())
        sqlite3_db_config(m_impl->writer->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Result<std::unique_ptr<Database>> Database::open(DatabaseOptions options) {
    auto impl = std::make_unique<Impl>();
    if (auto opened = impl->open(options); !opened.ok()) {
        Error error = std::move(opened).error();
        if (error.code == ErrorCode::StorageCorrupt)
            error.detail = options.file.string() + " cannot be used and was left as it is: " + error.detail;
        return error;
    }
    return std::unique_ptr<Database>(new Database(std::move(impl)));
}

bool Database::readOnly() const {
    return !m_impl->reason().empty();
}
std::string Database::readOnlyReason() const {
    return m_impl->reason();
}
void Database::checkpointSoon() {
    m_impl->checkpointAsked = true;
}
int Database::schemaVersion() const {
    return m_impl->version;
}

asio::awaitable<Result<void>> Database::submit(Side side, Job job) {
    JobThread* thread = side == Side::Writer ? m_impl->writerThread.get() : m_impl->readerThread.get();
    return asio::async_initiate<const asio::use_awaitable_t<>, void(Result<void>)>(
        [thread]<class Handler>(Handler handler, Job queued) {
            auto executor = asio::prefer(asio::get_associated_executor(handler),
                                         asio::execution::outstanding_work.tracked);
            auto shared = std::make_shared<Handler>(std::move(handler));
            thread->push(
                std::move(queued), [executor, shared = std::move(shared)](Result<void> result) mutable {
                    asio::post(executor, [shared = std::move(shared), result = std::move(result)]() mutable {
                        std::move (*shared)(std::move(result));
                    });
                });
        },
        asio::use_awaitable, std::move(job));
}

Result<void> Database::submitBlocking(Side side, Job job) {
    JobThread* thread = side == Side::Writer ? m_impl->writerThread.get() : m_impl->readerThread.get();
    auto promise = std::make_shared<std::promise<Result<void>>>();
    auto future = promise->get_future();
    thread->push(std::move(job), [promise](Result<void> result) { promise->set_value(std::move(result)); });
    return future.get();
}

} // namespace exo
