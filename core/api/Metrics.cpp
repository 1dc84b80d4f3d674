#include "core/api/Metrics.h"

#include <array>

namespace exo::api {

namespace {

constexpr std::array<std::string_view, 3> k_levels{"ok", "warning", "critical"};

double share(std::uint64_t used, std::uint64_t available) {
    const double all = static_cast<double>(used) + static_cast<double>(available);
    return all > 0 ? static_cast<double>(used) / all : 0;
}

Json timeOrNull(const std::optional<WallTime>& time) {
    return time ? Json(formatTime(*time)) : Json();
}

Json rate(std::int64_t hits, std::int64_t misses) {
    return hits + misses == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(hits + misses);
}

Json toJson(const SystemMetrics& system) {
    return {{"cpu", {{"usage", system.cpu.usage}, {"load", system.cpu.load}}},
            {"memory",
             {{"used", system.memory.used},
              {"available", system.memory.available},
              {"cached", system.memory.cached}}},
            {"disk", {{"used", system.disk.used}, {"available", system.disk.available}}},
            {"process", {{"count", system.process.count}, {"uptime", system.process.uptime}}}};
}

Json toJson(const BusinessMetrics& business) {
    const auto& requests = business.requests;
    const auto& performance = business.performance;
    return {
        {"requests", {{"total", requests.total}, {"active", requests.active}, {"queued", requests.queued}}},
        {"performance",
         {{"avgResponseTime", performance.avgResponseTime},
          {"p95ResponseTime", performance.p95ResponseTime},
          {"errorRate", performance.errorRate}}}};
}

Json toJson(const GatewayMetrics& gateway) {
    return {{"overheadP50", gateway.overheadP50},
            {"overheadP99", gateway.overheadP99},
            {"timeToFirstTokenP95", gateway.timeToFirstTokenP95},
            {"cacheHitRate", gateway.cacheHitRate},
            {"coalesced", gateway.coalesced},
            {"rejected", gateway.rejected},
            {"p50ResponseTime", gateway.p50ResponseTime},
            {"p99ResponseTime", gateway.p99ResponseTime},
            {"queueWaitP95", gateway.queueWaitP95},
            {"routeP95", gateway.routeP95},
            {"inputTokens", gateway.inputTokens},
            {"outputTokens", gateway.outputTokens},
            {"fallbacks", gateway.fallbacks},
            {"resumed", gateway.resumed},
            {"simplified", gateway.simplified},
            {"retries", gateway.retries},
            {"disconnects", gateway.disconnects}};
}

Json toJson(const CachePanel& cache) {
    return {{"local",
             {{"entries", cache.localEntries},
              {"bytes", cache.localBytes},
              {"limit", cache.localLimit},
              {"hits", cache.localHits},
              {"misses", cache.localMisses},
              {"hitRate", rate(cache.localHits, cache.localMisses)},
              {"evictions", cache.localEvictions},
              {"expired", cache.localExpired}}},
            {"redis",
             {{"hits", cache.redisHits},
              {"misses", cache.redisMisses},
              {"hitRate", rate(cache.redisHits, cache.redisMisses)},
              {"errors", cache.redisErrors},
              {"droppedWrites", cache.redisDroppedWrites}}}};
}

Json toJson(const ServiceMetrics& service) {
    Json breakers = Json::object();
    for (const BreakerRow& row : service.breakers)
        breakers[row.provider + "/" + row.model] = toJson(row);
    Json alerts = Json::array();
    for (const Alert& alert : service.alerts)
        alerts.push_back(toJson(alert));
    return {
        {"level", std::string(toText(service.level))},
        {"alerts", std::move(alerts)},
        {"breakers", std::move(breakers)},
        {"badKeys", service.badKeys},
        {"cache", toJson(service.cache)},
        {"redis", service.redis},
        {"version", service.version},
        {"process",
         {{"resident", service.resident},
          {"descriptors", service.descriptors},
          {"threads", service.threads},
          {"cpuUsage", service.cpuUsage}}},
        {"budget", {{"memory", service.memoryLimit}, {"cores", service.cores}, {"limited", service.limited}}},
        {"backupAge", service.backupAge ? Json(*service.backupAge) : Json()}};
}

Json numbersOrNull(const std::vector<std::optional<double>>& values) {
    Json list = Json::array();
    for (const auto& value : values)
        list.push_back(value ? Json(*value) : Json());
    return list;
}

} // namespace

std::string_view toText(AlertLevel level) {
    return k_levels[static_cast<std::size_t>(level)];
}

std::optional<AlertLevel> alertLevelFromText(std::string_view text) {
    for (std::size_t i = 0; i < k_levels.size(); ++i)
        if (k_levels[i] == text) return static_cast<AlertLevel>(i);
    return std::nullopt;
}

double SystemMetrics::memoryUsage() const {
    return share(memory.used, memory.available);
}

double SystemMetrics::diskUsage() const {
    return share(disk.used, disk.available);
}

Json toJson(const MetricsSnapshot& snapshot) {
    return {{"system", toJson(snapshot.system)},
            {"business", toJson(snapshot.business)},
            {"gateway", toJson(snapshot.gateway)},
            {"service", toJson(snapshot.service)}};
}

Json toJson(const Alert& alert) {
    Json json = Json::object();
    json["metric"] = alert.metric;
    json["subject"] = alert.subject.empty() ? Json() : Json(alert.subject);
    json["level"] = std::string(toText(alert.level));
    json["value"] = alert.value;
    json["threshold"] = alert.threshold;
    json["unit"] = alert.unit;
    json["message"] = alert.message;
    json["since"] = formatTime(alert.since);
    if (alert.endedAt) json["endedAt"] = formatTime(*alert.endedAt);
    return json;
}

Json toJson(const AlertList& list) {
    Json json = {
        {"level", std::string(toText(list.level))}, {"alerts", Json::array()}, {"recent", Json::array()}};
    for (const Alert& alert : list.active)
        json["alerts"].push_back(toJson(alert));
    for (const Alert& alert : list.recent)
        json["recent"].push_back(toJson(alert));
    json["thresholds"] = Json::object();
    for (const AlertThreshold& threshold : list.thresholds) {
        Json& entry = json["thresholds"][threshold.metric];
        entry = {{"unit", threshold.unit}, {"warning", threshold.warning}};
        if (threshold.critical) entry["critical"] = *threshold.critical;
    }
    return json;
}

Json toJson(const BreakerRow& row) {
    Json json = Json::object();
    json["provider"] = row.provider;
    json["model"] = row.model;
    json["state"] = row.state;
    json["failureRate"] = row.failureRate;
    json["calls"] = row.calls;
    json["reason"] = row.reason.empty() ? Json() : Json(row.reason);
    json["openedAt"] = timeOrNull(row.openedAt);
    json["retryAt"] = timeOrNull(row.retryAt);
    for (const auto& [kind, now] : row.concurrency)
        json["concurrency"][kind] = {{"limit", now.limit}, {"active", now.active}, {"queued", now.queued}};
    return json;
}

Json toJson(const MetricsHistory& history) {
    Json series = Json::object();
    std::size_t length = 0;
    for (const MetricSeries& one : history.series) {
        length = one.values.size();
        series[one.name] = {
            {"unit", one.unit}, {"values", numbersOrNull(one.values)}, {"peaks", numbersOrNull(one.peaks)}};
    }
    const WallTime to = history.from + history.step * static_cast<std::int64_t>(length);
    return {{"from", formatTime(history.from)},
            {"to", formatTime(to)},
            {"stepSeconds", static_cast<double>(history.step.count()) / 1000},
            {"series", std::move(series)}};
}

Json toJson(const LogLine& line) {
    return {
        {"seq", line.seq}, {"time", formatTime(line.time)}, {"level", line.level}, {"message", line.message}};
}

} // namespace exo::api
