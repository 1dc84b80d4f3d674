#pragma once
// The series of the history: their names and units, the values of one second made from a snapshot, and how
// values of any resolution come into the steps of an answer. Plain data: any thread.

#include "core/api/Metrics.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace exo {

enum class Series : std::uint8_t {
    Cpu,
    Load,
    Memory,
    Disk,
    Resident,
    Requests,
    Active,
    Queued,
    Average,
    P95,
    ErrorRate,
    FirstTokenP95,
    OverheadP99,
    CacheHitRate,
    InputTokens,
    OutputTokens
};
inline constexpr std::size_t k_seriesCount = 16;

struct SeriesInfo {
    std::string_view name;
    std::string_view unit;
};
const std::array<SeriesInfo, k_seriesCount>& seriesTable(); // by Series
std::optional<Series> seriesFromName(std::string_view name);

// One second.
struct MetricRow {
    std::int64_t at = 0; // seconds since 1970
    std::array<std::optional<double>, k_seriesCount> values;
};

// Counters become rates by the difference to the row before.
class RowMaker {
  public:
    MetricRow make(const api::MetricsSnapshot& snapshot, WallTime wall, SteadyTime now);

  private:
    struct Counters {
        std::int64_t requests = 0, inputTokens = 0, outputTokens = 0;
        SteadyTime at{};
    };
    std::optional<Counters> m_before;
};

// Values of one series over some time.
struct SeriesSum {
    double sum = 0;
    std::int64_t count = 0;
    double peak = 0;
    void add(double value);
    void add(const SeriesSum& other);
};

struct HistoryPlan {
    std::int64_t from = 0;       // seconds since 1970, a multiple of step
    std::int64_t step = 1;       // seconds
    std::int64_t steps = 0;      // the last one holds the present second
    std::int64_t resolution = 1; // of the rows to read: 1, 60 or 3600 seconds
};
// At most about 400 steps. InvalidRequest for less than a minute or more than ten years.
Result<HistoryPlan> planHistory(Millis range, WallTime now);

class SeriesBuckets {
  public:
    explicit SeriesBuckets(const HistoryPlan& plan);
    void add(std::int64_t at, Series series, const SeriesSum& value);
    void add(const MetricRow& row);
    api::MetricsHistory finish() const;

  private:
    HistoryPlan m_plan;
    std::vector<std::array<SeriesSum, k_seriesCount>> m_steps;
};

} // namespace exo
