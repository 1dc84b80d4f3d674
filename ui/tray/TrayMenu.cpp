// The menu of the tray: the same numbers as the panel's, and all that can be done.
#include "ui/monitor/MetricText.h"
#include "ui/settings/ConnectDialog.h"
#include "ui/tray/Tray.h"

#include <QLocale>

namespace exo::ui {

namespace {

struct Kind {
    const char* id;
    const char* text;
};
constexpr Kind k_kinds[] = {{"critical", QT_TRANSLATE_NOOP("exo::ui::Tray", "Critical alerts")},
                            {"warning", QT_TRANSLATE_NOOP("exo::ui::Tray", "Warnings")},
                            {"recovered", QT_TRANSLATE_NOOP("exo::ui::Tray", "Recoveries")},
                            {"reach", QT_TRANSLATE_NOOP("exo::ui::Tray", "Stopped or unreachable")},
                            {"answer", QT_TRANSLATE_NOOP("exo::ui::Tray", "Finished answers")}};

QAction* addTo(QMenu* menu, const QString& name) {
    QAction* action = menu->addAction(QString());
    action->setObjectName(QStringLiteral("tray.") + name);
    return action;
}

QString loadText(const api::MetricsSnapshot& now) {
    const QLocale locale;
    return Tray::tr("Active %1 · queued %2 · P95 %3")
        .arg(locale.toString(static_cast<qlonglong>(now.business.requests.active)),
             locale.toString(static_cast<qlonglong>(now.business.requests.queued)),
             monitor::milliseconds(now.business.performance.p95ResponseTime));
}

QString machineText(const api::MetricsSnapshot& now) {
    return Tray::tr("CPU %1 · memory %2")
        .arg(monitor::percent(now.system.cpu.usage), monitor::percent(now.system.memoryUsage()));
}

} // namespace

void Tray::buildMenu() {
    m_menu->setObjectName(QStringLiteral("tray.menu"));
    QMenu* menu = m_menu.get();
    m_word = addTo(menu, QStringLiteral("word"));
    m_load = addTo(menu, QStringLiteral("numbers"));
    m_machine = addTo(menu, QStringLiteral("machine"));
    for (QAction* line : {m_word, m_load, m_machine}) {
        line->setEnabled(false);
    }
    menu->addSeparator();
    m_open = addTo(menu, QStringLiteral("openWindow"));
    m_ask = addTo(menu, QStringLiteral("quickQuestion"));
    m_show = addTo(menu, QStringLiteral("showPanel"));
    m_serverAction = addTo(menu, QStringLiteral("server"));
    m_serverAction->setVisible(m_services.server != nullptr);
    m_manage = menu->addMenu(QString());
    m_manage->setObjectName(QStringLiteral("tray.servers"));
    m_manage->menuAction()->setVisible(m_services.servers != nullptr);
    buildKinds();
    menu->addSeparator();
    m_quit = addTo(menu, QStringLiteral("quit"));
    connect(m_open, &QAction::triggered, this, &Tray::openRequested);
    connect(m_ask, &QAction::triggered, this, &Tray::askRequested);
    connect(m_show, &QAction::triggered, this, &Tray::showPanel);
    connect(m_serverAction, &QAction::triggered, this, &Tray::toggleServer);
    connect(m_quit, &QAction::triggered, this, &Tray::quitRequested);
    buildServers();
}

void Tray::buildKinds() {
    m_kinds = m_menu->addMenu(QString());
    m_kinds->setObjectName(QStringLiteral("tray.notifications"));
    for (const Kind& kind : k_kinds) {
        const QString id = QString::fromLatin1(kind.id);
        QAction* action = addTo(m_kinds, id);
        action->setCheckable(true);
        action->setChecked(m_services.preferences->notifies(id));
        action->setVisible(id != u"answer" || !m_services.servers); // exobrain-tray asks nothing
        connect(action, &QAction::toggled, this,
                [this, id](bool on) { m_services.preferences->setNotifies(id, on); });
    }
    // They can be changed in the settings, too.
    connect(m_kinds, &QMenu::aboutToShow, this, [this] {
        const auto actions = m_kinds->actions();
        for (qsizetype i = 0; i < actions.size(); ++i) {
            actions[i]->setChecked(m_services.preferences->notifies(QString::fromLatin1(k_kinds[i].id)));
        }
    });
}

void Tray::buildServers() {
    if (!m_services.servers) return;
    TrayServers* servers = m_services.servers;
    for (QAction* line : m_lines.actions()) {
        delete line;
    }
    m_manage->clear();
    connect(addTo(m_manage, QStringLiteral("addServer")), &QAction::triggered, this, &Tray::addServer);
    for (int i = 0; several() && i < servers->count(); ++i) {
        auto* line = m_lines.addAction(new QAction(m_menu.get()));
        line->setObjectName(QStringLiteral("tray.watched.%1").arg(i));
        line->setCheckable(true);
        line->setChecked(i == servers->chosen());
        m_menu->insertAction(m_load, line);
        // Not from within: choosing makes these lines anew.
        connect(
            line, &QAction::triggered, this, [servers, i] { servers->choose(i); }, Qt::QueuedConnection);
        connect(
            addTo(m_manage, QStringLiteral("removeServer.%1").arg(i)), &QAction::triggered, this,
            [this, servers, i] {
                m_notices.forget(servers->server(i).url.toString());
                servers->remove(i);
            },
            Qt::QueuedConnection);
    }
    m_word->setVisible(!several());
    retranslate();
}

void Tray::retranslate() {
    m_open->setText(tr("Open ExoBrain"));
    m_ask->setText(tr("Quick question…"));
    m_show->setText(tr("Show numbers"));
    m_quit->setText(tr("Quit"));
    m_kinds->setTitle(tr("Notify of"));
    m_manage->setTitle(tr("Servers"));
    const auto actions = m_kinds->actions();
    for (qsizetype i = 0; i < actions.size(); ++i) {
        actions[i]->setText(tr(k_kinds[i].text));
    }
    updateMenu();
}

void Tray::updateMenu() {
    m_word->setText(place() + QStringLiteral(": ") + trayWord(shownState()));
    const bool running = m_services.server && m_services.server->isRunning();
    m_serverAction->setText(running ? tr("Stop the server") : tr("Start the server"));
    m_serverAction->setEnabled(running || ownState() == TrayState::Stopped);
    updateServers();
    updateNumbers();
    m_icon.setToolTip(toolTip());
}

void Tray::updateServers() {
    const TrayServers* servers = m_services.servers;
    if (!servers) return;
    const auto lines = m_lines.actions();
    const auto manage = m_manage->actions();
    manage.constFirst()->setText(tr("Watch another server…"));
    for (int i = 0; i < lines.size() && i < servers->count(); ++i) {
        const QString word = servers->known(i) ? trayWord(servers->state(i)) : QStringLiteral("…");
        lines[i]->setText(servers->place(i) + QStringLiteral(": ") + word);
        manage[i + 1]->setText(tr("Stop watching %1").arg(servers->place(i)));
    }
}

void Tray::updateNumbers() {
    const bool known = m_feed.snapshot() && !m_feed.error();
    m_load->setVisible(known);
    m_machine->setVisible(known);
    if (!known) return;
    m_load->setText(loadText(*m_feed.snapshot()));
    m_machine->setText(machineText(*m_feed.snapshot()));
}

// Two lines: the state, and of whom or what.
QString Tray::toolTip() const {
    const QString first = QStringLiteral("ExoBrain – ") + trayWord(state()) + u'\n';
    if (several()) {
        const TrayServers& servers = *m_services.servers;
        const int worst = servers.worst();
        const bool fine = servers.state(worst) >= TrayState::Busy;
        return first + (fine ? tr("%n servers", nullptr, servers.count())
                             : servers.place(worst) + QStringLiteral(": ") + trayWord(servers.state(worst)));
    }
    if (m_feed.snapshot() && !m_feed.error()) return first + machineText(*m_feed.snapshot());
    return first + place();
}

void Tray::addServer() {
    auto* dialog =
        new ConnectDialog(m_services.connections, m_services.preferences, m_services.theme, m_panel.get());
    dialog->setTaker([servers = m_services.servers](const Preferences::Server& server) {
        servers->add(server.url, server.key);
    });
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
}

} // namespace exo::ui
