#include "core/HistoryKeeper.h"

#include "core/base/Log.h"
#include "core/storage/MetricsStore.h"

#include <algorithm>
#include <utility>

namespace exo {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_rowsOfACommit = 10;
constexpr std::size_t k_mostPending = 600; // while nothing can be written

Result<std::unique_ptr<Database>> openFile(const fs::path& file) {
    DatabaseOptions options;
    options.file = file;
    EXO_TRY(options.migrations, MetricsStore::migrations());
    EXO_TRY(auto database, Database::open(std::move(options)));
    if (database->readOnly()) return fail(ErrorCode::StorageReadOnly, database->readOnlyReason());
    return database;
}

void removeDatabase(const fs::path& file) {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"})
        fs::remove(file.string() + suffix, ignored);
}

std::vector<MetricSample> samplesOf(const std::deque<MetricRow>& rows) {
    std::vector<MetricSample> out;
    for (const MetricRow& row : rows)
        for (std::size_t i = 0; i < k_seriesCount; ++i)
            if (row.values[i])
                out.push_back(
                    {std::string(seriesTable()[i].name), row.at, *row.values[i], 1, *row.values[i]});
    return out;
}

} // namespace

std::unique_ptr<HistoryKeeper> HistoryKeeper::open(const fs::path& file, const Clock& clock) {
    auto database = openFile(file);
    const bool unusable = !database.ok() && (database.error().code == ErrorCode::StorageCorrupt ||
                                             database.error().code == ErrorCode::StorageReadOnly);
    if (unusable) {
        log::warn("the history of the metrics is begun anew: {}", database.error().toLogString());
        removeDatabase(file);
        database = openFile(file);
    }
    if (!database.ok()) log::warn("no history of the metrics is kept: {}", database.error().toLogString());
    auto opened = database.ok() ? std::move(database).value() : nullptr;
    return std::unique_ptr<HistoryKeeper>(new HistoryKeeper(std::move(opened), clock));
}

void HistoryKeeper::add(MetricRow row) {
    m_pending.push_back(std::move(row));
    if (m_pending.size() > k_mostPending) m_pending.pop_front();
}

bool HistoryKeeper::due() const {
    return m_database && m_writing == Writing::On && m_pending.size() >= k_rowsOfACommit;
}

Task<void> HistoryKeeper::flush() {
    if (!m_database || m_writing == Writing::Paused || m_pending.empty()) co_return Result<void>();
    const auto [first, last] = std::ranges::minmax(m_pending, {}, &MetricRow::at);
    const std::int64_t from = first.at;
    const std::int64_t to = last.at;
    std::function<Result<void>(Connection&)> job = [samples = samplesOf(std::exchange(m_pending, {})), from,
                                                    to](Connection& db) -> Result<void> {
        EXO_CHECK(MetricsStore(db).add(samples));
        return MetricsStore(db).rollUp(from, to);
    };
    auto written = co_await m_database->write<void>(std::move(job));
    if (!written.ok() && !m_complained)
        log::warn("a part of the metrics' history is lost: {}", written.error().toLogString());
    m_complained = !written.ok();
    co_return written;
}

Task<api::MetricsHistory> HistoryKeeper::read(Millis range) {
    EXO_CO_TRY(const HistoryPlan plan, planHistory(range, m_clock.wallNow()));
    (void)co_await flush();
    SeriesBuckets buckets(plan);
    if (m_database) {
        std::function<Result<std::vector<MetricSample>>(Connection&)> job = [plan](Connection& db) {
            return MetricsStore(db).read(plan.resolution, plan.from, plan.from + plan.step * plan.steps);
        };
        EXO_CO_TRY(const auto samples, co_await m_database->read<std::vector<MetricSample>>(std::move(job)));
        for (const MetricSample& sample : samples)
            if (const auto series = seriesFromName(sample.series))
                buckets.add(sample.at, *series, {sample.total, sample.count, sample.peak});
    }
    for (const MetricRow& row : m_pending)
        buckets.add(row);
    co_return buckets.finish();
}

Task<std::int64_t> HistoryKeeper::prune(Millis retention) {
    if (!m_database) co_return std::int64_t{0};
    MetricRetention ages;
    ages.hours = std::chrono::floor<std::chrono::seconds>(retention).count();
    ages.minutes = std::min(ages.minutes, ages.hours);
    ages.seconds = std::min(ages.seconds, ages.hours);
    const std::int64_t now = toUnixMillis(m_clock.wallNow()) / 1000;
    std::function<Result<std::int64_t>(Connection&)> job = [now, ages](Connection& db) {
        return MetricsStore(db).prune(now, ages);
    };
    co_return co_await m_database->write<std::int64_t>(std::move(job));
}

} // namespace exo
