#pragma once
// What stands behind a Database: its two threads; a kind of database adds the connections they work with.

#include "core/storage/Database.h"
#include "core/storage/JobThread.h"

#include <memory>
#include <string>
#include <vector>

namespace exo {

class DatabaseEngine {
  public:
    virtual ~DatabaseEngine() = default;

    // Any thread. Why writing is refused; empty: it is not.
    virtual std::string refused() = 0;
    virtual bool isShared() const = 0;
    virtual void checkpointSoon() = 0;
    int version() const { return m_version; }
    JobThread& writer() { return *m_writer; }
    JobThread& reader() { return *m_reader; }

  protected:
    using Batch = std::vector<JobThread::Entry>;

    DatabaseEngine() = default;
    // From here on the threads call what stands below; a destructor ends that before its members go.
    void startThreads();
    void stopThreads();
    virtual void runWrites(Batch& batch) = 0;
    virtual Result<void> runRead(const Database::Job& job) = 0;

    // Takes note of the version that was found. A text: it is newer than `known`, so that the owner reads
    // only.
    Result<std::string> checkVersion(int found, int known, DatabaseOptions::Role role);
    // An exception becomes Internal.
    static Result<void> runGuarded(const Database::Job& job, Connection& connection);
    // The results of a batch to those who wait; with a failure of `all`, that for each.
    static void answer(Batch& batch, const Result<void>& all, std::vector<Result<void>>& results);

  private:
    int m_version = 0;
    std::unique_ptr<JobThread> m_writer;
    std::unique_ptr<JobThread> m_reader;
};

Result<std::unique_ptr<DatabaseEngine>> openSqlite(const DatabaseOptions& options);
Result<std::unique_ptr<DatabaseEngine>> openPostgres(const DatabaseOptions& options);

} // namespace exo
