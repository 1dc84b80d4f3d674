#pragma once
// Values of series over time, in three resolutions. A plain view over a Connection of a metrics database,
// made inside a Database job.

#include "core/base/Result.h"
#include "core/storage/Migrations.h"

#include <cstdint>
#include <string>
#include <vector>

namespace exo {

class Connection;

struct MetricSample {
    std::string series;
    std::int64_t at = 0; // seconds since 1970
    double total = 0;
    std::int64_t count = 0;
    double peak = 0;
};

// Ages in seconds at which rows of each resolution go.
struct MetricRetention {
    std::int64_t seconds = 3900;      // a little over an hour
    std::int64_t minutes = 2 * 90000; // a little over two days
    std::int64_t hours = 30 * 86400;
};

class MetricsStore {
  public:
    explicit MetricsStore(Connection& db)
        : m_db(db) {}
    static Result<std::vector<Migration>> migrations();

    // Rows of one second each; a second that is there already (the clock went back) is added to. Write job.
    Result<void> add(const std::vector<MetricSample>& samples);
    // Makes the rows of minutes and hours that overlap [from, to] anew from the finer ones. Write job.
    Result<void> rollUp(std::int64_t from, std::int64_t to);
    Result<std::vector<MetricSample>> read(std::int64_t resolution, std::int64_t from, std::int64_t to);
    // Deletes what is too old at `now`; returns the number of rows. Write job.
    Result<std::int64_t> prune(std::int64_t now, const MetricRetention& retention);

  private:
    Connection& m_db;
};

} // namespace exo
