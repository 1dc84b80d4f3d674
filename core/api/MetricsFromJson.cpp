// A server's answers are untrusted: every member may be missing or of another type, every list has an end.
#include "core/api/Metrics.h"

#include <algorithm>
#include <cmath>

namespace exo::api {

namespace {

constexpr std::size_t k_mostRows = 4096;
constexpr std::size_t k_mostKinds = 8;        // of a target's answers
constexpr std::size_t k_mostPoints = 100'000; // of a series
constexpr std::size_t k_mostPointsInAll = 1'000'000;

const Json k_nothing = Json::object();

const Json& part(const Json& json, std::string_view key) {
    const Json* found = member(json, key);
    return found && found->is_object() ? *found : k_nothing;
}

double number(const Json& json, std::string_view key) {
    const Json* value = member(json, key);
    if (!value || !value->is_number()) return 0;
    const double number = value->get<double>();
    return std::isfinite(number) ? number : 0;
}

bool isNumber(const Json& json, std::string_view key) {
    const Json* value = member(json, key);
    return value && value->is_number();
}

std::uint64_t bytes(const Json& json, std::string_view key) {
    const Json* value = member(json, key);
    if (value && value->is_number_unsigned()) return value->get<std::uint64_t>();
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, intOr(json, key)));
}

std::string text(const Json& json, std::string_view key) {
    return std::string(stringOr(json, key));
}

std::optional<WallTime> optTime(const Json& json, std::string_view key) {
    return parseTime(stringOr(json, key));
}

Result<void> mustBeObject(const Json& json) {
    if (json.is_object()) return {};
    return fail(ErrorCode::InvalidRequest, "a JSON object is expected");
}

std::map<std::string, std::int64_t> counts(const Json& json, std::string_view key) {
    std::map<std::string, std::int64_t> out;
    for (const auto& [name, value] : part(json, key).items())
        if (value.is_number_integer() && out.size() < k_mostRows) out[name] = value.get<std::int64_t>();
    return out;
}

std::vector<Alert> alerts(const Json& json, std::string_view key) {
    std::vector<Alert> out;
    const Json* list = member(json, key);
    if (!list || !list->is_array()) return out;
    for (const Json& item : *list)
        if (auto alert = alertFromJson(item); alert.ok() && out.size() < k_mostRows)
            out.push_back(std::move(alert).value());
    return out;
}

std::vector<AlertThreshold> thresholds(const Json& json) {
    std::vector<AlertThreshold> out;
    for (const auto& [metric, item] : part(json, "thresholds").items()) {
        if (!isNumber(item, "warning") || out.size() >= k_mostRows) continue;
        AlertThreshold threshold{metric, text(item, "unit"), number(item, "warning"), {}};
        if (isNumber(item, "critical")) threshold.critical = number(item, "critical");
        out.push_back(std::move(threshold));
    }
    return out;
}

SystemMetrics systemFrom(const Json& json) {
    SystemMetrics system;
    const Json& memory = part(json, "memory");
    system.cpu = {number(part(json, "cpu"), "usage"), number(part(json, "cpu"), "load")};
    system.memory = {bytes(memory, "used"), bytes(memory, "available"), bytes(memory, "cached")};
    system.disk = {bytes(part(json, "disk"), "used"), bytes(part(json, "disk"), "available")};
    system.process = {intOr(part(json, "process"), "count"), number(part(json, "process"), "uptime")};
    return system;
}

BusinessMetrics businessFrom(const Json& json) {
    const Json& requests = part(json, "requests");
    const Json& performance = part(json, "performance");
    BusinessMetrics business;
    business.requests = {intOr(requests, "total"), intOr(requests, "active"), intOr(requests, "queued")};
    business.performance = {number(performance, "avgResponseTime"), number(performance, "p95ResponseTime"),
                            number(performance, "errorRate")};
    return business;
}

GatewayMetrics gatewayFrom(const Json& json) {
    GatewayMetrics gateway;
    gateway.overheadP50 = number(json, "overheadP50");
    gateway.overheadP99 = number(json, "overheadP99");
    gateway.timeToFirstTokenP95 = number(json, "timeToFirstTokenP95");
    gateway.cacheHitRate = number(json, "cacheHitRate");
    gateway.coalesced = intOr(json, "coalesced");
    gateway.rejected = counts(json, "rejected");
    gateway.p50ResponseTime = number(json, "p50ResponseTime");
    gateway.p99ResponseTime = number(json, "p99ResponseTime");
    gateway.queueWaitP95 = number(json, "queueWaitP95");
    gateway.routeP95 = number(json, "routeP95");
    gateway.inputTokens = intOr(json, "inputTokens");
    gateway.outputTokens = intOr(json, "outputTokens");
    gateway.fallbacks = intOr(json, "fallbacks");
    gateway.resumed = intOr(json, "resumed");
    gateway.simplified = intOr(json, "simplified");
    gateway.retries = intOr(json, "retries");
    gateway.disconnects = counts(json, "disconnects");
    return gateway;
}

CachePanel cacheFrom(const Json& json) {
    const Json& local = part(json, "local");
    const Json& redis = part(json, "redis");
    CachePanel cache;
    cache.localEntries = intOr(local, "entries");
    cache.localBytes = bytes(local, "bytes");
    cache.localLimit = bytes(local, "limit");
    cache.localHits = intOr(local, "hits");
    cache.localMisses = intOr(local, "misses");
    cache.localEvictions = intOr(local, "evictions");
    cache.localExpired = intOr(local, "expired");
    cache.redisHits = intOr(redis, "hits");
    cache.redisMisses = intOr(redis, "misses");
    cache.redisErrors = intOr(redis, "errors");
    cache.redisDroppedWrites = intOr(redis, "droppedWrites");
    return cache;
}

