#pragma once
// Waits for the reply of a backend's call, and writes down what a turn tells. GUI thread of a test.

#include "ui/backend/Backend.h"

#include <QTest>

namespace exo::ui {

// await<api::Session>([&](QObject* c, auto r) { backend.createSession({}, c, r); })
template <class T, class Call>
Result<T> await(Call call) {
    std::optional<Result<T>> out;
    QObject context;
    call(&context, Reply<T>([&out](Result<T> result) { out.emplace(std::move(result)); }));
    if (!QTest::qWaitFor([&] { return out.has_value(); }, 20'000))
        return fail(ErrorCode::Internal, "no reply came");
    return std::move(*out);
}

struct TurnLog {
    std::optional<api::TurnStarted> started;
    QString text;
    std::vector<api::ToolCall> tools; // as they were told: each once when it began and once when it ended
    QString textBeforeTools;          // what was written when the first of them began
    int deltas = 0;
    int ends = 0;
    bool orderly = true; // nothing before the start or after the end
    std::optional<api::Message> done;
    std::optional<api::TurnFailed> failed;
};

class TurnRecorder : public QObject {
  public:
    explicit TurnRecorder(Backend* backend) {
        connect(
            backend, &Backend::turnEvent, this,
            [this](TurnId turn, const QString&, const api::TurnEvent& event) { note(m_logs[turn], event); });
    }
    TurnLog& operator[](TurnId turn) { return m_logs[turn]; }
    bool waitForEnd(TurnId turn) {
        return QTest::qWaitFor([&] { return m_logs[turn].ends > 0; }, 30'000);
    }

  private:
    static void note(TurnLog& log, const api::TurnEvent& event) {
        if (log.ends > 0) log.orderly = false;
        if (const auto* started = std::get_if<api::TurnStarted>(&event)) log.started = *started;
        if (const auto* delta = std::get_if<api::TurnDelta>(&event)) {
            if (!log.started) log.orderly = false;
            log.text += QString::fromStdString(delta->text);
            ++log.deltas;
        }
        if (const auto* tool = std::get_if<api::TurnTool>(&event)) {
            if (!log.started) log.orderly = false;
            if (log.tools.empty()) log.textBeforeTools = log.text;
            log.tools.push_back(tool->call);
        }
        if (const auto* done = std::get_if<api::TurnDone>(&event)) {
            log.done = done->message;
            ++log.ends;
        }
        if (const auto* failed = std::get_if<api::TurnFailed>(&event)) {
            log.failed = *failed;
            ++log.ends;
        }
    }
    QHash<TurnId, TurnLog> m_logs;
};

} // namespace exo::ui
