#include "core/CoreMonitor.h"

#include "core/base/Log.h"
#include "core/base/Version.h"
#include "core/monitor/AlertRules.h"

#include <algorithm>

namespace exo {

namespace {

constexpr Millis k_interval{1000};
constexpr std::size_t k_keptRows = 600;

const char* nameOf(BreakerState state) {
    switch (state) {
    case BreakerState::Closed: return "closed";
    case BreakerState::HalfOpen: return "half-open";
    case BreakerState::Open: break;
    }
    return "open";
}

api::BreakerRow rowOf(const BreakerInfo& info) {
    api::BreakerRow row;
    row.provider = info.provider;
    row.model = info.model;
    row.state = nameOf(info.breaker.state);
    row.failureRate = info.breaker.failureRate;
    row.calls = info.breaker.calls;
    row.reason = info.breaker.reason;
    row.openedAt = info.breaker.openedAt;
    row.retryAt = info.breaker.retryAt;
    return row;
}

api::CachePanel panelOf(const CacheStats& stats) {
    api::CachePanel panel;
    panel.localEntries = stats.localEntries;
    panel.localHits = stats.localHits;
    panel.localMisses = stats.localMisses;
    panel.localEvictions = stats.localEvictions;
    panel.localExpired = stats.localExpired;
    panel.localBytes = stats.localBytes;
    panel.localLimit = stats.localLimit;
    panel.redisHits = stats.redisHits;
    panel.redisMisses = stats.redisMisses;
    panel.redisErrors = stats.redisErrors;
    panel.redisDroppedWrites = stats.redisDroppedWrites;
    return panel;
}

// Of the lookups: each asks memory first, Redis only after a miss.
double hitRate(const CacheStats& stats) {
    const std::int64_t lookups = stats.localHits + stats.localMisses;
    if (lookups == 0) return 0;
    return static_cast<double>(stats.localHits + stats.redisHits) / static_cast<double>(lookups);
}

api::SystemMetrics systemOf(const SystemSample& sample, const ProcessSample& process) {
    api::SystemMetrics system;
    system.cpu = {sample.cpuUsage, sample.load};
    system.memory = {sample.memoryUsed, sample.memoryAvailable, sample.memoryCached};
    system.disk = {sample.diskUsed, sample.diskAvailable};
    system.process = {sample.processes, process.uptime};
    return system;
}

} // namespace

class CoreMonitor::Subscription final : public MonitorSubscription {
  public:
    Subscription(std::shared_ptr<Subscribers> all, Subscribers::iterator mine)
        : m_all(std::move(all))
        , m_mine(mine) {}
    ~Subscription() override { *m_mine = nullptr; } // tick() sweeps: it may be under way

