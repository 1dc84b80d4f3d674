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

struct Kind {
    const char* id;
    const char* text;
};
constexpr Kind k_kinds[] = {{"critical", QT_TRANSLATE_NOOP("exo::ui::Tray", "Critical alerts")},
                            {"warning", QT_TRANSLATE_NOOP("exo::ui::Tray", "Warnings")},
                            {"recovered", QT_TRANSLATE_NOOP("exo::ui::Tray", "Recoveries")},
                            {"reach", QT_TRANSLATE_NOOP("exo::ui::Tray", "Stopped or unreachable")}};

bool isDown(TrayState state) {
    return state == TrayState::Stopped || state == TrayState::Unreachable;
}

bool sameAlert(const api::Alert& a, const api::Alert& b) {
    return a.metric == b.metric && a.subject == b.subject;
}

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
    buildMenu();
    m_icon.setContextMenu(m_menu.get());
    connect(&m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason == QSystemTrayIcon::Trigger) showPanel();
        if (reason == QSystemTrayIcon::DoubleClick) emit openRequested();
    });
    for (const auto signal : {&MetricsFeed::snapshotChanged, &MetricsFeed::failed}) {
        connect(&m_feed, signal, this, &Tray::refresh);
    }
    connect(services.theme, &ThemeController::changed, this, &Tray::refresh);
    if (services.server) connect(services.server, &LocalServer::changed, this, &Tray::updateMenu);
    qApp->installEventFilter(this);
    retranslate();
    refresh();
}

Tray::~Tray() = default;

bool Tray::show() {
    m_feed.setWatched(true);
    if (!QSystemTrayIcon::isSystemTrayAvailable()) return false;
    m_icon.show();
    return true;
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
    }
    m_panel->show();
    m_panel->raise();
}

void Tray::buildMenu() {
    m_menu->setObjectName(QStringLiteral("tray.menu"));
    const auto add = [this](QMenu* menu, const char* name) {
        QAction* action = menu->addAction(QString());
        action->setObjectName(QStringLiteral("tray.") + QString::fromLatin1(name));
        return action;
    };
    m_word = add(m_menu.get(), "word");
    m_load = add(m_menu.get(), "numbers");
    m_machine = add(m_menu.get(), "machine");
    for (QAction* line : {m_word, m_load, m_machine}) {
        line->setEnabled(false);
    }
    m_menu->addSeparator();
    m_open = add(m_menu.get(), "openWindow");
    m_ask = add(m_menu.get(), "quickQuestion");
    m_show = add(m_menu.get(), "showPanel");
    m_serverAction = add(m_menu.get(), "server");
    m_serverAction->setVisible(m_services.server != nullptr);
    m_kinds = m_menu->addMenu(QString());
    m_kinds->setObjectName(QStringLiteral("tray.notifications"));
    for (const Kind& kind : k_kinds) {
        QAction* action = add(m_kinds, kind.id);
        const QString id = QString::fromLatin1(kind.id);
        action->setCheckable(true);
        action->setChecked(m_services.preferences->notifies(id));
        connect(action, &QAction::toggled, this,
                [this, id](bool on) { m_services.preferences->setNotifies(id, on); });
    }
    m_menu->addSeparator();
    m_quit = add(m_menu.get(), "quit");
    connect(m_open, &QAction::triggered, this, &Tray::openRequested);
    connect(m_ask, &QAction::triggered, this, &Tray::askRequested);
    connect(m_show, &QAction::triggered, this, &Tray::showPanel);
    connect(m_serverAction, &QAction::triggered, this, &Tray::toggleServer);
    connect(m_quit, &QAction::triggered, this, &Tray::quitRequested);
}

bool Tray::eventFilter(QObject* watched, QEvent* event) {
    if (watched == qApp && event->type() == QEvent::LanguageChange) retranslate();
    return QObject::eventFilter(watched, event);
}

