#include "core/storage/MetricsStore.h"

#include "core/storage/Sqlite.h"

namespace exo {

namespace {

constexpr std::int64_t k_second = 1, k_minute = 60, k_hour = 3600;

} // namespace

Result<std::vector<Migration>> MetricsStore::migrations() {
    return builtInMigrations("migrations-metrics/");
}

Result<void> MetricsStore::add(const std::vector<MetricSample>& samples) {
    EXO_TRY(Statement insert,
            m_db.prepare("INSERT INTO samples (resolution, series, at, total, count, peak) VALUES "
                         "(1, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET total = total + excluded.total, "
                         "count = count + excluded.count, peak = max(peak, excluded.peak)"));
    for (const MetricSample& sample : samples) {
        insert.reset();
        insert.bindAll(sample.series, sample.at, sample.total, sample.count, sample.peak);
        EXO_CHECK(insert.run());
    }
    return {};
}

// The finer rows outlive the coarser step they belong to, so a coarser row can always be made anew as a
// whole.
Result<void> MetricsStore::rollUp(std::int64_t from, std::int64_t to) {
    for (const auto& [coarse, fine] : {std::pair(k_minute, k_second), std::pair(k_hour, k_minute)}) {
        const std::int64_t begin = from - from % coarse;
        const std::int64_t end = to - to % coarse + coarse;
        EXO_CHECK(m_db.run("INSERT OR REPLACE INTO samples (resolution, series, at, total, count, peak) "
                           "SELECT ?1, series, at - at % ?1, sum(total), sum(count), max(peak) FROM samples "
                           "WHERE resolution = ?2 AND at >= ?3 AND at < ?4 GROUP BY series, at - at % ?1",
                           coarse, fine, begin, end));
    }
    return {};
}

Result<std::vector<MetricSample>> MetricsStore::read(std::int64_t resolution, std::int64_t from,
                                                     std::int64_t to) {
    EXO_TRY(Statement rows, m_db.query("SELECT series, at, total, count, peak FROM samples WHERE "
                                       "resolution = ? AND at >= ? AND at <= ?",
                                       resolution, from, to));
    std::vector<MetricSample> out;
    for (;;) {
        EXO_TRY(const bool more, rows.step());
        if (!more) return out;
        out.push_back({rows.text(0), rows.integer(1), rows.real(2), rows.integer(3), rows.real(4)});
    }
}

Result<std::int64_t> MetricsStore::prune(std::int64_t now, const MetricRetention& retention) {
    std::int64_t removed = 0;
    for (const auto& [resolution, age] :
         {std::pair(k_second, retention.seconds), std::pair(k_minute, retention.minutes),
          std::pair(k_hour, retention.hours)}) {
        EXO_CHECK(m_db.run("DELETE FROM samples WHERE resolution = ? AND at < ?", resolution, now - age));
        removed += m_db.changes();
    }
    return removed;
}

} // namespace exo
