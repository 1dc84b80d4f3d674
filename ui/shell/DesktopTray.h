#pragma once
// The desktop's icon in the tray: shown while the user wants one, a tray exists and exobrain-tray does not
// show its own. Decides whether closing the window leaves the program running, and tells of long answers that
// end while nobody sees them. GUI thread; the program owns it.

#include "ui/shell/MainWindow.h"
#include "ui/tray/Tray.h"

#include <QElapsedTimer>
#include <QHash>

#include <functional>
#include <memory>

namespace exo::ui {

class DesktopTray final : public QObject {
    Q_OBJECT
  public:
    struct Services {
        MainWindow* window = nullptr;
        Connections* connections = nullptr;
        const ThemeController* theme = nullptr;
        Preferences* preferences = nullptr;
        std::function<bool()> otherRuns;  // exobrain-tray of this home
        std::function<bool()> trayExists; // on this desktop
    };
    explicit DesktopTray(Services services, QObject* parent = nullptr);
    ~DesktopTray() override;

    // Looks again: exobrain-tray came or went, a tray did, or the preferences changed.
    void update();
    // Closing the window only hides it: it can be brought back from a tray.
    bool keepsRunning() const;
    // Hides the window that is in front; else brings it there. Without a tray it is minimised instead.
    void toggle();
    Tray* tray() { return m_tray.get(); }                             // nullptr while there is no icon
    void setLongAnswer(int milliseconds) { m_longMs = milliseconds; } // from when on its end is told; 10 s

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void makeTray();
    void follow(Backend* backend);
    void onTurn(TurnId turn, const QString& session, const api::TurnEvent& event);
    void tellAnswer(const QString& session, bool good);
    bool canComeBack() const;
    bool isSeen() const;

    Services m_services;
    std::unique_ptr<Tray> m_tray;
    QHash<TurnId, QElapsedTimer> m_turns; // that run
    QString m_answered;                   // session of the last answer told
    QTimer m_guard; // while the window is hidden: a tray may end, and the window must not be lost with it
    int m_longMs = 10'000;
};

} // namespace exo::ui