  private:
    std::shared_ptr<Subscribers> m_all;
    Subscribers::iterator m_mine;
};

CoreMonitor::CoreMonitor(Parts parts)
    : m_parts(std::move(parts))
    , m_systemSampler(m_parts.clock, {"/proc", "/sys/fs/cgroup", m_parts.home})
    , m_processSampler(m_parts.clock)
    , m_alerts(m_parts.clock) {
    setRules();
}

CoreMonitor::~CoreMonitor() {
    stop();
}

void CoreMonitor::start() {
    tick();
}

void CoreMonitor::stop() {
    m_parts.timers.cancel(m_timer);
    m_timer = 0;
}

void CoreMonitor::tick() {
    m_timer = m_parts.timers.schedule(k_interval, [this] { tick(); });
    if (const auto sample = m_systemSampler.sample()) m_system = *sample;
    m_process = m_processSampler.sample();
    if (m_parts.protects) m_parts.gateway.noteSystem(m_process.cpuUsage, m_process.resident);
    api::MetricsSnapshot now = snapshot();
    evaluateAlerts(now);
    now.service.level = m_alerts.list().level;
    now.service.alerts = m_alerts.list().active;
    m_rows.push_back(m_rowMaker.make(now, m_parts.clock.wallNow(), m_parts.clock.now()));
    if (m_rows.size() > k_keptRows) m_rows.pop_front();
    for (const auto& subscriber : *m_subscribers)
        if (subscriber) subscriber(now);
    std::erase_if(*m_subscribers, [](const auto& subscriber) { return !subscriber; });
}

void CoreMonitor::setRules() {
    const auto& alerts = m_parts.settings().alerts;
    for (const AlertRule& rule :
         alertRules({alerts.cpu.warning, alerts.cpu.critical, alerts.memory.warning, alerts.memory.critical,
                     alerts.disk.warning, alerts.disk.critical}))
        m_alerts.setRule(rule);
}

void CoreMonitor::evaluateAlerts(const api::MetricsSnapshot& now) {
    std::vector<Reading> readings = readingsOf(now);
    if (m_parts.database.readOnly()) readings.push_back({"storage", "", 2, "the database can only be read"});
    for (const AlertEvent& event : m_alerts.evaluate(readings))
        logAlert(event);
}

void CoreMonitor::fillService(api::ServiceMetrics& service, const GatewayStats& stats) const {
    api::AlertList alerts = m_alerts.list();
    service.level = alerts.level;
    service.alerts = std::move(alerts.active);
    for (const BreakerInfo& info : m_parts.gateway.breakers())
        service.breakers.push_back(rowOf(info));
    service.cache = panelOf(stats.cache);
    service.redis = toText(stats.cache.redis);
    service.version = std::string(k_version);
    service.resident = m_process.resident;
    service.descriptors = m_process.descriptors;
    service.threads = m_process.threads;
    service.cpuUsage = m_process.cpuUsage;
    service.memoryLimit = m_system.memoryTotal;
    service.cores = m_system.cores;
    service.limited = m_system.limited;
}

api::MetricsSnapshot CoreMonitor::snapshot() {
    const GatewayStats stats = m_parts.gateway.stats();
    api::MetricsSnapshot snapshot;
    snapshot.system = systemOf(m_system, m_process);
    snapshot.business.requests = {stats.total, stats.active, stats.queued};
    snapshot.business.performance = {stats.averageMs, stats.p95Ms, stats.errorRate};
    snapshot.gateway.cacheHitRate = hitRate(stats.cache);
    snapshot.gateway.coalesced = stats.coalesced;
    snapshot.gateway.rejected = stats.rejected;
    snapshot.gateway.rejected["queue_full"] = stats.queueFull;
    snapshot.gateway.rejected["queue_timeout"] = stats.queueTimeout;
    snapshot.gateway.fallbacks = stats.fallbacks;
    snapshot.gateway.resumed = stats.resumed;
    snapshot.gateway.simplified = stats.simplified;
    fillService(snapshot.service, stats);
    return snapshot;
}

Task<api::MetricsHistory> CoreMonitor::history(Millis range) {
    EXO_CO_TRY(const HistoryPlan plan, planHistory(range, m_parts.clock.wallNow()));
    SeriesBuckets buckets(plan);
    for (const MetricRow& row : m_rows)
        buckets.add(row);
    co_return buckets.finish();
}

std::vector<api::LogLine> CoreMonitor::logTail(std::uint64_t afterSeq, std::size_t most) const {
    std::vector<api::LogLine> lines;
    for (auto& line : log::recentLines(afterSeq, most))
        lines.push_back({line.seq, std::chrono::time_point_cast<Millis>(line.time), std::move(line.level),
                         std::move(line.message)});
    return lines;
}

std::unique_ptr<MonitorSubscription>
CoreMonitor::subscribe(std::function<void(const api::MetricsSnapshot&)> onTick) {
    const auto mine = m_subscribers->insert(m_subscribers->end(), std::move(onTick));
    return std::make_unique<Subscription>(m_subscribers, mine);
}

} // namespace exo
