#include "ui/shell/TopBar.h"

#include "ui/theme/Icons.h"

#include <QEvent>
#include <QHBoxLayout>

namespace exo::ui {

namespace {
constexpr int k_height = 48;
}

TopBar::TopBar(const WindowServices& services, ActionRegistry* actions, QWidget* parent)
    : QFrame(parent)
    , m_services(services)
    , m_actions(actions)
    , m_logo(new QLabel(this))
    , m_segments(new SegmentedControl(services.theme, QStringLiteral("top.pages"), this))
    , m_search(new QPushButton(this))
    , m_searchText(new QLabel(m_search))
    , m_connection(new ChipButton(services.theme, QStringLiteral("top.connection"), this))
    , m_connectionMenu(new QMenu(this))
    , m_settings(new IconButton(services.theme, QStringLiteral("top.settings"), u"settings", this)) {
    setObjectName(QStringLiteral("topBar"));
    setProperty("kind", QStringLiteral("bar"));
    setFixedHeight(k_height);
    auto* name = new QLabel(QStringLiteral("ExoBrain"), this);
    name->setObjectName(QStringLiteral("top.name"));
    name->setProperty("kind", QStringLiteral("title"));
    m_segments->hide();
    buildSearch();
    m_connection->setTrailing(ChipButton::Trailing::Arrow);
    m_connection->setMenu(m_connectionMenu);
    m_connectionMenu->setObjectName(QStringLiteral("top.connectionMenu"));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 0, 12, 0);
    row->setSpacing(8);
    row->addWidget(m_logo);
    row->addWidget(name);
    row->addSpacing(20);
    row->addWidget(m_segments);
    row->addStretch(1);
    row->addWidget(m_search);
    row->addSpacing(4);
    row->addWidget(m_connection);
    row->addWidget(m_settings);

    connect(m_segments, &SegmentedControl::chosen, this, &TopBar::pageChosen);
    connect(m_connectionMenu, &QMenu::aboutToShow, this, &TopBar::fillConnectionMenu);
    connect(m_settings, &QToolButton::clicked, this,
            [this] { m_actions->action(QStringLiteral("settings.open"))->trigger(); });
    connect(services.connections, &Connections::changed, this, &TopBar::watchBackend);
    connect(services.theme, &ThemeController::changed, this, &TopBar::retranslate);
    watchBackend();
    retranslate();
}

void TopBar::buildSearch() {
    m_search->setObjectName(QStringLiteral("top.search"));
    m_search->setProperty("kind", QStringLiteral("field"));
    m_search->setFixedWidth(320);
    auto* row = new QHBoxLayout(m_search);
    row->setContentsMargins(10, 0, 10, 0);
    row->setSpacing(8);
    auto* glass = new QLabel(m_search);
    glass->setObjectName(QStringLiteral("top.search.icon"));
    auto* keys = new QLabel(QKeySequence(Qt::CTRL | Qt::Key_K).toString(QKeySequence::NativeText), m_search);
    keys->setObjectName(QStringLiteral("top.search.keys"));
    m_searchText->setObjectName(QStringLiteral("top.search.text"));
    for (QLabel* label : {glass, m_searchText, keys}) {
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
        label->setProperty("kind", QStringLiteral("caption"));
    }
    row->addWidget(glass);
    row->addWidget(m_searchText, 1);
    row->addWidget(keys);
    connect(m_search, &QPushButton::clicked, this,
            [this] { m_actions->action(QStringLiteral("palette.open"))->trigger(); });
}

void TopBar::addPage(const QString& id, std::function<QString()> title) {
    m_segments->addSegment(id, title());
    m_pages.push_back({id, std::move(title)});
    m_segments->setVisible(m_pages.size() > 1); // one page needs no choice
}

void TopBar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QFrame::changeEvent(event);
}

void TopBar::retranslate() {
    const qreal ratio = devicePixelRatioF();
    m_logo->setPixmap(iconPixmap(m_services.theme, u"logo", Token::Text, 20, ratio));
    m_search->findChild<QLabel*>(QStringLiteral("top.search.icon"))
        ->setPixmap(iconPixmap(m_services.theme, u"search", Token::Text3, 16, ratio));
    for (const Page& page : m_pages) {
        m_segments->setSegmentText(page.id, page.title());
    }
    m_segments->setAccessibleName(tr("Pages"));
    m_searchText->setText(tr("Search chats and commands"));
    m_search->setAccessibleName(m_searchText->text());
    m_settings->setHelp(tr("Settings"),
                        QKeySequence(Qt::CTRL | Qt::Key_Comma).toString(QKeySequence::NativeText));
    updateConnection();
}

void TopBar::watchBackend() {
    connect(m_services.connections->current(), &Backend::stateChanged, this, &TopBar::updateConnection);
    updateConnection();
}

void TopBar::updateConnection() {
    const Backend* backend = m_services.connections->current();
    const QUrl server = m_services.connections->server();
    const QString place = backend->isLocal() ? tr("This computer") : server.host();
    m_connection->setText(place);
    QString state = tr("ready");
    Token dot = Token::Ok;
    if (backend->state() == Backend::State::Connecting) {
        state = backend->isLocal() ? tr("starting") : tr("connecting");
        dot = Token::Warn;
    } else if (backend->state() == Backend::State::Unreachable) {
        state = backend->isLocal() ? tr("not running") : tr("unreachable");
        dot = Token::Crit;
    }
    m_connection->setDot(dot);
    m_connection->setAccessibleName(tr("Connection: %1, %2").arg(place, state));
    m_connection->setToolTip(m_connection->accessibleName());
}

void TopBar::fillConnectionMenu() {
    m_connectionMenu->clear();
    QAction* local = m_connectionMenu->addAction(tr("This computer"));
    local->setObjectName(QStringLiteral("top.connection.local"));
    local->setCheckable(true);
    local->setChecked(m_services.connections->isLocal());
    connect(local, &QAction::triggered, this,
            [this] { m_actions->action(QStringLiteral("connection.local"))->trigger(); });
    const Preferences::Server last = m_services.preferences->lastServer();
    if (!last.url.isEmpty()) {
        QAction* server = m_connectionMenu->addAction(last.url.toString());
        server->setObjectName(QStringLiteral("top.connection.last"));
        server->setCheckable(true);
        server->setChecked(m_services.connections->server() == last.url);
        connect(server, &QAction::triggered, this, [this, last] {
            m_services.preferences->setUsesServer(true);
            m_services.connections->connectTo(last.url, last.key);
        });
    }
    m_connectionMenu->addSeparator();
    m_connectionMenu->addAction(m_actions->action(QStringLiteral("connection.connect")));
}

} // namespace exo::ui