ServiceMetrics serviceFrom(const Json& json) {
    ServiceMetrics service;
    service.level = alertLevelFromText(stringOr(json, "level")).value_or(AlertLevel::Ok);
    service.alerts = alerts(json, "alerts");
    for (const auto& [name, item] : part(json, "breakers").items())
        if (auto row = breakerRowFromJson(item); row.ok() && service.breakers.size() < k_mostRows)
            service.breakers.push_back(std::move(row).value());
    for (const auto& [name, item] : part(json, "badKeys").items())
        if (item.is_string() && service.badKeys.size() < k_mostRows)
            service.badKeys[name] = item.get<std::string>();
    service.cache = cacheFrom(part(json, "cache"));
    service.redis = stringOr(json, "redis", "off");
    service.version = text(json, "version");
    const Json& process = part(json, "process");
    service.resident = bytes(process, "resident");
    service.descriptors = intOr(process, "descriptors");
    service.threads = intOr(process, "threads");
    service.cpuUsage = number(process, "cpuUsage");
    const Json& budget = part(json, "budget");
    service.memoryLimit = bytes(budget, "memory");
    service.cores = number(budget, "cores");
    service.limited = boolOr(budget, "limited");
    if (member(json, "backupAge")) service.backupAge = number(json, "backupAge");
    return service;
}

std::vector<std::optional<double>> numbers(const Json& json, std::string_view key) {
    std::vector<std::optional<double>> out;
    const Json* list = member(json, key);
    if (!list || !list->is_array()) return out;
    for (const Json& item : *list) {
        if (out.size() == k_mostPoints) break;
        out.push_back(item.is_number() ? std::optional(item.get<double>()) : std::nullopt);
    }
    return out;
}

} // namespace

Result<MetricsSnapshot> metricsSnapshotFromJson(const Json& json) {
    EXO_CHECK(mustBeObject(json));
    MetricsSnapshot snapshot;
    snapshot.system = systemFrom(part(json, "system"));
    snapshot.business = businessFrom(part(json, "business"));
    snapshot.gateway = gatewayFrom(part(json, "gateway"));
    snapshot.service = serviceFrom(part(json, "service"));
    return snapshot;
}

Result<Alert> alertFromJson(const Json& json) {
    EXO_CHECK(mustBeObject(json));
    Alert alert;
    alert.metric = text(json, "metric");
    alert.subject = text(json, "subject");
    alert.level = alertLevelFromText(stringOr(json, "level")).value_or(AlertLevel::Warning);
    alert.value = number(json, "value");
    alert.threshold = number(json, "threshold");
    alert.unit = text(json, "unit");
    alert.message = text(json, "message");
    alert.since = optTime(json, "since").value_or(WallTime{});
    alert.endedAt = optTime(json, "endedAt");
    return alert;
}

Result<AlertList> alertListFromJson(const Json& json) {
    EXO_CHECK(mustBeObject(json));
    AlertList list;
    list.level = alertLevelFromText(stringOr(json, "level")).value_or(AlertLevel::Ok);
    list.active = alerts(json, "alerts");
    list.recent = alerts(json, "recent");
    list.thresholds = thresholds(json);
    return list;
}

Result<BreakerRow> breakerRowFromJson(const Json& json) {
    EXO_CHECK(mustBeObject(json));
    BreakerRow row;
    row.provider = text(json, "provider");
    row.model = text(json, "model");
    row.state = text(json, "state");
    row.failureRate = number(json, "failureRate");
    row.calls = intOr(json, "calls");
    row.reason = text(json, "reason");
    row.openedAt = optTime(json, "openedAt");
    row.retryAt = optTime(json, "retryAt");
    for (const auto& [kind, now] : part(json, "concurrency").items())
        if (row.concurrency.size() < k_mostKinds)
            row.concurrency[kind] = {intOr(now, "limit"), intOr(now, "active"), intOr(now, "queued")};
    return row;
}

Result<MetricsHistory> metricsHistoryFromJson(const Json& json) {
    EXO_CHECK(mustBeObject(json));
    MetricsHistory history;
    history.from = optTime(json, "from").value_or(WallTime{});
    const double seconds = std::clamp(number(json, "stepSeconds"), 0.001, 1e9);
    history.step = Millis(std::llround(seconds * 1000));
    std::size_t length = 0;
    for (const auto& [name, item] : part(json, "series").items()) {
        if (!item.is_object() || history.series.size() == k_mostRows) continue;
        MetricSeries series{name, text(item, "unit"), numbers(item, "values"), numbers(item, "peaks")};
        length = std::max(length, series.values.size());
        history.series.push_back(std::move(series));
    }
    if (length * history.series.size() > k_mostPointsInAll)
        return fail(ErrorCode::InvalidRequest, "more points than can be shown");
    for (MetricSeries& series : history.series) { // of one length, whatever the other side says
        series.values.resize(length);
        series.peaks.resize(length);
    }
    return history;
}

Result<LogLine> logLineFromJson(const Json& json) {
    EXO_CHECK(mustBeObject(json));
    LogLine line;
    line.seq = bytes(json, "seq");
    line.time = optTime(json, "time").value_or(WallTime{});
    line.level = text(json, "level");
    line.message = text(json, "message");
    return line;
}

} // namespace exo::api
