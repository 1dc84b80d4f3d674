#include "ui/shell/DesktopTray.h"

#include "ui/chat/ChatPage.h"
#include "ui/chat/SessionList.h"

#include <QEvent>
#include <QGuiApplication>

namespace exo::ui {

namespace {
constexpr int k_guardMs = 10'000;
}

DesktopTray::DesktopTray(Services services, QObject* parent)
    : QObject(parent)
    , m_services(std::move(services)) {
    m_guard.setInterval(k_guardMs);
    connect(&m_guard, &QTimer::timeout, this, &DesktopTray::update);
    connect(m_services.preferences, &Preferences::trayChanged, this, &DesktopTray::update);
    connect(m_services.connections, &Connections::changed, this, &DesktopTray::follow);
    follow(m_services.connections->current());
    m_services.window->installEventFilter(this);
    update();
}

DesktopTray::~DesktopTray() = default;

void DesktopTray::update() {
    const bool wanted =
        m_services.preferences->trayIcon() && m_services.trayExists() && !m_services.otherRuns();
    if (wanted && !m_tray) makeTray();
    if (!wanted) m_tray.reset();
    if (m_guard.isActive() && !canComeBack()) m_services.window->present();
}

void DesktopTray::makeTray() {
    m_tray = std::make_unique<Tray>(
        Tray::Services{m_services.connections, m_services.theme, m_services.preferences});
    MainWindow* window = m_services.window;
    connect(m_tray.get(), &Tray::openRequested, window, &MainWindow::present);
    connect(m_tray.get(), &Tray::askRequested, window, [window] {
        window->present();
        window->newChat();
    });
    connect(m_tray.get(), &Tray::quitRequested, window->actions()->action(QStringLiteral("app.quit")),
            &QAction::trigger);
    connect(m_tray.get(), &Tray::noticeClicked, window, [this, window](const QString& kind) {
        window->present();
        if (kind == u"answer" && !m_answered.isEmpty()) window->openChat(SessionId(m_answered.toStdString()));
    });
    m_tray->show();
}

bool DesktopTray::canComeBack() const {
    return m_services.trayExists() && (m_tray || m_services.otherRuns());
}

bool DesktopTray::keepsRunning() const {
    return m_services.preferences->closesToTray() && canComeBack();
}

bool DesktopTray::isSeen() const {
    return m_services.window->isVisible() && !m_services.window->isMinimized();
}

void DesktopTray::toggle() {
    MainWindow* window = m_services.window;
    if (!isSeen() || !window->isActiveWindow()) return window->present();
    if (!canComeBack()) return window->showMinimized();
    QGuiApplication::setQuitOnLastWindowClosed(false); // nor when the panel closes after it
    window->hide();
}

bool DesktopTray::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_services.window) return QObject::eventFilter(watched, event);
    if (event->type() == QEvent::Close) {
        update();
        QGuiApplication::setQuitOnLastWindowClosed(!keepsRunning());
    }
    if (event->type() == QEvent::Show) m_guard.stop();
    if (event->type() == QEvent::Hide && !event->spontaneous()) m_guard.start();
    return QObject::eventFilter(watched, event);
}

void DesktopTray::follow(Backend* backend) {
    m_turns.clear();
    connect(backend, &Backend::turnEvent, this, &DesktopTray::onTurn, Qt::UniqueConnection);
}

void DesktopTray::onTurn(TurnId turn, const QString& session, const api::TurnEvent& event) {
    const auto* done = std::get_if<api::TurnDone>(&event);
    const auto* failed = std::get_if<api::TurnFailed>(&event);
    if (!done && !failed) {
        if (!m_turns.contains(turn)) m_turns[turn].start();
        return;
    }
    const auto started = m_turns.constFind(turn);
    const bool took = started != m_turns.constEnd() && started->elapsed() >= m_longMs;
    m_turns.remove(turn);
    const bool stopped = done && done->message.state == api::MessageState::Stopped; // by the user
    if (took && !stopped && !isSeen()) tellAnswer(session, done != nullptr);
}

void DesktopTray::tellAnswer(const QString& session, bool good) {
    if (!m_tray) return;
    m_answered = session;
    const api::Session* known = m_services.window->chat()->sessionList()->model().session(session);
    m_tray->say("answer", good ? tr("The answer is ready") : tr("The answer was cut off"),
                known ? SessionListModel::titleOf(*known) : QString());
}

} // namespace exo::ui
