#include "ui/shell/MainWindow.h"

#include "ui/analysis/AnalysisPage.h"
#include "ui/chat/ChatPage.h"
#include "ui/chat/markdown/Citation.h"
#include "ui/monitor/MonitorPage.h"
#include "ui/shell/CommandPalette.h"
#include "ui/shell/StatusStrip.h"
#include "ui/shell/TopBar.h"
#include "ui/widgets/Hairline.h"
#include "ui/widgets/Toast.h"

#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QGuiApplication>
#include <QHideEvent>
#include <QShowEvent>
#include <QVBoxLayout>

namespace exo::ui {

MainWindow::MainWindow(const WindowServices& services, std::function<void()> retryLocal, QWidget* parent)
    : QMainWindow(parent)
    , m_services(services)
    , m_retryLocal(std::move(retryLocal)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(QStringLiteral("ExoBrain"));
    setMinimumSize(760, 480);
    resize(1280, 800);
    build();
    m_actions.attachTo(this);
    connect(services.connections, &Connections::changed, this, &MainWindow::onBackend);
    onState(services.connections->current()->state());
    connect(services.connections->current(), &Backend::stateChanged, this, &MainWindow::onState);
    restoreGeometry(services.preferences->windowGeometry());
    m_actions.action(QStringLiteral("connection.local"))->setEnabled(!services.connections->isLocal());
}

MainWindow::~MainWindow() = default;

void MainWindow::build() {
    auto* center = new QWidget(this);
    center->setObjectName(QStringLiteral("center"));
    auto* column = new QVBoxLayout(center);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_top = new TopBar(m_services, &m_actions, center);
    m_pages = new QStackedWidget(center);
    m_pages->setObjectName(QStringLiteral("pages"));
    m_chat = new ChatPage(m_services.connections->current(), m_services.theme, &m_actions, m_pages);
    if (!m_services.draftFile.isEmpty()) m_chat->setDraftFile(m_services.draftFile);
    m_pages->addWidget(m_chat);
    buildCodePage();
    m_monitor = new MonitorPage(m_services.connections, m_services.theme, m_pages);
    m_pages->addWidget(m_monitor);
    addActions(); // after those of the page, which come first in the palette
    buildErrorPage();
    m_status = new StatusStrip(m_services.connections, m_services.theme, center);
    column->addWidget(m_top);
    column->addWidget(new Hairline(Qt::Horizontal, center));
    column->addWidget(m_pages, 1);
    column->addWidget(new Hairline(Qt::Horizontal, center));
    column->addWidget(m_status);
    setCentralWidget(center);
    m_palette = new CommandPalette(m_services.connections, m_services.theme, &m_actions, this);
    m_top->addPage(QStringLiteral("chat"), [] { return tr("Chat"); });
    m_top->addPage(QStringLiteral("code"), [] { return tr("Code"); });
    m_top->addPage(QStringLiteral("monitor"), [] { return tr("Monitor"); });
    connect(m_top, &TopBar::pageChosen, this, &MainWindow::showPage);
    connect(m_palette, &CommandPalette::sessionChosen, this,
            [this](const QString& session, const QString& message) {
                showPage(QStringLiteral("chat"));
                m_chat->openSession(SessionId(session.toStdString()), MessageId(message.toStdString()));
            });
    connect(m_chat, &ChatPage::citationActivated, this, &MainWindow::showPlace);
    m_chat->setFocus();
}

void MainWindow::buildCodePage() {
    AnalysisPage::Memory memory;
    memory.recall = [preferences = m_services.preferences](const QString& place) {
        return preferences->codeFolders(place);
    };
    memory.keep = [preferences = m_services.preferences](const QString& place, const QStringList& folders) {
        preferences->setCodeFolders(place, folders);
    };
    m_code =
        new AnalysisPage(m_services.connections, m_services.theme, &m_actions, std::move(memory), m_pages);
    m_pages->addWidget(m_code);
    connect(m_code, &AnalysisPage::shownWanted, this, [this] { showPage(QStringLiteral("code")); });
    connect(m_code, &AnalysisPage::askRequested, this, [this](const CodeContext& context) {
        showPage(QStringLiteral("chat"));
        m_chat->askAbout(context.folder, context.name, context.text);
    });
}

void MainWindow::buildErrorPage() {
    m_errorPage =
        new EmptyState(m_services.theme, QStringLiteral("startError"), QStringLiteral("warning"), m_pages);
    m_errorRetry = m_errorPage->addAction(QStringLiteral("startError.retry"), QString());
    m_errorConnect = m_errorPage->addAction(QStringLiteral("startError.connect"), QString());
    m_errorQuit = m_errorPage->addAction(QStringLiteral("startError.quit"), QString());
    m_pages->addWidget(m_errorPage);
    connect(m_errorRetry, &QPushButton::clicked, this, [this] {
        if (m_retryLocal) m_retryLocal();
    });
    for (const auto& [button, id] :
         {std::pair(m_errorConnect, "connection.connect"), std::pair(m_errorQuit, "app.quit")}) {
        connect(button, &QPushButton::clicked, m_actions.action(QString::fromLatin1(id)), &QAction::trigger);
    }
    retranslateError();
}

void MainWindow::showStartError(const Error& error) {
    m_startError = error;
    retranslateError();
    if (m_services.connections->isLocal()) m_pages->setCurrentWidget(m_errorPage);
}

void MainWindow::onBackend(Backend* backend) {
    connect(backend, &Backend::stateChanged, this, &MainWindow::onState);
    m_actions.action(QStringLiteral("connection.local"))->setEnabled(!backend->isLocal());
    m_chat->setBackend(backend);
    const bool broken = backend->isLocal() && m_startError;
    m_pages->setCurrentWidget(broken ? static_cast<QWidget*>(m_errorPage) : shownPage());
}

void MainWindow::onState(Backend::State state) {
    if (!m_services.connections->isLocal()) return;
    m_errorRetry->setEnabled(state == Backend::State::Unreachable);
    if (state != Backend::State::Ready || !m_startError) return;
    m_startError.reset();
    m_pages->setCurrentWidget(shownPage());
}

void MainWindow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    if (event->type() == QEvent::WindowStateChange) watch();
    QMainWindow::changeEvent(event);
}

