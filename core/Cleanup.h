#pragma once
// The scheduled cleanup (cleanup.interval): what of the home has outlived its use. io thread.

#include "core/HistoryKeeper.h"
#include "core/gateway/Gateway.h"
#include "core/storage/Database.h"

#include <cstdint>

namespace exo {

// What of a deleted session can be brought back for at least this long.
inline constexpr Millis k_restorable{3600'000};

struct CleanupReport {
    std::int64_t metricRows = 0;   // deleted from the history
    std::int64_t sessions = 0;     // deleted ones that were removed for good
    std::int64_t attachments = 0;  // contents no message refers to
    std::int64_t cacheEntries = 0; // that expired since the cleanup before
};

class Cleanup {
  public:
    struct Parts {
        Database& database;
        HistoryKeeper& history;
        Gateway& gateway;
        const Clock& clock;
    };
    explicit Cleanup(Parts parts)
        : m_parts(parts) {}
    // Goes on after a step that failed; logs what was freed, or what failed.
    Task<CleanupReport> run(Millis metricsRetention);

  private:
    Parts m_parts;
    std::int64_t m_expiredBefore = 0;
};

} // namespace exo
