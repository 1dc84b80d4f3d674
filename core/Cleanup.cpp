#include "core/Cleanup.h"

#include "core/base/Log.h"
#include "core/storage/MessageStore.h"
#include "core/storage/SessionStore.h"

#include <utility>

namespace exo {

namespace {

struct Removed {
    std::int64_t sessions = 0, attachments = 0;
};

void complain(const char* step, const Error& error) {
    log::warn("cleanup of {} failed: {}", step, error.toLogString());
}

} // namespace

Task<CleanupReport> Cleanup::run(Millis metricsRetention) {
    CleanupReport report;
    const auto rows = co_await m_parts.history.prune(metricsRetention);
    if (rows.ok())
        report.metricRows = *rows;
    else
        complain("the metrics' history", rows.error());

    if (!m_parts.database.readOnly()) {
        std::function<Result<Removed>(Connection&)> job =
            [before = m_parts.clock.wallNow() - k_restorable,
             shared = m_parts.database.isShared()](Connection& db) -> Result<Removed> {
            Removed removed;
            // Of another server that is gone; one's own, in a file, were seen to at the start.
            if (shared) EXO_CHECK(MessageStore(db).interruptPending());
            EXO_TRY(removed.sessions, SessionStore(db).purge(before));
            EXO_TRY(removed.attachments, SessionStore(db).removeOrphans());
            return removed;
        };
        m_parts.database.checkpointSoon();
        const auto removed = co_await m_parts.database.write<Removed>(std::move(job));
        if (removed.ok()) {
            report.sessions = removed->sessions;
            report.attachments = removed->attachments;
        } else {
            complain("the sessions", removed.error());
        }
    }
    const std::int64_t expired = m_parts.gateway.stats().cache.localExpired;
    report.cacheEntries = expired - std::exchange(m_expiredBefore, expired);
    log::info("cleanup: {} rows of metrics, {} deleted sessions, {} attachments, {} expired answers freed; "
              "database checkpointed",
              report.metricRows, report.sessions, report.attachments, report.cacheEntries);
    co_return report;
}

} // namespace exo