void MainWindow::retranslate() {
    m_actions.retranslate();
    retranslateError();
}

void MainWindow::retranslateError() {
    const auto name = [](QPushButton* button, const QString& text) {
        button->setText(text);
        button->setAccessibleName(text);
    };
    name(m_errorRetry, tr("Try again"));
    name(m_errorConnect, tr("Connect to server…"));
    name(m_errorQuit, tr("Quit"));
    if (!m_startError) return;
    QString hint = errorSentence(*m_startError);
    if (m_startError->code == ErrorCode::Conflict) {
        hint = tr(
            "Another ExoBrain is using the data of this computer. Close it and try again, or connect to it.");
    }
    const QString detail = QString::fromStdString(m_startError->detail);
    if (!detail.isEmpty()) hint += QStringLiteral("\n\n") + detail;
    m_errorPage->setTexts(tr("ExoBrain cannot open its data"), hint);
}

QWidget* MainWindow::shownPage() const {
    if (m_page == u"code") return m_code;
    return m_page == u"monitor" ? static_cast<QWidget*>(m_monitor) : m_chat;
}

void MainWindow::showPage(const QString& id) {
    m_page = id;
    m_top->setPage(id);
    const bool broken = m_services.connections->isLocal() && m_startError;
    if (!broken) m_pages->setCurrentWidget(shownPage());
    shownPage()->setFocus();
}

void MainWindow::ask(const QString& text) {
    showPage(QStringLiteral("chat"));
    m_chat->ask(text);
}

void MainWindow::newChat() {
    showPage(QStringLiteral("chat"));
    m_chat->newChat();
}

void MainWindow::openChat(const SessionId& session) {
    showPage(QStringLiteral("chat"));
    m_chat->openSession(session);
}

void MainWindow::showPlace(const QString& project, const QString& place) {
    // The place was written by a model: the Code page opens it only when it is a file of the analysed folder.
    const auto wanted = md::parseCodePlace(place);
    if (wanted && m_code->openPlace(project, wanted->path, wanted->startLine, wanted->endLine))
        return showPage(QStringLiteral("code"));
    QGuiApplication::clipboard()->setText(place);
    const QString text = project.isEmpty() && m_code->analysis()->folder().isEmpty()
                             ? tr("%1 copied. Open its folder on the Code page to see it.").arg(place)
                             : tr("%1 copied. There is no such file in the folder.").arg(place);
    Toast::popUp(m_services.theme, this, {text, {}, {}}, std::chrono::seconds(6));
}

void MainWindow::present() {
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void MainWindow::watch() {
    const bool seen = isVisible() && !isMinimized();
    m_status->setWatched(seen);
    m_monitor->setWindowWatched(seen);
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    watch();
}

void MainWindow::hideEvent(QHideEvent* event) {
    QMainWindow::hideEvent(event);
    watch();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    m_services.preferences->setWindowGeometry(saveGeometry());
    event->accept();
}

} // namespace exo::ui
