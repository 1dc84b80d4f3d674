#include "ui/chat/ChatPage.h"

#include "ui/chat/ChatHeader.h"
#include "ui/chat/Composer.h"
#include "ui/chat/SessionList.h"
#include "ui/chat/SessionOperations.h"
#include "ui/chat/TokenEstimate.h"
#include "ui/chat/transcript/TranscriptView.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/ActionRegistry.h"
#include "ui/widgets/EmptyState.h"

#include <QBoxLayout>
#include <QDesktopServices>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QMenu>
#include <QShowEvent>

namespace exo::ui {

ChatPage::ChatPage(Backend* backend, ThemeController* theme, ActionRegistry* actions, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_actions(actions)
    , m_openUrl([](const QUrl& url) { QDesktopServices::openUrl(url); }) {
    setObjectName(QStringLiteral("chatPage"));
    setAcceptDrops(true);
    build();
    m_operations = new SessionOperations(theme, &m_sessions->model(), this);
    if (actions != nullptr) addActions(actions);
    connectParts();
    retranslate();
    setBackend(backend);
}

ChatPage::~ChatPage() {
    leaveSession();
}

void ChatPage::build() {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_splitter = new QSplitter(Qt::Horizontal, this);
    m_splitter->setObjectName(QStringLiteral("chatSplitter"));
    m_splitter->setHandleWidth(1);
    m_splitter->setChildrenCollapsible(false);
    outer->addWidget(m_splitter);
    m_sessions = new SessionList(m_theme, m_splitter);
    m_sessions->setMinimumWidth(200);
    auto* main = new QWidget(m_splitter);
    main->setMinimumWidth(420);
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setSizes({264, 1000});

    auto* column = new QVBoxLayout(main);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_header = new ChatHeader(m_theme, main);
    column->addWidget(m_header);
    buildBanner();
    column->addWidget(m_banner);
    m_stack = new QStackedWidget(main);
    m_transcript = new TranscriptView(m_theme, m_stack);
    m_empty = new EmptyState(m_theme, QStringLiteral("chatEmpty"), QStringLiteral("chat"), m_stack);
    m_emptyProject = m_empty->addAction(QStringLiteral("emptyProject"), {});
    m_emptyProvider = m_empty->addAction(QStringLiteral("emptyProvider"), {});
    m_emptyProvider->hide();
    m_loading = new QLabel(m_stack);
    m_loading->setAlignment(Qt::AlignCenter);
    m_loading->setProperty("kind", QStringLiteral("caption"));
    m_stack->addWidget(m_transcript);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_loading);
    column->addWidget(m_stack, 1);
    m_composer = new Composer(m_theme, main);
    column->addWidget(m_composer);
    m_more = new QMenu(this);
    m_more->setObjectName(QStringLiteral("chatMoreMenu"));
    m_header->setMoreMenu(m_more);
    m_loadingDelay.setSingleShot(true);
    m_loadingDelay.setInterval(200);
}

void ChatPage::buildBanner() {
    m_banner = new QFrame(this);
    m_banner->setObjectName(QStringLiteral("chatBanner"));
    m_banner->setProperty("kind", QStringLiteral("bar"));
    auto* row = new QHBoxLayout(m_banner);
    row->setContentsMargins(20, 6, 16, 6);
    m_bannerText = new QLabel(m_banner);
    m_bannerText->setProperty("kind", QStringLiteral("error"));
    m_bannerText->setWordWrap(true);
    m_bannerText->setTextFormat(Qt::PlainText);
    m_bannerRetry = new QPushButton(m_banner);
    m_bannerRetry->setObjectName(QStringLiteral("chatBannerRetry"));
    row->addWidget(m_bannerText, 1);
    row->addWidget(m_bannerRetry);
    m_banner->hide();
}

void ChatPage::connectParts() {
    connectConversations();
    connectTranscript();
    connectSessions();
    connect(&m_loadingDelay, &QTimer::timeout, this, &ChatPage::updateStack);
    connect(m_bannerRetry, &QPushButton::clicked, this, [this] {
        m_failure.reset();
        m_banner->hide();
        if (m_sessionsFailed) loadSessions();
        m_conversations.reload();
    });
    connect(m_emptyProvider, &QPushButton::clicked, this, [this] {
        QAction* action = m_actions ? m_actions->action(QStringLiteral("providers.add")) : nullptr;
        if (action != nullptr) action->trigger();
    });
    connect(m_emptyProject, &QPushButton::clicked, this, [this] {
        auto* dialog = new QFileDialog(this, tr("Project folder"));
        dialog->setObjectName(QStringLiteral("projectDialog"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        connect(dialog, &QFileDialog::fileSelected, this, &ChatPage::chooseProject);
        dialog->open();
    });
    connect(m_composer, &Composer::sendRequested, this, &ChatPage::send);
    connect(m_composer, &Composer::stopRequested, &m_conversations, &Conversations::stop);
    connect(m_composer, &Composer::editFinished, &m_conversations, &Conversations::edit);
    connect(m_composer, &Composer::textChanged, this, [this] {
        if (!m_keepDraft && !m_composer->editing()) m_drafts.setDraft(draftKey(), m_composer->text());
    });
    connect(m_composer, &Composer::notice, m_operations, qOverload<const QString&>(&SessionOperations::tell));
    connect(m_composer, &Composer::longTextAttached, m_operations, [this](const QString& text, int index) {
        m_operations->offer(tr("The long text was attached as a file."), tr("Put it into the message"),
                            [this, text, index] {
                                m_composer->attachments().remove(index);
                                m_composer->edit()->insertPlainText(text);
                            });
    });
    connect(m_header, &ChatHeader::titleEdited, this,
            [this](const QString& title) { m_operations->rename(m_conversations.current(), title); });
    connect(m_header, &ChatHeader::modelsWanted, this, &ChatPage::loadModels);
    connect(m_header, &ChatHeader::modelChosen, this, &ChatPage::chooseModel);
    connect(m_header, &ChatHeader::projectChosen, this, &ChatPage::chooseProject);
    connect(m_header, &ChatHeader::settingsRequested, this, [this] {
        QAction* action = m_actions ? m_actions->action(QStringLiteral("settings.open")) : nullptr;
        if (action != nullptr) action->trigger();
    });
    connect(m_more, &QMenu::aboutToShow, this, [this] {
        m_more->clear();
        m_sessions->fillMenu(*m_more, m_conversations.current());
        if (m_more->isEmpty()) m_more->addAction(tr("Nothing was said here yet"))->setEnabled(false);
    });
}

void ChatPage::connectConversations() {
    connect(&m_conversations, &Conversations::pathReset, this, &ChatPage::showPath);
    connect(&m_conversations, &Conversations::highlighted, this,
            [this](const MessageId& id) { m_transcript->showMessage(id); });
    connect(&m_conversations, &Conversations::appended, this, [this](const api::Message& message) {
        m_transcript->appendMessage(message);
        updateHistory();
        updateStack();
    });
    connect(&m_conversations, &Conversations::replaced, m_transcript, &TranscriptView::replaceMessage);
    connect(&m_conversations, &Conversations::textArrived, m_transcript, &TranscriptView::appendText);
    connect(&m_conversations, &Conversations::reasoningArrived, m_transcript,
            &TranscriptView::appendReasoning);
    connect(&m_conversations, &Conversations::citationArrived, m_transcript, &TranscriptView::addCitation);
    connect(&m_conversations, &Conversations::toolArrived, m_transcript, &TranscriptView::setTool);
    connect(&m_conversations, &Conversations::runningChanged, this, &ChatPage::updateRunning);
    connect(
        &m_conversations, &Conversations::accepted, this, [this](const QString& id, const QString& content) {
            for (const QString& key : {id, QStringLiteral("new")}) { // what was typed since is another text
                m_sent.remove(key);
                if (m_drafts.draft(key).trimmed() == content) m_drafts.setDraft(key, {});
            }
        });
    connect(&m_conversations, &Conversations::sessionCreated, this, [this](const api::Session& session) {
        m_sessions->model().put(session);
        m_newModel.clear();
        m_newProject.clear();
        m_sessions->setCurrent(QString::fromStdString(session.id.str()));
        updateHeader();
    });
    connect(&m_conversations, &Conversations::loadFailed, this, &ChatPage::showBanner);
    connect(&m_conversations, &Conversations::actionFailed, m_operations,
            qOverload<const Error&>(&SessionOperations::tell));
    connect(&m_conversations, &Conversations::loadingChanged, this, [this] {
        if (m_conversations.isLoading())
            m_loadingDelay.start();
        else
            m_loadingDelay.stop();
        updateStack();
    });
}

void ChatPage::connectTranscript() {
    connect(m_transcript, &TranscriptView::olderWanted, &m_conversations, &Conversations::loadOlder);
    connect(m_transcript, &TranscriptView::editRequested, this, &ChatPage::startEdit);
    connect(m_transcript, &TranscriptView::regenerateRequested, this,
            [this](const MessageId& id) { m_conversations.regenerate(id, {}); });
    connect(m_transcript, &TranscriptView::retryRequested, &m_conversations, &Conversations::retry);
    connect(m_transcript, &TranscriptView::continueRequested, this,
            [this] { m_conversations.send(tr("Please continue exactly where you stopped."), {}); });
    connect(m_transcript, &TranscriptView::branchRequested, &m_conversations, &Conversations::switchBranch);
    connect(m_transcript, &TranscriptView::quoteRequested, m_composer, &Composer::insertQuote);
    connect(m_transcript, &TranscriptView::linkActivated, this, &ChatPage::openLink);
    connect(m_transcript, &TranscriptView::citationActivated, this,
            [this](const QString& place) { emit citationActivated(project(), place); });
    connect(m_transcript, &TranscriptView::copied, this, [this] { m_operations->tell(tr("Copied.")); });
}

void ChatPage::connectSessions() {
    connect(m_sessions, &SessionList::newChatRequested, this, &ChatPage::newChat);
    connect(m_sessions, &SessionList::opened, this,
            [this](const QString& id) { openSession(SessionId(id.toStdString())); });
    connect(m_sessions, &SessionList::renamed, m_operations, &SessionOperations::rename);
    connect(m_sessions, &SessionList::pinRequested, m_operations, &SessionOperations::pin);
    connect(m_sessions, &SessionList::moveRequested, m_operations, &SessionOperations::move);
    connect(m_sessions, &SessionList::newFolderRequested, m_operations, &SessionOperations::askForFolder);
    connect(m_sessions, &SessionList::exportRequested, m_operations, &SessionOperations::exportTo);
    connect(m_sessions, &SessionList::removeRequested, m_operations, &SessionOperations::remove);
    connect(m_sessions, &SessionList::importRequested, m_operations, &SessionOperations::importFrom);
    connect(m_operations, &SessionOperations::removed, this, &ChatPage::onSessionRemoved);
    connect(m_operations, &SessionOperations::restored, this, [this] { loadSessions(); });
    connect(m_operations, &SessionOperations::imported, this, &ChatPage::loadSessions);
}

void ChatPage::retranslate() {
    m_empty->setTexts(tr("What would you like to know?"),
                      tr("With a project folder, answers point to its files and lines."));
    m_emptyProject->setText(tr("Choose a project folder"));
    m_emptyProject->setAccessibleName(m_emptyProject->text());
    m_emptyProvider->setText(tr("Add a provider"));
    m_emptyProvider->setAccessibleName(m_emptyProvider->text());
    m_loading->setText(tr("Loading…"));
    m_bannerRetry->setText(tr("Try again"));
    m_bannerRetry->setAccessibleName(m_bannerRetry->text());
    if (m_failure) showBanner(*m_failure);
    if (m_sessions != nullptr) updateHeader();
}

void ChatPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange) retranslate();
}

void ChatPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_composer->focusInput();
}

