#pragma once
// The icon in the tray with its menu, panel and notifications, the same for exobrain-tray and for the
// desktop. Everything of the panel is in the menu too, since a left click does not arrive on every host.
// Where no tray exists the panel can be shown as a window. GUI thread; the program owns it.

#include "ui/tray/LocalServer.h"
#include "ui/tray/TrayNotices.h"
#include "ui/tray/TrayPanel.h"
#include "ui/tray/TrayServers.h"

#include <QActionGroup>
#include <QElapsedTimer>
#include <QMenu>
#include <QSystemTrayIcon>

#include <memory>

namespace exo::ui {

class Tray final : public QObject {
    Q_OBJECT
  public:
    struct Services {
        Connections* connections = nullptr; // what the panel shows
        const ThemeController* theme = nullptr;
        Preferences* preferences = nullptr;
        LocalServer* server = nullptr;  // nullptr: this program has its own core, there is nothing to start
        TrayServers* servers = nullptr; // of exobrain-tray; `connections` are theirs then
    };
    explicit Tray(const Services& services, QObject* parent = nullptr);
    ~Tray() override;

    // Shows the icon; false where no tray exists.
    bool show();
    // The panel; as a window of its own where no tray exists, until one does (arrived() tells).
    void showPanel();
    // A notification of this kind, unless kinds like it are switched off or it is too soon after the start.
    void say(const char* kind, const QString& title, const QString& text);

    TrayState state() const; // the icon's: the worst of all
    QMenu* menu() { return m_menu.get(); }
    TrayPanel* panel() { return m_panel.get(); }
    MetricsFeed* feed() { return &m_feed; }
    void setQuietTime(int milliseconds) { m_quietMs = milliseconds; } // after the start; 10 s
    const QSystemTrayIcon& icon() const { return m_icon; }

  signals:
    void openRequested();
    void askRequested();
    void quitRequested();
    void arrived();                                           // a tray, after there was none
    void notified(const QString& title, const QString& text); // what a notification said
    void noticeClicked(const QString& kind);                  // the last one

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void buildMenu();
    void buildKinds();
    void buildServers();
    void retranslate();
    void onFeed();
    void onLooked(int index);
    void refresh();
    void updateMenu();
    void updateServers();
    void updateNumbers();
    QString toolTip() const;
    void tell(const QString& server, const QString& place, TrayState state, const TrayServers::Look& look);
    QString place() const; // of what the panel shows
    bool several() const { return m_services.servers && m_services.servers->count() > 1; }
    TrayState shownState() const;
    TrayState ownState() const;
    void toggleServer();
    void addServer();
    void waitForTray();

    Services m_services;
    MetricsFeed m_feed;
    QSystemTrayIcon m_icon;
    std::unique_ptr<QMenu> m_menu;
    std::unique_ptr<TrayPanel> m_panel;
    QMenu* m_kinds = nullptr;
    QMenu* m_manage = nullptr;  // add and remove servers
    QActionGroup m_lines{this}; // one for each server, while there are several
    QAction* m_word = nullptr;
    QAction* m_load = nullptr;
    QAction* m_machine = nullptr;
    QAction* m_open = nullptr;
    QAction* m_ask = nullptr;
    QAction* m_serverAction = nullptr;
    QAction* m_show = nullptr;
    QAction* m_quit = nullptr;
    TrayState m_state = TrayState::Unreachable; // of the one backend, without `servers`
    TrayNotices m_notices;
    QString m_lastKind;
    QTimer m_wait;
    QElapsedTimer m_sinceStart;
    int m_quietMs = 10'000; // nothing pops up so soon after the start
};

} // namespace exo::ui
