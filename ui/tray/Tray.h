#pragma once
// The icon in the tray with its menu, panel and notifications, the same for exobrain-tray and for the
// desktop. Everything of the panel is in the menu too, since a left click does not arrive on every host.
// Where no tray exists the panel can be shown as a window. GUI thread; the program owns it.

#include "ui/settings/Preferences.h"
#include "ui/tray/LocalServer.h"
#include "ui/tray/TrayPanel.h"

#include <QElapsedTimer>
#include <QMenu>
#include <QSystemTrayIcon>

#include <memory>

namespace exo::ui {

class Tray final : public QObject {
    Q_OBJECT
  public:
    struct Services {
        Connections* connections = nullptr;
        const ThemeController* theme = nullptr;
        Preferences* preferences = nullptr;
        LocalServer* server = nullptr; // nullptr: this program has its own core, there is nothing to start
    };
    explicit Tray(const Services& services, QObject* parent = nullptr);
    ~Tray() override;

    // Shows the icon; false where no tray exists.
    bool show();
    void showPanel();
    TrayState state() const { return m_state; }
    QMenu* menu() { return m_menu.get(); }
    TrayPanel* panel() { return m_panel.get(); }
    MetricsFeed* feed() { return &m_feed; }
    void setQuietTime(int milliseconds) { m_quietMs = milliseconds; } // after the start; 10 s
    const QSystemTrayIcon& icon() const { return m_icon; }

  signals:
    void openRequested();
    void askRequested();
    void quitRequested();
    void notified(const QString& title, const QString& text); // what a notification said

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void buildMenu();
    void retranslate();
    void refresh();
    void updateMenu();
    void notifyOf(TrayState before);
    void notifyOfAlerts();
    void say(const char* kind, const QString& title, const QString& text);
    QString place() const;
    void toggleServer();

    Services m_services;
    MetricsFeed m_feed;
    QSystemTrayIcon m_icon;
    std::unique_ptr<QMenu> m_menu;
    std::unique_ptr<TrayPanel> m_panel;
    QMenu* m_kinds = nullptr;
    QAction* m_word = nullptr;
    QAction* m_load = nullptr;
    QAction* m_machine = nullptr;
    QAction* m_open = nullptr;
    QAction* m_ask = nullptr;
    QAction* m_serverAction = nullptr;
    QAction* m_show = nullptr;
    QAction* m_quit = nullptr;
    TrayState m_state = TrayState::Unreachable;
    bool m_known = false; // the first state is no change
    std::vector<api::Alert> m_alerts;
    QElapsedTimer m_sinceStart;
    int m_quietMs = 10'000; // nothing pops up so soon after the start
};

} // namespace exo::ui
