#pragma once
// The monitor's numbers as a test wants them. Replies come from the event loop. GUI thread.

#include "ui/backend/MonitorSource.h"

#include <QPointer>
#include <QTimer>

#include <cmath>
#include <optional>

namespace exo::ui {

class FakeMonitor final : public MonitorSource {
  public:
    api::MetricsSnapshot snapshot;
    api::MetricsHistory history;
    api::AlertList alerts;
    std::vector<api::LogLine> log;
    std::optional<Error> error; // of every call until it is reset
    int metricsCalls = 0;
    QStringList ranges; // asked for, in order

    void fetchMetrics(QObject* context, Reply<api::MetricsSnapshot> reply) override {
        ++metricsCalls;
        answer(context, std::move(reply), snapshot);
    }
    void fetchHistory(QString range, QObject* context, Reply<api::MetricsHistory> reply) override {
        ranges << range;
        answer(context, std::move(reply), history);
    }
    void fetchAlerts(QObject* context, Reply<api::AlertList> reply) override {
        answer(context, std::move(reply), alerts);
    }
    void fetchLog(std::uint64_t seq, QObject* context, Reply<std::vector<api::LogLine>> reply) override {
        std::vector<api::LogLine> lines;
        for (const auto& line : log) {
            if (line.seq > seq) lines.push_back(line);
        }
        answer(context, std::move(reply), std::move(lines));
    }

    // A morning of a small service: some load, one breaker open, one alert.
    void fillWithExample();

  private:
    template <class T>
    void answer(QObject* context, Reply<T> reply, T value) {
        Result<T> result = error ? Result<T>(*error) : Result<T>(std::move(value));
        QTimer::singleShot(0, context, [reply = std::move(reply), result = std::move(result)]() mutable {
            reply(std::move(result));
        });
    }
};

} // namespace exo::ui
