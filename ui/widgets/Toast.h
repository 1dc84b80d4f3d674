#pragma once
// A short notice over the top of a window, with at most one action ("Undo"), that goes away by itself. One
// at a time per host: a new one replaces the old. The pointer on it or the focus in it holds it.

#include "ui/theme/Theme.h"

#include <QFrame>
#include <QTimer>

#include <chrono>
#include <functional>

namespace exo::ui {

class Toast final : public QFrame {
    Q_OBJECT
  public:
    struct Content {
        QString text;
        QString actionText;           // empty: no button
        std::function<void()> action; // runs once, then the toast closes
    };
    static Toast* popUp(const ThemeController* theme, QWidget* host, Content content,
                        std::chrono::milliseconds time = std::chrono::seconds(10));

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    Toast(const ThemeController* theme, QWidget* host, Content content);
    void place();
    void finish();

    QTimer m_timer;
};

} // namespace exo::ui
