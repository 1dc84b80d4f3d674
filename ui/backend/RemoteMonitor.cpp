#include "ui/backend/RemoteMonitor.h"

#include "ui/backend/ListFromJson.h"

namespace exo::ui {

template <class T, class Read>
void RemoteMonitor::fetch(const QString& path, QObject* context, Reply<T> reply, Read read) {
    m_backend->callJson("GET", path, std::nullopt, context,
                        [reply = std::move(reply), read](Result<Json> json) {
                            reply(json.ok() ? read(*json) : Result<T>(std::move(json).error()));
                        });
}

void RemoteMonitor::fetchMetrics(QObject* context, Reply<api::MetricsSnapshot> reply) {
    fetch(QStringLiteral("/api/v1/metrics"), context, std::move(reply), api::metricsSnapshotFromJson);
}

void RemoteMonitor::fetchHistory(QString range, QObject* context, Reply<api::MetricsHistory> reply) {
    fetch(QStringLiteral("/api/v1/metrics/history?range=") + range, context, std::move(reply),
          api::metricsHistoryFromJson);
}

void RemoteMonitor::fetchAlerts(QObject* context, Reply<api::AlertList> reply) {
    fetch(QStringLiteral("/api/v1/alerts"), context, std::move(reply), api::alertListFromJson);
}

void RemoteMonitor::fetchLog(std::uint64_t seq, QObject* context, Reply<std::vector<api::LogLine>> reply) {
    fetch(QStringLiteral("/api/v1/log?after=%1").arg(seq), context, std::move(reply),
          [](const Json& json) { return listFrom<api::LogLine>(json, "lines", api::logLineFromJson); });
}

} // namespace exo::ui
