#pragma once
// The history of the metrics in a database of its own: one commit every ten seconds, roll-ups, retention. It
// is apart from the sessions' database because it may be lost: a damaged or unwritable one never stops
// anything else, backups stay small, and it is made anew when it cannot be read. io thread.

#include "core/api/Metrics.h"
#include "core/base/Task.h"
#include "core/monitor/Series.h"
#include "core/storage/Database.h"

#include <deque>
#include <filesystem>
#include <memory>

namespace exo {

class HistoryKeeper {
  public:
    // Without a database that could be opened the last ten minutes are kept in memory.
    static std::unique_ptr<HistoryKeeper> open(const std::filesystem::path& file, const Clock& clock);

    void add(MetricRow row);
    // Whether add() has gathered enough for a commit.
    bool due() const;
    // Writes what was gathered; does nothing while paused. A failure loses it.
    Task<void> flush();
    Task<api::MetricsHistory> read(Millis range);
    // Deletes rows older than `retention` (finer ones much sooner); how many.
    Task<std::int64_t> prune(Millis retention);

    enum class Writing { On, Paused };
    void setWriting(Writing writing) { m_writing = writing; }
    bool paused() const { return m_writing == Writing::Paused; }

  private:
    HistoryKeeper(std::unique_ptr<Database> database, const Clock& clock)
        : m_database(std::move(database))
        , m_clock(clock) {}

    std::unique_ptr<Database> m_database; // may be null
    const Clock& m_clock;
    std::deque<MetricRow> m_pending;
    Writing m_writing = Writing::On;
    bool m_complained = false;
};

} // namespace exo
