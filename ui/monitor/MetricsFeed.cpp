#include "ui/monitor/MetricsFeed.h"

#include "ui/backend/MonitorSource.h"

#include <algorithm>

namespace exo::ui {

namespace {

constexpr int k_intervalMs = 1000;
constexpr std::int64_t k_appendedStepMs = 1000; // the history that snapshots continue

std::optional<double> latest(const api::MetricsSnapshot& snapshot, const std::string& series, double rate) {
    const auto& business = snapshot.business;
    if (series == "cpu") return snapshot.system.cpu.usage;
    if (series == "load") return snapshot.system.cpu.load;
    if (series == "memory") return snapshot.system.memoryUsage();
    if (series == "disk") return snapshot.system.diskUsage();
    if (series == "resident") return static_cast<double>(snapshot.service.resident);
    if (series == "requests") return rate;
    if (series == "active") return static_cast<double>(business.requests.active);
    if (series == "queued") return static_cast<double>(business.requests.queued);
    if (series == "average") return business.performance.avgResponseTime;
    if (series == "p95") return business.performance.p95ResponseTime;
    if (series == "errorRate") return business.performance.errorRate;
    if (series == "firstTokenP95") return snapshot.gateway.timeToFirstTokenP95;
    if (series == "overheadP99") return snapshot.gateway.overheadP99;
    if (series == "cacheHitRate") return snapshot.gateway.cacheHitRate;
    return std::nullopt;
}

} // namespace

MetricsFeed::MetricsFeed(Connections* connections, QObject* parent)
    : QObject(parent)
    , m_connections(connections) {
    m_timer.setInterval(k_intervalMs);
    connect(&m_timer, &QTimer::timeout, this, &MetricsFeed::poll);
    connect(connections, &Connections::changed, this, &MetricsFeed::reset);
}

void MetricsFeed::setWatched(bool watched) {
    if (watched == m_timer.isActive()) return;
    if (!watched) return m_timer.stop();
    m_timer.start();
    m_sinceHistory.invalidate(); // what happened while nobody looked
    poll();
}

void MetricsFeed::setRange(const QString& range) {
    if (range == m_range) return;
    m_range = range;
    m_history.reset();
    ++m_generation;
    m_asking = m_askingHistory = false;
    m_sinceHistory.invalidate();
    emit historyChanged();
    if (isWatched()) poll();
}

void MetricsFeed::reset() {
    ++m_generation;
    m_asking = m_askingHistory = false;
    m_snapshot.reset();
    m_history.reset();
    m_error.reset();
    m_rate = 0;
    m_sinceHistory.invalidate();
    m_sinceSnapshot.invalidate();
    emit snapshotChanged();
    emit historyChanged();
    if (isWatched()) poll();
}

void MetricsFeed::poll() {
    const auto step = m_history ? m_history->step.count() : 0;
    // The window of single seconds grows by the snapshots; it is asked for once a minute for its holes.
    const auto every = std::max<std::int64_t>(step, step == k_appendedStepMs ? 60'000 : 1000);
    if (!m_history || !m_sinceHistory.isValid() || m_sinceHistory.elapsed() >= every) askHistory();
    if (m_asking) return;
    m_asking = true;
    m_connections->current()->monitor()->fetchMetrics(
        this, [this, generation = m_generation](Result<api::MetricsSnapshot> answer) {
            if (generation != m_generation) return;
            m_asking = false;
            if (answer.ok()) return take(std::move(*answer));
            m_error = answer.error();
            emit failed();
        });
}

void MetricsFeed::askHistory() {
    if (m_askingHistory) return;
    m_askingHistory = true;
    m_connections->current()->monitor()->fetchHistory(
        m_range, this, [this, generation = m_generation](Result<api::MetricsHistory> answer) {
            if (generation != m_generation) return;
            m_askingHistory = false;
            m_sinceHistory.start();
            if (!answer.ok()) return; // the snapshot says what is wrong
            m_history = std::move(*answer);
            emit historyChanged();
        });
}

void MetricsFeed::take(api::MetricsSnapshot snapshot) {
    m_error.reset();
    if (m_snapshot && m_sinceSnapshot.isValid() && m_sinceSnapshot.elapsed() > 0) {
        const auto grown = snapshot.business.requests.total - m_snapshot->business.requests.total;
        m_rate =
            std::max(0.0, static_cast<double>(grown) * 1000 / static_cast<double>(m_sinceSnapshot.elapsed()));
    }
    m_sinceSnapshot.start();
    m_snapshot = std::move(snapshot);
    append();
    emit snapshotChanged();
}

void MetricsFeed::append() {
    if (!m_history || m_history->step.count() != k_appendedStepMs) return;
    bool changed = false;
    for (api::MetricSeries& series : m_history->series) {
        if (series.values.empty()) continue;
        series.values.erase(series.values.begin());
        series.values.push_back(latest(*m_snapshot, series.name, m_rate));
        changed = true;
    }
    if (!changed) return;
    m_history->from += m_history->step;
    emit historyChanged();
}

} // namespace exo::ui
