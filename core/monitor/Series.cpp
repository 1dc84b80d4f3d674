#include "core/monitor/Series.h"

#include <algorithm>

namespace exo {

namespace {

constexpr std::array<SeriesInfo, k_seriesCount> k_table{{{"cpu", "fraction"},
                                                         {"load", "count"},
                                                         {"memory", "fraction"},
                                                         {"disk", "fraction"},
                                                         {"resident", "bytes"},
                                                         {"requests", "1/s"},
                                                         {"active", "count"},
                                                         {"queued", "count"},
                                                         {"average", "ms"},
                                                         {"p95", "ms"},
                                                         {"errorRate", "fraction"},
                                                         {"firstTokenP95", "ms"},
                                                         {"overheadP99", "ms"},
                                                         {"cacheHitRate", "fraction"},
                                                         {"inputTokens", "1/s"},
                                                         {"outputTokens", "1/s"}}};

constexpr std::int64_t k_mostSteps = 400;
constexpr std::int64_t k_minute = 60, k_hour = 3600, k_day = 86400;
constexpr std::int64_t k_longestBySecond = k_hour;    // rows of a second are kept a little longer than this
constexpr std::int64_t k_longestByMinute = 2 * k_day; // those of a minute, too
constexpr std::int64_t k_longest = 3653 * k_day;
constexpr std::array<std::int64_t, 13> k_steps{1, 2, 5, 10, 30, 60, 120, 300, 1800, 3600, 7200, 21600, k_day};

std::optional<double> whenPositive(double value) {
    return value > 0 ? std::optional(value) : std::nullopt;
}

} // namespace

const std::array<SeriesInfo, k_seriesCount>& seriesTable() {
    return k_table;
}

std::optional<Series> seriesFromName(std::string_view name) {
    for (std::size_t i = 0; i < k_table.size(); ++i)
        if (k_table[i].name == name) return static_cast<Series>(i);
    return std::nullopt;
}

MetricRow RowMaker::make(const api::MetricsSnapshot& snapshot, WallTime wall, SteadyTime now) {
    const auto& gateway = snapshot.gateway;
    const auto& performance = snapshot.business.performance;
    MetricRow row;
    row.at = std::chrono::floor<std::chrono::seconds>(wall).time_since_epoch().count();
    const auto set = [&row](Series series, std::optional<double> value) {
        row.values[static_cast<std::size_t>(series)] = value;
    };
    set(Series::Cpu, snapshot.system.cpu.usage);
    set(Series::Load, snapshot.system.cpu.load);
    set(Series::Memory, snapshot.system.memoryUsage());
    set(Series::Disk, snapshot.system.diskUsage());
    set(Series::Resident, static_cast<double>(snapshot.service.resident));
    set(Series::Active, static_cast<double>(snapshot.business.requests.active));
    set(Series::Queued, static_cast<double>(snapshot.business.requests.queued));
    const bool calls = performance.p95ResponseTime > 0; // without calls there is a gap, not a zero
    set(Series::Average, whenPositive(performance.avgResponseTime));
    set(Series::P95, whenPositive(performance.p95ResponseTime));
    set(Series::ErrorRate,
        calls || performance.errorRate > 0 ? std::optional(performance.errorRate) : std::nullopt);
    set(Series::FirstTokenP95, whenPositive(gateway.timeToFirstTokenP95));
    set(Series::OverheadP99, whenPositive(gateway.overheadP99));
    set(Series::CacheHitRate, gateway.cacheHitRate);
    const Counters counters{snapshot.business.requests.total, gateway.inputTokens, gateway.outputTokens, now};
    if (m_before && now > m_before->at) {
        const double seconds = std::chrono::duration<double>(now - m_before->at).count();
        const auto rate = [seconds](std::int64_t before, std::int64_t after) { // a restart begins at 0 again
            return static_cast<double>(after >= before ? after - before : after) / seconds;
        };
        set(Series::Requests, rate(m_before->requests, counters.requests));
        set(Series::InputTokens, rate(m_before->inputTokens, counters.inputTokens));
        set(Series::OutputTokens, rate(m_before->outputTokens, counters.outputTokens));
    }
    m_before = counters;
    return row;
}

void SeriesSum::add(double value) {
    add(SeriesSum{value, 1, value});
}

void SeriesSum::add(const SeriesSum& other) {
    if (other.count == 0) return;
    peak = count == 0 ? other.peak : std::max(peak, other.peak);
    sum += other.sum;
    count += other.count;
}

Result<HistoryPlan> planHistory(Millis range, WallTime now) {
    const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(range).count();
    if (seconds < k_minute || seconds > k_longest)
        return fail(ErrorCode::InvalidRequest, "'range' must be between 1m and 3653d", "range");
    HistoryPlan plan;
    plan.resolution = seconds <= k_longestBySecond ? 1 : seconds <= k_longestByMinute ? k_minute : k_hour;
    for (const std::int64_t step : k_steps) {
        plan.step = step;
        if (step >= plan.resolution && seconds / step <= k_mostSteps) break;
    }
    while (seconds / plan.step > k_mostSteps)
        plan.step += k_day;
    plan.steps = (seconds + plan.step - 1) / plan.step;
    const std::int64_t present = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    plan.from = (present / plan.step - plan.steps + 1) * plan.step;
    return plan;
}

SeriesBuckets::SeriesBuckets(const HistoryPlan& plan)
    : m_plan(plan)
    , m_steps(static_cast<std::size_t>(plan.steps)) {}

void SeriesBuckets::add(std::int64_t at, Series series, const SeriesSum& value) {
    if (at < m_plan.from) return;
    const std::int64_t step = (at - m_plan.from) / m_plan.step;
    if (step >= m_plan.steps) return;
    m_steps[static_cast<std::size_t>(step)][static_cast<std::size_t>(series)].add(value);
}

void SeriesBuckets::add(const MetricRow& row) {
    for (std::size_t i = 0; i < k_seriesCount; ++i)
        if (row.values[i]) add(row.at, static_cast<Series>(i), {*row.values[i], 1, *row.values[i]});
}

api::MetricsHistory SeriesBuckets::finish() const {
    api::MetricsHistory history;
    history.from = WallTime(std::chrono::seconds(m_plan.from));
    history.step = std::chrono::seconds(m_plan.step);
    for (std::size_t i = 0; i < k_seriesCount; ++i) {
        api::MetricSeries series{std::string(k_table[i].name), std::string(k_table[i].unit), {}, {}};
        for (const auto& step : m_steps) {
            const SeriesSum& value = step[i];
            const bool some = value.count > 0;
            series.values.push_back(some ? std::optional(value.sum / static_cast<double>(value.count))
                                         : std::nullopt);
            series.peaks.push_back(some ? std::optional(value.peak) : std::nullopt);
        }
        history.series.push_back(std::move(series));
    }
    return history;
}

} // namespace exo
