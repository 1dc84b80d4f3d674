#pragma once
// The line at the bottom: state in a dot and a word, and the service's numbers. Asks the backend every two
// seconds, and only while the window can be seen. GUI thread; the main window owns it.

#include "ui/backend/Connections.h"
#include "ui/theme/Theme.h"

#include <QFrame>
#include <QLabel>
#include <QTimer>

namespace exo::ui {

class StatusStrip final : public QFrame {
    Q_OBJECT
  public:
    StatusStrip(Connections* connections, const ThemeController* theme, QWidget* parent);

    // Whether anyone can see the window; no request is made and no timer runs otherwise.
    void setWatched(bool watched);

  protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void onBackend();
    void poll();
    void retranslate();
    Token level() const;
    QString word() const;

    Connections* m_connections;
    const ThemeController* m_theme;
    QTimer m_timer{this};
    bool m_asking = false;
    quint64 m_generation = 0; // of the backend asked; late answers of an older one are dropped
    std::optional<api::ServiceStatus> m_status;
    std::optional<Error> m_error;
    QLabel* m_state;
    QLabel* m_load;
    QLabel* m_latency;
    QLabel* m_errors;
    QLabel* m_cpu;
    QLabel* m_memory;
};

} // namespace exo::ui
