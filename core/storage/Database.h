#pragma once
// One SQLite file. One thread (the db thread) owns the only writing connection; a second thread has a query-only one for
// reads. Coroutines of the io thread await both; results come back on the awaiting executor.
// The process that holds the home's lock is the only checkpointer; others write in WAL mode but never checkpoint.

#include "core/base/Task.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace exo {

class Connection; // storage/Sqlite.h

struct DatabaseOptions {
    enum class Role {
        Owner,   // migrates and checkpoints
        Guest,   // writes beside an owner in another process; never migrates or checkpoints
        ReadOnly // query_only
    };
    std::filesystem::path file;
    Role role = Role::Owner;
    std::filesystem::path backupFolder; // where the copy before a migration goes
};

class Database {
  public:
    // Opens and, as Owner, migrates: verified copy first, all steps in one transaction. A newer schema than we know
    // opens read-only. StorageCorrupt, StorageFull, IoError, StorageError.
    static Result<std::unique_ptr<Database>> open(DatabaseOptions options);
    virtual ~Database() = default; // finishes queued jobs, then closes

    bool readOnly() const;

    // `job` runs inside BEGIN IMMEDIATE … COMMIT on the db thread; an Error rolls back. When the task completes with a
    // value, it is durable (synchronous=FULL). After a failed commit or fsync the database is read-only (StorageReadOnly).
    template <class T>
    Task<T> write(std::function<Result<T>(Connection&)> job);
    // Query-only connection, its own thread.
    template <class T>
    Task<T> read(std::function<Result<T>(Connection&)> job);

    // The same for callers without an event loop (commands, tests). Blocks; never call on the io or GUI thread.
    template <class T>
    Result<T> writeBlocking(std::function<Result<T>(Connection&)> job);
    template <class T>
    Result<T> readBlocking(std::function<Result<T>(Connection&)> job);
};

} // namespace exo