void ChatPage::dragEnterEvent(QDragEnterEvent* event) {
    if (Composer::takes(event->mimeData())) event->acceptProposedAction();
}

void ChatPage::dropEvent(QDropEvent* event) {
    m_composer->take(event->mimeData());
    event->acceptProposedAction();
}

void ChatPage::setDraftFile(const QString& path) {
    m_drafts.setFile(path);
    if (m_composer->text().isEmpty()) enterSession();
}

void ChatPage::leaveSession() {
    m_composer->endEdit();
    const bool waiting = m_sent.contains(draftKey()) && m_composer->text().isEmpty();
    if (!waiting) m_drafts.setDraft(draftKey(), m_composer->text());
    m_attached.insert(draftKey(), m_composer->attachments().list());
}

void ChatPage::enterSession() {
    m_keepDraft = true;
    m_composer->setText(m_drafts.draft(draftKey()));
    m_keepDraft = false;
    m_composer->attachments().set(m_attached.take(draftKey()));
    m_composer->setBusy(m_conversations.isRunning(m_conversations.current()));
}

QString ChatPage::draftKey() const {
    const QString& current = m_conversations.current();
    return current.startsWith(QStringLiteral("new:")) ? QStringLiteral("new") : current;
}

void ChatPage::newChat() {
    const bool already = draftKey() == u"new" && m_conversations.shownPath().empty();
    if (!already) {
        leaveSession();
        m_conversations.showNew();
        enterSession();
    }
    m_sessions->setCurrent({});
    m_failure.reset();
    m_banner->hide();
    updateHeader();
    updateStack();
    m_composer->focusInput();
}

