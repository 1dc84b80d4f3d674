#pragma once
// What the Monitor page and the tray ask of a backend. GUI thread; owned by the backend.

#include "core/api/Metrics.h"
#include "ui/backend/Reply.h"

#include <QString>

#include <vector>

class QObject;

namespace exo::ui {

class MonitorSource {
  public:
    virtual ~MonitorSource() = default;

    virtual void fetchMetrics(QObject* context, Reply<api::MetricsSnapshot> reply) = 0;
    // `range`: 5m, 1h, 24h, 30d.
    virtual void fetchHistory(QString range, QObject* context, Reply<api::MetricsHistory> reply) = 0;
    virtual void fetchAlerts(QObject* context, Reply<api::AlertList> reply) = 0;
    // Lines after `seq`, oldest first; 0 for all that are kept.
    virtual void fetchLog(std::uint64_t seq, QObject* context, Reply<std::vector<api::LogLine>> reply) = 0;
};

} // namespace exo::ui
