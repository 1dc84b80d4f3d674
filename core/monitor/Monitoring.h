#pragma once
// What the rest of the program asks of the monitor: the state of now, series of the past, alerts, the end of
// the log, and a call each second. io thread, except logTail(); owned by the Core.

#include "core/api/Metrics.h"
#include "core/base/Task.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace exo {

class HttpMetrics;

// Ends its subscription when destroyed; must not outlive the Monitoring.
class MonitorSubscription {
  public:
    virtual ~MonitorSubscription() = default;
};

class Monitoring {
  public:
    virtual ~Monitoring() = default;

    // System values are those of the last second, everything else is of now.
    virtual api::MetricsSnapshot snapshot() = 0;
    // The last `range`, at a step that gives at most about 400 values: 5 min by 1 s, 1 h by 10 s, 24 h by
    // 5 min, 30 d by 2 h. InvalidRequest for less than a minute or more than ten years.
    virtual Task<api::MetricsHistory> history(Millis range) = 0;
    virtual api::AlertList alerts() const = 0;
    // Lines after `afterSeq`, the oldest first, at most `most` (the latest). Any thread.
    virtual std::vector<api::LogLine> logTail(std::uint64_t afterSeq, std::size_t most) const = 0;
    virtual HttpMetrics& http() = 0; // fed by the server
    // `onTick` runs on the io thread after each second's sample.
    [[nodiscard]] virtual std::unique_ptr<MonitorSubscription>
    subscribe(std::function<void(const api::MetricsSnapshot&)> onTick) = 0;
};

} // namespace exo
