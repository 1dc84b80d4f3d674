#pragma once
// The monitor's numbers over HTTP. GUI thread; owned by its RemoteBackend.

#include "ui/backend/RemoteBackend.h"

namespace exo::ui {

class RemoteMonitor final : public MonitorSource {
  public:
    explicit RemoteMonitor(RemoteBackend* backend)
        : m_backend(backend) {}

    void fetchMetrics(QObject* context, Reply<api::MetricsSnapshot> reply) override;
    void fetchHistory(QString range, QObject* context, Reply<api::MetricsHistory> reply) override;
    void fetchAlerts(QObject* context, Reply<api::AlertList> reply) override;
    void fetchLog(std::uint64_t seq, QObject* context, Reply<std::vector<api::LogLine>> reply) override;

  private:
    template <class T, class Read>
    void fetch(const QString& path, QObject* context, Reply<T> reply, Read read);

    RemoteBackend* m_backend;
};

} // namespace exo::ui
