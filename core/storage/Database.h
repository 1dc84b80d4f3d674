#pragma once
// One SQLite file, or one PostgreSQL that several servers share. One thread (the db thread) owns the only
// writing connection; a second thread has a query-only one for reads. Coroutines await both; results come
// back on the awaiting executor, whose io_context must outlive the database. Of a file, the process that
// holds the home's lock (HomeLock.h) is the only checkpointer; others write in WAL mode, never checkpoint. In
// PostgreSQL the writers of all processes take turns, so that what is true of one writer is true of them all.

#include "core/base/Secret.h"
#include "core/base/Task.h"
#include "core/storage/Migrations.h"

#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace exo {

class Connection; // storage/Sqlite.h

struct DatabaseOptions {
    enum class Role {
        Owner,   // migrates and checkpoints
        Guest,   // writes beside an owner in another process; never migrates or checkpoints
        ReadOnly // query_only
    };
    Secret url; // postgres://…; empty: SQLite in `file`
    std::filesystem::path file;
    Role role = Role::Owner;
    std::filesystem::path backupFolder; // where the copy before a migration goes; empty: beside the file
    std::optional<std::vector<Migration>> migrations; // default: those of resources/migrations
    std::string vfs;                                  // SQLite VFS, empty: the default one
    // PostgreSQL that leaves one statement without an answer for so long is given up. Default: 65 s when
    // writing, 25 s when reading, 15 s at the begin of either.
    std::optional<std::chrono::milliseconds> patience;
};

class Database {
  public:
    using Job = std::function<Result<void>(Connection&)>;

    // Opens and, as Owner, migrates: verified copy first, all steps in one transaction. A newer schema than
    // we know opens read-only (as Guest or ReadOnly any other schema is StorageError). A file that is no
    // database of ours, or a damaged one, is StorageCorrupt and is left as it is. Also StorageFull, IoError,
    // StorageError.
    static Result<std::unique_ptr<Database>> open(DatabaseOptions options);
    // ConfigError for a URL (DatabaseOptions::url) that no open() will ever understand; empty is fine.
    static Result<void> checkUrl(const Secret& url);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database(); // finishes queued jobs, then closes

    // Writing is refused with StorageReadOnly: newer schema, role ReadOnly, or a commit, fsync or checkpoint
    // failed (until reopened; a failed fsync is never retried) or damage was met. A full disk does not lead
    // here: the transaction is rolled back with StorageFull and the next write tries again. PostgreSQL that
    // is away is read-only until it is back; asking finds out about both, within some seconds. Any thread.
    bool readOnly() const;
    std::string readOnlyReason() const;
    int schemaVersion() const;
    // Others may be at work in it that this process cannot see: PostgreSQL.
    bool isShared() const;
    // As owner: checkpoints the write-ahead log after the next write, however short it is. Any thread.
    void checkpointSoon();

    // `job` runs inside BEGIN IMMEDIATE … COMMIT on the db thread; an Error (or exception → Internal) rolls
    // it back. When the task completes with a value, it is durable (synchronous=FULL). Jobs that wait
    // together share one commit.
    template <class T>
    Task<T> write(std::function<Result<T>(Connection&)> job) {
        return await<T>(Side::Writer, std::move(job));
    }
    // Query-only connection, its own thread, one consistent snapshot.
    template <class T>
    Task<T> read(std::function<Result<T>(Connection&)> job) {
        return await<T>(Side::Reader, std::move(job));
    }

    // The same for callers without an event loop (commands, tests). Blocks; never call on the io or GUI
    // thread, nor from a job.
    template <class T>
    Result<T> writeBlocking(std::function<Result<T>(Connection&)> job) {
        return block<T>(Side::Writer, job);
    }
    template <class T>
    Result<T> readBlocking(std::function<Result<T>(Connection&)> job) {
        return block<T>(Side::Reader, job);
    }

  private:
    struct Impl;
    enum class Side { Writer, Reader };
    explicit Database(std::unique_ptr<Impl> impl);

    asio::awaitable<Result<void>> submit(Side side, Job job);
    Result<void> submitBlocking(Side side, Job job);

    template <class T>
    static Job erase(std::function<Result<T>(Connection&)> job,
                     std::shared_ptr<std::optional<Result<T>>> slot) {
        return [job = std::move(job), slot = std::move(slot)](Connection& connection) -> Result<void> {
            slot->emplace(job(connection));
            if (!(*slot)->ok()) return (*slot)->error();
            return {};
        };
    }
    template <class T>
    Task<T> await(Side side, std::function<Result<T>(Connection&)> job) {
        auto slot = std::make_shared<std::optional<Result<T>>>();
        Job erased = erase<T>(std::move(job), slot);
        Result<void> done = co_await submit(side, std::move(erased));
        if (!done.ok()) co_return std::move(done).error();
        co_return std::move(**slot);
    }
    template <class T>
    Result<T> block(Side side, std::function<Result<T>(Connection&)>& job) {
        auto slot = std::make_shared<std::optional<Result<T>>>();
        EXO_CHECK(submitBlocking(side, erase<T>(std::move(job), slot)));
        return std::move(**slot);
    }

    std::unique_ptr<Impl> m_impl;
};

} // namespace exo
