#include "core/CoreMonitor.h"

#include "core/base/Log.h"
#include "core/base/Spawn.h"
#include "core/base/Units.h"
#include "core/base/Version.h"
#include "core/monitor/AlertRules.h"
#include "core/monitor/ServiceLoad.h"
#include "core/storage/backup/Backup.h"

#include <algorithm>
#include <cmath>

namespace exo {

namespace {

constexpr Millis k_interval{1000};
constexpr std::chrono::minutes k_lookForBackups{1};
constexpr std::string_view k_spared = "the history of the metrics and the indexes of projects";
constexpr double k_shareWhenShort = 0.5, k_shareWhenCritical = 0.1; // of the cache in memory

api::AlertLevel levelOf(const api::AlertList& list, std::string_view metric) {
    for (const api::Alert& alert : list.active)
        if (alert.metric == metric) return alert.level;
    return api::AlertLevel::Ok;
}

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
    for (const auto& [kind, now] : info.concurrency)
        row.concurrency.emplace(toText(kind), api::ConcurrencyRow{now.limit, now.inFlight, now.waiting});
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
    , m_systemSampler(m_parts.clock, {"/proc", "/sys/fs/cgroup", m_parts.data})
    , m_processSampler(m_parts.clock)
    , m_http(m_parts.clock)
    , m_alerts(m_parts.clock) {
    setRules();
}

CoreMonitor::~CoreMonitor() {
    stop();
}

void CoreMonitor::start() {
    m_history = HistoryKeeper::open(m_parts.data / "metrics.db", m_parts.clock);
    m_cleanup = std::make_shared<Cleanup>(
        Cleanup::Parts{m_parts.database, *m_history, m_parts.gateway, m_parts.clock});
    m_cleanedAt = m_parts.clock.now();
    tick();
}

void CoreMonitor::stop() {
    m_parts.timers.cancel(m_timer);
    m_timer = 0;
}

asio::awaitable<void> CoreMonitor::finish() {
    const auto history = m_history;
    if (history) (void)co_await history->flush();
}

void CoreMonitor::tick() {
    m_timer = m_parts.timers.schedule(k_interval, [this] { tick(); });
    if (const auto sample = m_systemSampler.sample()) m_system = *sample;
    m_process = m_processSampler.sample();
    m_trend.add(m_parts.clock.now(), m_process.resident);
    setRules();
    api::MetricsSnapshot now = snapshot();
    evaluateAlerts(now);
    now.service.level = m_alerts.list().level;
    now.service.alerts = m_alerts.list().active;
    react();
    m_history->add(m_rowMaker.make(now, m_parts.clock.wallNow(), m_parts.clock.now()));
    keepHouse(now);
    for (const auto& subscriber : *m_subscribers)
        if (subscriber) subscriber(now);
    std::erase_if(*m_subscribers, [](const auto& subscriber) { return !subscriber; });
}

// Again after a reload, which may have changed the settings.
void CoreMonitor::setRules() {
    const auto& alerts = m_parts.settings().alerts;
    const AlertThresholds wanted{alerts.cpu.warning,     alerts.cpu.critical, alerts.memory.warning,
                                 alerts.memory.critical, alerts.disk.warning, alerts.disk.critical};
    if (m_thresholds == wanted) return;
    m_thresholds = wanted;
    for (const AlertRule& rule : alertRules(wanted))
        m_alerts.setRule(rule);
}

// What protects the service (the order under load is the gateway's).
void CoreMonitor::react() {
    const api::AlertList alerts = m_alerts.list();
    const bool diskFull = levelOf(alerts, "disk") == api::AlertLevel::Critical;
    if (diskFull != m_history->paused()) {
        log::warn("{}", diskFull ? "the disk is almost full: " + std::string(k_spared) + " are not written"
                                 : std::string(k_spared) + " are written again");
        m_history->setWriting(diskFull ? HistoryKeeper::Writing::Paused : HistoryKeeper::Writing::On);
        m_parts.onDisk(diskFull ? Disk::Full : Disk::Usable);
    }
    const api::AlertLevel memory = levelOf(alerts, "memory");
    m_parts.gateway.setCacheShare(memory == api::AlertLevel::Critical  ? k_shareWhenCritical
                                  : memory == api::AlertLevel::Warning ? k_shareWhenShort
                                                                       : 1.0);
    if (!m_parts.protects) return;
    const ServiceLoad load = serviceLoad(m_process, m_system, memory == api::AlertLevel::Critical);
    m_parts.gateway.noteSystem(load.cpu, load.memory);
}

void CoreMonitor::keepHouse(const api::MetricsSnapshot&) {
    const SteadyTime now = m_parts.clock.now();
    if (m_lookedAt == SteadyTime() || now - m_lookedAt >= k_lookForBackups) {
        m_lookedAt = now;
        m_newestBackup = newestBackup(m_parts.data);
    }
    if (m_history->due())
        spawnTask(m_parts.executor, m_history->flush(), [history = m_history](const Result<void>&) {});
    const auto& cleanup = m_parts.settings().cleanup;
    if (now - m_cleanedAt < cleanup.interval) return;
    m_cleanedAt = now;
    spawnTask(m_parts.executor, m_cleanup->run(cleanup.metricsRetention),
              [cleanup = m_cleanup, history = m_history](const Result<CleanupReport>&) {});
}

std::optional<std::string> CoreMonitor::notReady() const {
    if (m_parts.database.readOnly()) return "the database can only be read";
    if (levelOf(m_alerts.list(), "disk") == api::AlertLevel::Critical) return "the disk is almost full";
    return std::nullopt;
}

void CoreMonitor::evaluateAlerts(const api::MetricsSnapshot& now) {
    std::vector<Reading> readings = readingsOf(now);
    for (Reading& reading : readings)
        if (reading.metric == "disk" && m_history->paused())
            reading.message += "; " + std::string(k_spared) + " are not written";
    const double growth = m_trend.bytesPerHour();
    readings.push_back(
        {"resident-growth", "", growth,
         "memory grows by " + formatSize(static_cast<std::uint64_t>(std::max(growth, 0.0))) + " an hour"});
    if (const auto age = backupAge())
        readings.push_back(
            {"backup-age", "", *age,
             "the newest backup is " + std::to_string(std::lround(*age / 3600)) + " hours old"});
    if (m_parts.database.readOnly()) readings.push_back({"storage", "", 2, "the database can only be read"});
    for (const AlertEvent& event : m_alerts.evaluate(readings))
        logAlert(event);
}

std::optional<double> CoreMonitor::backupAge() const {
    if (m_parts.database.isShared()) return std::nullopt; // what lies in the home is not what is stored
    if (!m_newestBackup) return std::nullopt;
    // A clock that was set back makes no backup younger than new.
    return std::max(0.0, std::chrono::duration<double>(m_parts.clock.wallNow() - *m_newestBackup).count());
}

void CoreMonitor::fillService(api::ServiceMetrics& service, const GatewayStats& stats) const {
    api::AlertList alerts = m_alerts.list();
    service.level = alerts.level;
    service.alerts = std::move(alerts.active);
    for (const BreakerInfo& info : m_parts.gateway.breakers())
        service.breakers.push_back(rowOf(info));
    service.badKeys = stats.badKeys;
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
    service.backupAge = backupAge();
}

api::MetricsSnapshot CoreMonitor::snapshot() {
    const GatewayStats stats = m_parts.gateway.stats();
    api::MetricsSnapshot snapshot;
    snapshot.system = systemOf(m_system, m_process);
    snapshot.business.requests = {stats.total, stats.active, stats.queued};
    const CallMetrics::Recent& recent = stats.recent;
    snapshot.business.performance = {recent.averageMs, recent.p95Ms, recent.errorRate};
    snapshot.gateway.overheadP50 = recent.overheadP50Ms;
    snapshot.gateway.overheadP99 = recent.overheadP99Ms;
    snapshot.gateway.timeToFirstTokenP95 = recent.firstTokenP95Ms;
    snapshot.gateway.p50ResponseTime = recent.p50Ms;
    snapshot.gateway.p99ResponseTime = recent.p99Ms;
    snapshot.gateway.queueWaitP95 = recent.queueWaitP95Ms;
    snapshot.gateway.routeP95 = m_http.routeP95Ms();
    snapshot.gateway.inputTokens = stats.inputTokens;
    snapshot.gateway.outputTokens = stats.outputTokens;
    snapshot.gateway.retries = stats.retries;
    for (const auto& value : m_http.disconnects.values())
        snapshot.gateway.disconnects[value.labels[0]] = static_cast<std::int64_t>(value.count);
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
    const auto history = m_history; // stop() may come meanwhile
    if (!history) co_return fail(ErrorCode::Unsupported, "nothing is sampled here");
    co_return co_await history->read(range);
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