void ChatPage::ask(const QString& text) {
    newChat();
    if (!text.trimmed().isEmpty()) m_conversations.send(text.trimmed(), {});
}

void ChatPage::askAbout(const QString& folder, const QString& place, const QString& code) {
    newChat();
    const auto refusal = m_composer->attachments().addExcerpt(place, code);
    if (refusal != Attachments::Refusal::None) m_operations->tell(Attachments::reasonText(refusal, place));
    m_newProject = folder;
    updateHeader();
    m_composer->focusInput();
}

void ChatPage::openSession(const SessionId& id, const MessageId& highlight) {
    const QString key = QString::fromStdString(id.str());
    leaveSession();
    m_failure.reset();
    m_banner->hide();
    const api::Session* session = m_sessions->model().session(key);
    m_conversations.show(key, session ? session->leaf : MessageId(), highlight);
    enterSession();
    m_sessions->setCurrent(key);
    updateHeader();
    updateStack();
    m_composer->focusInput();
}

void ChatPage::send(const QString& text) {
    api::SessionPatch draft;
    if (!m_newModel.isEmpty()) draft.model = m_newModel.toStdString();
    if (!m_newProject.isEmpty()) draft.project = m_newProject.toStdString();
    m_conversations.setDraftSession(std::move(draft));
    // The draft stays on disk until the core has the message.
    m_sent.insert(draftKey());
    m_keepDraft = true;
    m_composer->setText({});
    m_keepDraft = false;
    m_conversations.send(text, m_composer->attachments().take());
    m_transcript->followEnd();
    m_composer->focusInput();
}

void ChatPage::startEdit(const MessageId& id) {
    const api::Message* message = m_conversations.message(id);
    if (message != nullptr) m_composer->beginEdit(id, QString::fromStdString(message->content));
}

void ChatPage::openLink(const QUrl& url) {
    const QString scheme = url.scheme();
    if (scheme == u"http" || scheme == u"https" || scheme == u"mailto") m_openUrl(url);
}

} // namespace exo::ui
