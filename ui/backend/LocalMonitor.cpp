#include "ui/backend/LocalMonitor.h"

#include "ui/backend/LocalCall.h"

namespace exo::ui {

namespace {

constexpr std::size_t k_mostLines = 500;

Millis spanOf(const QString& range) {
    using namespace std::chrono;
    if (range == u"1h") return hours(1);
    if (range == u"24h") return hours(24);
    if (range == u"30d") return hours(30 * 24);
    return minutes(5);
}

} // namespace

void LocalMonitor::fetchMetrics(QObject* context, Reply<api::MetricsSnapshot> reply) {
    m_backend->call<api::MetricsSnapshot>(
        context, std::move(reply),
        [](Core& core) -> Task<api::MetricsSnapshot> { co_return core.monitoring().snapshot(); });
}

void LocalMonitor::fetchHistory(QString range, QObject* context, Reply<api::MetricsHistory> reply) {
    m_backend->call<api::MetricsHistory>(context, std::move(reply), [span = spanOf(range)](Core& core) {
        return core.monitoring().history(span);
    });
}

void LocalMonitor::fetchAlerts(QObject* context, Reply<api::AlertList> reply) {
    m_backend->call<api::AlertList>(context, std::move(reply), [](Core& core) -> Task<api::AlertList> {
        co_return core.monitoring().alerts();
    });
}

void LocalMonitor::fetchLog(std::uint64_t seq, QObject* context, Reply<std::vector<api::LogLine>> reply) {
    m_backend->call<std::vector<api::LogLine>>(context, std::move(reply),
                                               [seq](Core& core) -> Task<std::vector<api::LogLine>> {
                                                   co_return core.monitoring().logTail(seq, k_mostLines);
                                               });
}

} // namespace exo::ui
