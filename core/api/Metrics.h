#pragma once
// What the monitor knows, as the HTTP API, the windows and the monitor process speak it: the snapshot of the
// contract field for field (ours under other keys), series over time, alerts, log lines. Plain data: any
// thread.

#include "core/api/Types.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::api {

// Of the machine, or of the control group that limits this process when there is one.
struct SystemMetrics {
    struct Cpu {
        double usage = 0; // 0–1, since the sample before
        double load = 0;  // mean number of runnable tasks over the last minute
    } cpu;
    struct Memory {
        std::uint64_t used = 0, available = 0, cached = 0; // bytes
    } memory;
    struct Disk {
        std::uint64_t used = 0, available = 0; // bytes, of the file system that holds the home
    } disk;
    struct Process {
        std::int64_t count = 0; // processes of the machine or control group
        double uptime = 0;      // seconds this process has run
    } process;

    double memoryUsage() const; // 0–1
    double diskUsage() const;   // 0–1
};

struct BusinessMetrics {
    struct Requests {
        std::int64_t total = 0, active = 0, queued = 0; // model calls
    } requests;
    struct Performance { // of the last five minutes; the time until the answer or its first event was there
        double avgResponseTime = 0, p95ResponseTime = 0; // ms
        double errorRate = 0;                            // 0–1
    } performance;
};

struct GatewayMetrics {
    double overheadP50 = 0, overheadP99 = 0; // ms
    double timeToFirstTokenP95 = 0;          // ms
    double cacheHitRate = 0;                 // 0–1
    std::int64_t coalesced = 0;
    std::map<std::string, std::int64_t> rejected; // by reason
    // Beyond the contract.
    double p50ResponseTime = 0, p99ResponseTime = 0, queueWaitP95 = 0; // ms
    double routeP95 = 0;                                               // ms, of the routes that call no model
    std::int64_t inputTokens = 0, outputTokens = 0;
    std::int64_t fallbacks = 0, resumed = 0, simplified = 0, retries = 0;
    std::map<std::string, std::int64_t> disconnects; // by phase
};

enum class AlertLevel : std::uint8_t { Ok, Warning, Critical };
std::string_view toText(AlertLevel level); // ok | warning | critical
std::optional<AlertLevel> alertLevelFromText(std::string_view text);

struct Alert {
    // cpu | memory | disk | latency | resident-growth | backup-age | breaker | redis | storage | server
    std::string metric;
    std::string subject; // which one, where there are several: "provider/model", a URL; else empty
    AlertLevel level = AlertLevel::Warning;
    double value = 0;
    double threshold = 0;
    std::string unit;    // fraction | ms | bytes/h | s | "" (a state)
    std::string message; // English; the windows show a text of their own by metric and level
    WallTime since{};
    std::optional<WallTime> endedAt; // set in the list of past ones
    bool operator==(const Alert&) const = default;
};

// From where on a measured metric is an alert, as the settings say at present.
struct AlertThreshold {
    std::string metric, unit;
    double warning = 0;
    std::optional<double> critical; // nullopt: it never is
    bool operator==(const AlertThreshold&) const = default;
};

struct AlertList {
    AlertLevel level = AlertLevel::Ok;
    std::vector<Alert> active;              // the worst first
    std::vector<Alert> recent;              // those that ended, the latest first
    std::vector<AlertThreshold> thresholds; // in JSON an object by metric
};

// The limit of a target that is given only so many calls at once as it answers in time.
struct ConcurrencyRow {
    std::int64_t limit = 0, active = 0, queued = 0;
    bool operator==(const ConcurrencyRow&) const = default;
};

struct BreakerRow {
    std::string provider, model;
    std::string state; // closed | half-open | open
    double failureRate = 0;
    std::int64_t calls = 0;
    std::string reason;
    std::optional<WallTime> openedAt, retryAt;
    std::map<std::string, ConcurrencyRow> concurrency{}; // by kind of answer: stream, whole; empty: no limit
};

struct CachePanel {
    std::int64_t localEntries = 0, localHits = 0, localMisses = 0, localEvictions = 0, localExpired = 0;
    std::uint64_t localBytes = 0, localLimit = 0;
    std::int64_t redisHits = 0, redisMisses = 0, redisErrors = 0, redisDroppedWrites = 0;
};

struct ServiceMetrics {
    AlertLevel level = AlertLevel::Ok;
    std::vector<Alert> alerts;
    std::vector<BreakerRow> breakers;           // in JSON an object by "provider/model"
    std::map<std::string, std::string> badKeys; // by provider: what is wrong with its key
    CachePanel cache;
    std::string redis = "off"; // off | up | down
    std::string version;
    // Beyond the contract: this process and its budget.
    std::uint64_t resident = 0; // bytes
    std::int64_t descriptors = 0, threads = 0;
    double cpuUsage = 0; // 0–1 of the budget
    std::uint64_t memoryLimit = 0;
    double cores = 0;
    bool limited = false;            // by a control group
    std::optional<double> backupAge; // s since the newest backup; nullopt: there is none
};

struct MetricsSnapshot {
    SystemMetrics system;
    BusinessMetrics business;
    GatewayMetrics gateway;
    ServiceMetrics service;
};

// Names of series: cpu, load, memory, disk, resident, requests (finished per second), active, queued,
// average, p95, errorRate, firstTokenP95, overheadP99, cacheHitRate, inputTokens, outputTokens (both per
// second).
struct MetricSeries {
    std::string name;
    std::string unit;                          // fraction | bytes | ms | count | 1/s
    std::vector<std::optional<double>> values; // means; nullopt: nothing was recorded
    std::vector<std::optional<double>> peaks;  // the highest second of each step
};

struct MetricsHistory {
    WallTime from{}; // the first value covers [from, from + step)
    Millis step{1000};
    std::vector<MetricSeries> series; // all of one length
};

struct LogLine {
    std::uint64_t seq = 0; // counts up from 1 while the process runs
    WallTime time{};
    std::string level; // trace | debug | info | warning | error
    std::string message;
};

Json toJson(const MetricsSnapshot&);
Json toJson(const Alert&);
Json toJson(const AlertList&);
Json toJson(const BreakerRow&); // as in GET /api/v1/breakers
Json toJson(const MetricsHistory&);
Json toJson(const LogLine&);

Result<MetricsSnapshot> metricsSnapshotFromJson(const Json&);
Result<Alert> alertFromJson(const Json&);
Result<AlertList> alertListFromJson(const Json&);
Result<BreakerRow> breakerRowFromJson(const Json&);
Result<MetricsHistory> metricsHistoryFromJson(const Json&);
Result<LogLine> logLineFromJson(const Json&);

} // namespace exo::api
