#pragma once
// "Connect to server": address and key, a test that says what it found, and the switch. Connecting tests
// first, so a wrong address never leaves the user on a dead window. Opened with open(); deletes itself. GUI
// thread.

#include "ui/backend/Connections.h"
#include "ui/settings/Preferences.h"

#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include <functional>

namespace exo::ui {

class ConnectDialog final : public QDialog {
    Q_OBJECT
  public:
    ConnectDialog(Connections* connections, Preferences* preferences, const ThemeController* theme,
                  QWidget* parent);
    // A server to start from instead of the one used last.
    void offer(const QUrl& server);
    // Hands the server that answered over instead of switching the windows to it.
    void setTaker(std::function<void(const Preferences::Server&)> taker);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    enum class Then { Stay, Connect };
    void retranslate();
    void validate();
    void test(Then then);
    void showOutcome(const QString& kind, const QString& text);

    QPointer<Connections> m_connections;
    Preferences* m_preferences;
    QLabel* m_heading;
    QLabel* m_hint;
    QLineEdit* m_url;
    QLabel* m_urlLabel;
    QLineEdit* m_key;
    QLabel* m_keyLabel;
    QLabel* m_outcome;
    QPushButton* m_test;
    QPushButton* m_cancel;
    QPushButton* m_connect;
    std::function<void(const Preferences::Server&)> m_taker;
    bool m_busy = false;
};

} // namespace exo::ui
