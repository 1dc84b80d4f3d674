#pragma once
// Asks the current backend for its numbers once a second, and only while someone looks. Keeps the window of
// history that is shown: the five-minute one grows with each snapshot, the longer ones are asked for again
// when a step has passed. GUI thread; the page or the tray panel owns it.

#include "core/api/Metrics.h"
#include "ui/backend/Connections.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <optional>

namespace exo::ui {

class MetricsFeed final : public QObject {
    Q_OBJECT
  public:
    MetricsFeed(Connections* connections, QObject* parent = nullptr);

    // Whether anyone looks; no request is made and no timer runs otherwise.
    void setWatched(bool watched);
    bool isWatched() const { return m_timer.isActive(); }
    void setInterval(int milliseconds) { m_timer.setInterval(milliseconds); }
    // 5m, 1h, 24h, 30d
    void setRange(const QString& range);
    const QString& range() const { return m_range; }

    const std::optional<api::MetricsSnapshot>& snapshot() const { return m_snapshot; }
    const std::optional<api::MetricsHistory>& history() const { return m_history; }
    const std::optional<Error>& error() const { return m_error; }
    // Finished model calls per second between the last two snapshots.
    double requestRate() const { return m_rate; }

  signals:
    void snapshotChanged();
    void historyChanged();
    void failed(); // error() says why; what was shown before is old now

  private:
    void reset();
    void poll();
    void askHistory();
    void take(api::MetricsSnapshot snapshot);
    void append();

    Connections* m_connections;
    QTimer m_timer;
    QString m_range = QStringLiteral("5m");
    quint64 m_generation = 0; // of backend and range; late answers of an older one are dropped
    bool m_asking = false;
    bool m_askingHistory = false;
    std::optional<api::MetricsSnapshot> m_snapshot;
    std::optional<api::MetricsHistory> m_history;
    std::optional<Error> m_error;
    QElapsedTimer m_sinceSnapshot;
    QElapsedTimer m_sinceHistory;
    double m_rate = 0;
};

} // namespace exo::ui
