#include "ui/backend/LocalMonitor.h"

#include "ui/backend/LocalCall.h"

namespace exo::ui {

void LocalMonitor::fetchMetrics(QObject* context, Reply<api::MetricsSnapshot> reply) {
    (void)context;
    reply(fail(ErrorCode::Unsupported));
}
void LocalMonitor::fetchHistory(QString, QObject*, Reply<api::MetricsHistory> reply) {
    reply(fail(ErrorCode::Unsupported));
}
void LocalMonitor::fetchAlerts(QObject*, Reply<api::AlertList> reply) {
    reply(fail(ErrorCode::Unsupported));
}
void LocalMonitor::fetchLog(std::uint64_t, QObject*, Reply<std::vector<api::LogLine>> reply) {
    reply(fail(ErrorCode::Unsupported));
}

} // namespace exo::ui
