#pragma once
// What stands behind a Database: the two threads and the connections they work with. Owned by it.

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
    virtual int version() const = 0;
    virtual bool isShared() const = 0;
    virtual void checkpointSoon() = 0;
    virtual JobThread& writer() = 0;
    virtual JobThread& reader() = 0;

  protected:
    DatabaseEngine() = default;
    // An exception becomes Internal.
    static Result<void> runGuarded(const Database::Job& job, Connection& connection);
    // The results of a batch to those who wait; with a failure of `all`, that for each.
    static void answer(std::vector<JobThread::Entry>& batch, const Result<void>& all,
                       std::vector<Result<void>>& results);
};

Result<std::unique_ptr<DatabaseEngine>> openSqlite(const DatabaseOptions& options);
Result<std::unique_ptr<DatabaseEngine>> openPostgres(const DatabaseOptions& options);

} // namespace exo
