#pragma once
// What is watched: the rules, and the readings made from a snapshot. Plain functions: any thread.

#include "core/monitor/AlertEngine.h"

#include <vector>

namespace exo {

struct AlertThresholds { // fractions
    double cpuWarning = 0.70, cpuCritical = 0.85;
    double memoryWarning = 0.75, memoryCritical = 0.90;
    double diskWarning = 0.80, diskCritical = 0.90;
    bool operator==(const AlertThresholds&) const = default;
};

std::vector<AlertRule> alertRules(const AlertThresholds& thresholds);
// cpu, memory, disk, latency, breaker, key, redis.
std::vector<Reading> readingsOf(const api::MetricsSnapshot& now);
void logAlert(const AlertEvent& event);

} // namespace exo
