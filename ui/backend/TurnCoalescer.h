#pragma once
// Joins the small pieces of streamed turns: the first piece goes out at once, later ones at most every 40 ms,
// in order, and nothing after a turn's end. One per backend; GUI thread. Runs no timer while nothing streams.

#include "ui/backend/Backend.h"

#include <QHash>
#include <QTimer>

namespace exo::ui {

class TurnCoalescer final : public QObject {
    Q_OBJECT
  public:
    explicit TurnCoalescer(QObject* parent = nullptr);

    void add(TurnId turn, const QString& sessionId, api::TurnEvent event);
    bool isOpen(TurnId turn) const { return m_turns.contains(turn); }
    void open(TurnId turn, const QString& sessionId);

  signals:
    void turnEvent(exo::ui::TurnId turn, const QString& sessionId, const exo::api::TurnEvent& event);

  private:
    struct Turn {
        QString sessionId;
        std::string reasoning; // at most one of the two is filled
        std::string text;
        bool spokeInThisTick = false;
    };
    void flush(TurnId turn);
    void tick();

    QHash<TurnId, Turn> m_turns;
    QTimer m_timer{this};
};

} // namespace exo::ui
