#pragma once
// What model calls consumed: one row a call, sums by day, session or model. A plain view over a Connection,
// made inside a Database job.

#include "core/base/Clock.h"
#include "core/base/Ids.h"
#include "core/base/Result.h"
#include "core/storage/Owner.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace exo {

class Connection;

struct UsageRow {
    WallTime at{};
    std::string owner = "local"; // "local" or a key id
    SessionId session;           // empty for calls outside a session
    std::string provider;
    std::string model;
    std::int64_t inputTokens = 0;
    std::int64_t outputTokens = 0;
    bool estimated = false;
    std::optional<double> cost; // in the currency of the price table; nullopt = no price known
    std::string status = "ok";  // "ok" or toString(ErrorCode)
};

struct UsageSum {
    std::string key; // "2024-05-01", a session id or a model
    std::int64_t calls = 0;
    std::int64_t failed = 0;
    std::int64_t inputTokens = 0;
    std::int64_t outputTokens = 0;
    std::int64_t estimatedCalls = 0;
    std::optional<double> cost; // of the calls whose price is known
};

enum class UsageBy { Day, Session, Model };

struct UsageFilter {
    std::optional<WallTime> from;   // inclusive
    std::optional<WallTime> to;     // exclusive
    std::int64_t offsetMinutes = 0; // of local time from UTC, for the days
};

class UsageStore {
  public:
    explicit UsageStore(Connection& db)
        : m_db(db) {}

    Result<void> add(const UsageRow& row); // write job
    // By key ascending.
    Result<std::vector<UsageSum>> sums(const Owner& owner, UsageBy by, const UsageFilter& filter = {});
    // Deletes rows before `before`; returns their number. Write job.
    Result<std::int64_t> prune(WallTime before);

  private:
    Connection& m_db;
};

} // namespace exo
