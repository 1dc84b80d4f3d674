#pragma once
// The monitor's numbers of the core in this process. GUI thread; owned by its LocalBackend.

#include "ui/backend/LocalBackend.h"

namespace exo::ui {

class LocalMonitor final : public MonitorSource {
  public:
    explicit LocalMonitor(LocalBackend* backend)
        : m_backend(backend) {}

    void fetchMetrics(QObject* context, Reply<api::MetricsSnapshot> reply) override;
    void fetchHistory(QString range, QObject* context, Reply<api::MetricsHistory> reply) override;
    void fetchAlerts(QObject* context, Reply<api::AlertList> reply) override;
    void fetchLog(std::uint64_t seq, QObject* context, Reply<std::vector<api::LogLine>> reply) override;

  private:
    LocalBackend* m_backend;
};

} // namespace exo::ui
