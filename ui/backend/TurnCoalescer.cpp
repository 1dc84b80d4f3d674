#include "ui/backend/TurnCoalescer.h"

namespace exo::ui {

namespace {
constexpr int k_tickMs = 40;
}

TurnCoalescer::TurnCoalescer(QObject* parent)
    : QObject(parent) {
    m_timer.setInterval(k_tickMs);
    connect(&m_timer, &QTimer::timeout, this, &TurnCoalescer::tick);
}

void TurnCoalescer::open(TurnId turn, const QString& sessionId) {
    m_turns.insert(turn, {sessionId, {}, {}, false});
}

void TurnCoalescer::add(TurnId turn, const QString& sessionId, api::TurnEvent event) {
    auto it = m_turns.find(turn);
    if (it == m_turns.end()) return;
    if (auto* delta = std::get_if<api::TurnDelta>(&event)) {
        if (!it->reasoning.empty()) flush(turn);
        it->text += delta->text;
    } else if (auto* reasoning = std::get_if<api::TurnReasoning>(&event)) {
        if (!it->text.empty()) flush(turn);
        it->reasoning += reasoning->text;
    } else {
        const bool ends =
            std::holds_alternative<api::TurnDone>(event) || std::holds_alternative<api::TurnFailed>(event);
        flush(turn);
        if (ends) m_turns.remove(turn);
        if (m_turns.isEmpty()) m_timer.stop();
        emit turnEvent(turn, sessionId, event);
        return;
    }
    if (!it->spokeInThisTick) flush(turn);
}

void TurnCoalescer::flush(TurnId turn) {
    auto it = m_turns.find(turn);
    if (it == m_turns.end() || (it->text.empty() && it->reasoning.empty())) return;
    it->spokeInThisTick = true;
    const QString sessionId = it->sessionId;
    const api::TurnEvent event = it->text.empty()
                                     ? api::TurnEvent(api::TurnReasoning{std::exchange(it->reasoning, {})})
                                     : api::TurnEvent(api::TurnDelta{std::exchange(it->text, {})});
    if (!m_timer.isActive()) m_timer.start();
    emit turnEvent(turn, sessionId, event); // may add or end turns: `it` is not used after this
}

void TurnCoalescer::tick() {
    bool spoke = false;
    for (const TurnId turn : m_turns.keys()) {
        auto it = m_turns.find(turn);
        if (it == m_turns.end()) continue;
        it->spokeInThisTick = false;
        const bool pending = !it->text.empty() || !it->reasoning.empty();
        spoke = spoke || pending;
        flush(turn);
    }
    if (!spoke) m_timer.stop();
}

} // namespace exo::ui
