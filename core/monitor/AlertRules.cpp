#include "core/monitor/AlertRules.h"

#include "core/base/Log.h"
#include "core/base/Units.h"

#include <cmath>
#include <limits>

namespace exo {

namespace {

constexpr double k_never = std::numeric_limits<double>::infinity();
constexpr double k_slowRoute = 200;             // ms, from the deployment checklist
constexpr double k_growth = 64.0 * 1024 * 1024; // bytes an hour that memory may grow without anybody asking
constexpr double k_oldBackup = 26.0 * 3600;     // s: a nightly one was missed
constexpr double k_warns = 1, k_isCritical = 2; // readings of states

std::string percent(double fraction) {
    return std::to_string(std::lround(fraction * 100)) + "%";
}

// States change at once; they are told at once.
AlertRule stateRule(std::string metric, Millis recover) {
    return {std::move(metric), "", k_warns, k_isCritical, 0, Millis(0), recover};
}

} // namespace

std::vector<AlertRule> alertRules(const AlertThresholds& t) {
    constexpr Millis k_tenSeconds{10'000}, k_fifteenSeconds{15'000}, k_minute{60'000};
    return {{"cpu", "fraction", t.cpuWarning, t.cpuCritical, 0.05, k_tenSeconds, k_fifteenSeconds},
            {"memory", "fraction", t.memoryWarning, t.memoryCritical, 0.03, k_tenSeconds, k_fifteenSeconds},
            {"disk", "fraction", t.diskWarning, t.diskCritical, 0.01, Millis(3000), Millis(5000)},
            {"latency", "ms", k_slowRoute, k_never, 0.1, k_minute, k_minute},
            {"resident-growth", "bytes/h", k_growth, k_never, 0.2, k_minute, k_minute},
            {"backup-age", "s", k_oldBackup, k_never, 0, Millis(0), Millis(0)},
            stateRule("breaker", Millis(0)),
            stateRule("key", Millis(0)),
            stateRule("redis", Millis(5000)),
            stateRule("storage", Millis(0)),
            stateRule("server", Millis(0))};
}

std::vector<Reading> readingsOf(const api::MetricsSnapshot& now) {
    const auto& system = now.system;
    const double memory = system.memoryUsage();
    const double disk = system.diskUsage();
    std::vector<Reading> readings{
        {"cpu", "", system.cpu.usage, percent(system.cpu.usage) + " of the CPU is in use"},
        {"memory", "", memory,
         percent(memory) + " of the memory is in use, " + formatSize(system.memory.available) + " are free"},
        {"disk", "", disk,
         percent(disk) + " of the disk is in use, " + formatSize(system.disk.available) + " are free"},
        {"latency", "", now.gateway.routeP95,
         "routes that call no model take " + std::to_string(std::lround(now.gateway.routeP95)) +
             " ms (95th percentile)"}};
    for (const api::BreakerRow& row : now.service.breakers) {
        const std::string name = row.provider + "/" + row.model;
        const bool closed = row.state == "closed";
        readings.push_back(
            {"breaker", name, closed ? 0 : k_warns,
             closed ? name + " answers"
                    : name + " is given a pause" + (row.reason.empty() ? std::string() : ": " + row.reason)});
    }
    for (const auto& [provider, why] : now.service.badKeys)
        readings.push_back({"key", provider, k_warns, provider + " is left out: " + why});
    const bool redisDown = now.service.redis == "down";
    readings.push_back(
        {"redis", "", redisDown ? k_warns : 0, redisDown ? "Redis does not answer" : "Redis answers"});
    return readings;
}

void logAlert(const AlertEvent& event) {
    const std::string about = event.subject.empty() ? event.metric : event.metric + " " + event.subject;
    if (event.endedAt)
        log::info("alert over: {}: {}", about, event.message);
    else
        log::warn("alert {}: {}: {}", api::toText(event.level), about, event.message);
}

} // namespace exo