void Tray::retranslate() {
    m_open->setText(tr("Open ExoBrain"));
    m_ask->setText(tr("Quick question…"));
    m_show->setText(tr("Show numbers"));
    m_quit->setText(tr("Quit"));
    m_kinds->setTitle(tr("Notify of"));
    const auto actions = m_kinds->actions();
    for (qsizetype i = 0; i < actions.size(); ++i) {
        actions[i]->setText(tr(k_kinds[i].text));
    }
    updateMenu();
}

QString Tray::place() const {
    const QString label = m_services.connections->current()->label();
    return m_services.server || label.isEmpty() ? tr("This computer") : QUrl(label).host();
}

void Tray::refresh() {
    const TrayState before = m_state;
    m_state = trayStateOf(m_feed.snapshot(), m_feed.error(), m_services.server != nullptr);
    m_icon.setIcon(trayIcon(m_services.theme, m_state));
    m_panel->setState(m_state, place());
    updateMenu();
    if (m_feed.snapshot() || m_feed.error()) {
        if (m_known) notifyOf(before);
        notifyOfAlerts();
        m_known = true;
    }
}

void Tray::updateMenu() {
    const QString word = QStringLiteral("ExoBrain – ") + trayWord(m_state);
    m_word->setText(place() + QStringLiteral(": ") + trayWord(m_state));
    const bool running = m_services.server && m_services.server->isRunning();
    m_serverAction->setText(running ? tr("Stop the server") : tr("Start the server"));
    m_serverAction->setEnabled(running || m_state == TrayState::Stopped);
    const bool known = m_feed.snapshot() && !m_feed.error();
    m_load->setVisible(known);
    m_machine->setVisible(known);
    QString second = place();
    if (known) {
        const api::MetricsSnapshot& now = *m_feed.snapshot();
        const QLocale locale;
        m_load->setText(tr("Active %1 · queued %2 · P95 %3")
                            .arg(locale.toString(static_cast<qlonglong>(now.business.requests.active)),
                                 locale.toString(static_cast<qlonglong>(now.business.requests.queued)),
                                 monitor::milliseconds(now.business.performance.p95ResponseTime)));
        m_machine->setText(
            tr("CPU %1 · memory %2")
                .arg(monitor::percent(now.system.cpu.usage), monitor::percent(now.system.memoryUsage())));
        second = m_machine->text();
    }
    m_icon.setToolTip(word + u'\n' + second);
}

void Tray::notifyOf(TrayState before) {
    if (isDown(before) == isDown(m_state)) return;
    if (isDown(m_state)) return say("reach", trayWord(m_state), place());
    say("recovered", tr("Reachable again"), place());
}

void Tray::notifyOfAlerts() {
    if (!m_feed.snapshot() || m_feed.error()) return;
    const auto& now = m_feed.snapshot()->service.alerts;
    const auto find = [](const std::vector<api::Alert>& list, const api::Alert& alert) {
        return std::find_if(list.begin(), list.end(),
                            [&](const api::Alert& a) { return sameAlert(a, alert); });
    };
    for (const api::Alert& alert : now) {
        const auto known = find(m_alerts, alert);
        if (known != m_alerts.end() && known->level >= alert.level) continue;
        const bool critical = alert.level == api::AlertLevel::Critical;
        say(critical ? "critical" : "warning", monitor::levelWord(alert.level),
            monitor::alertSentence(alert));
    }
    for (const api::Alert& alert : m_alerts) {
        if (find(now, alert) == now.end()) say("recovered", tr("Recovered"), monitor::alertSentence(alert));
    }
    m_alerts = now;
}

void Tray::say(const char* kind, const QString& title, const QString& text) {
    if (m_sinceStart.elapsed() < m_quietMs) return;
    if (!m_services.preferences->notifies(QString::fromLatin1(kind))) return;
    const bool bad = qstrcmp(kind, "critical") == 0 || qstrcmp(kind, "reach") == 0;
    m_icon.showMessage(title, text, bad ? QSystemTrayIcon::Critical : QSystemTrayIcon::Information);
    emit notified(title, text);
}

void Tray::toggleServer() {
    if (m_services.server->isRunning()) return m_services.server->stop();
    m_services.server->start();
}

} // namespace exo::ui
