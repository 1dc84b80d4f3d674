#include "ui/tray/Tray.h"

#include "ui/monitor/MetricText.h"

#include <QApplication>
#include <QCursor>
#include <QEvent>
#include <QLocale>
#include <QScreen>

#include <algorithm>

namespace exo::ui {

namespace {

constexpr int k_intervalMs = 2000;
constexpr int k_waitMs = 2000; // between two looks for a tray

} // namespace

Tray::Tray(const Services& services, QObject* parent)
    : QObject(parent)
    , m_services(services)
    , m_feed(services.connections, this)
    , m_menu(std::make_unique<QMenu>())
    , m_panel(std::make_unique<TrayPanel>(&m_feed, services.theme)) {
    m_sinceStart.start();
    m_feed.setInterval(k_intervalMs);
    m_panel->setWindowFlags(Qt::Popup | Qt::FramelessWindowHint);
    connect(m_panel->addButton(QStringLiteral("tray.open"), [] { return tr("Open window"); }),
            &QPushButton::clicked, this, &Tray::openRequested);
    connect(m_panel->addButton(QStringLiteral("tray.ask"), [] { return tr("Quick question"); }),
            &QPushButton::clicked, this, &Tray::askRequested);
    for (const char* name : {"tray.open", "tray.ask"}) { // the panel has done its work
        connect(m_panel->findChild<QPushButton*>(QString::fromLatin1(name)), &QPushButton::clicked, this,
                [this] {
                    if (m_panel->windowFlags().testFlag(Qt::Popup)) m_panel->hide();
                });
    }
    buildMenu();
    m_icon.setContextMenu(m_menu.get());
    connect(&m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason == QSystemTrayIcon::Trigger) showPanel();
        if (reason == QSystemTrayIcon::DoubleClick) emit openRequested();
    });
    connect(&m_icon, &QSystemTrayIcon::messageClicked, this, [this] { emit noticeClicked(m_lastKind); });
    for (const auto signal : {&MetricsFeed::snapshotChanged, &MetricsFeed::failed}) {
        connect(&m_feed, signal, this, &Tray::onFeed);
    }
    connect(&m_wait, &QTimer::timeout, this, &Tray::waitForTray);
    connect(services.theme, &ThemeController::changed, this, &Tray::refresh);
    if (services.server) connect(services.server, &LocalServer::changed, this, &Tray::updateMenu);
    if (services.servers) {
        connect(services.servers, &TrayServers::looked, this, &Tray::onLooked);
        connect(services.servers, &TrayServers::listChanged, this, [this] {
            buildServers();
            refresh();
        });
    }
    qApp->installEventFilter(this);
    retranslate();
    refresh();
}

Tray::~Tray() = default;

bool Tray::show() {
    m_feed.setWatched(true);
    if (m_services.servers) m_services.servers->start();
    if (!QSystemTrayIcon::isSystemTrayAvailable()) return false;
    m_icon.show();
    return true;
}

// A panel of the desktop may come up later than we do, as at the start of a session.
void Tray::waitForTray() {
    if (!QSystemTrayIcon::isSystemTrayAvailable()) return;
    m_wait.stop();
    m_panel->hide();
    m_panel->setWindowFlags(Qt::Popup | Qt::FramelessWindowHint);
    m_icon.show();
    emit arrived();
}

void Tray::showPanel() {
    m_feed.setWatched(true);
    m_panel->adjustSize();
    if (m_icon.isVisible()) {
        const QRect icon =
            m_icon.geometry().isEmpty() ? QRect(QCursor::pos(), QSize(1, 1)) : m_icon.geometry();
        const QScreen* screen = QGuiApplication::screenAt(icon.center());
        const QRect room = (screen ? screen : QGuiApplication::primaryScreen())->availableGeometry();
        QPoint at(icon.center().x() - m_panel->width() / 2,
                  icon.top() > room.center().y() ? icon.top() - m_panel->height() - 8 : icon.bottom() + 8);
        at.setX(std::clamp(at.x(), room.left() + 8,
                           std::max(room.left() + 8, room.right() - m_panel->width() - 8)));
        m_panel->move(at);
    } else {
        m_panel->setWindowFlags(Qt::Window); // no tray: an ordinary window that can be found and closed
        m_panel->setWindowTitle(QStringLiteral("ExoBrain"));
        m_wait.start(k_waitMs);
    }
    m_panel->show();
    m_panel->raise();
}

bool Tray::eventFilter(QObject* watched, QEvent* event) {
    if (watched == qApp && event->type() == QEvent::LanguageChange) retranslate();
    return QObject::eventFilter(watched, event);
}

QString Tray::place() const {
    if (m_services.servers) return m_services.servers->place(m_services.servers->chosen());
    const QString label = m_services.connections->current()->label();
    return m_services.server || label.isEmpty() ? tr("This computer") : QUrl(label).host();
}

TrayState Tray::shownState() const {
    return m_services.servers ? m_services.servers->state(m_services.servers->chosen()) : m_state;
}

TrayState Tray::state() const {
    return m_services.servers ? m_services.servers->state(m_services.servers->worst()) : m_state;
}

// Of the server on this computer; Ok where it is not watched, so that it is not offered to be started.
TrayState Tray::ownState() const {
    if (!m_services.servers) return m_state;
    for (int i = 0; i < m_services.servers->count(); ++i) {
        if (m_services.servers->server(i).own) return m_services.servers->state(i);
    }
    return TrayState::Ok;
}

void Tray::onFeed() {
    const TrayServers::Look look{m_feed.snapshot(), m_feed.error()};
    if (m_services.servers) {
        m_services.servers->note(look.snapshot, look.error); // comes back by looked()
        return refresh();
    }
    m_state = trayStateOf(look.snapshot, look.error, m_services.server != nullptr);
    refresh();
    if (look.snapshot || look.error) tell(m_services.connections->current()->label(), place(), m_state, look);
}

void Tray::onLooked(int index) {
    const TrayServers& servers = *m_services.servers;
    refresh();
    tell(servers.server(index).url.toString(), servers.place(index), servers.state(index),
         servers.look(index));
}

void Tray::refresh() {
    m_icon.setIcon(trayIcon(state()));
    m_panel->setState(shownState(), place());
    updateMenu();
}

void Tray::tell(const QString& server, const QString& place, TrayState state, const TrayServers::Look& look) {
    for (const auto& notice : m_notices.look(server, state, place, look.snapshot, look.error)) {
        const bool named = notice.text == place; // what is told is the place
        say(notice.kind, several() && !named ? notice.title + QStringLiteral(" – ") + place : notice.title,
            notice.text);
    }
}

void Tray::say(const char* kind, const QString& title, const QString& text) {
    if (m_sinceStart.elapsed() < m_quietMs) return;
    if (!m_services.preferences->notifies(QString::fromLatin1(kind))) return;
    const bool bad = qstrcmp(kind, "critical") == 0 || qstrcmp(kind, "reach") == 0;
    m_lastKind = QString::fromLatin1(kind);
    m_icon.showMessage(title, text, bad ? QSystemTrayIcon::Critical : QSystemTrayIcon::Information);
    emit notified(title, text);
}

void Tray::toggleServer() {
    if (m_services.server->isRunning()) return m_services.server->stop();
    m_services.server->start();
}

} // namespace exo::ui
