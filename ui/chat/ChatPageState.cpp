// The chat page's view of the backend: sessions, models, connection, and what follows for header, list and
// composer.
#include "ui/chat/ChatHeader.h"
#include "ui/chat/ChatPage.h"
#include "ui/chat/Composer.h"
#include "ui/chat/SessionList.h"
#include "ui/chat/SessionOperations.h"
#include "ui/chat/TokenEstimate.h"
#include "ui/chat/transcript/TranscriptView.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/ActionRegistry.h"
#include "ui/widgets/EmptyState.h"

#include <QClipboard>
#include <QGuiApplication>

namespace exo::ui {

void ChatPage::setBackend(Backend* backend) {
    if (m_backend != nullptr) m_backend->disconnect(this);
    leaveSession();
    m_backend = backend;
    m_operations->setBackend(backend);
    m_conversations.setBackend(backend);
    m_sessions->model().setSessions({});
    m_models.clear();
    m_header->setModels({}, false);
    m_newModel.clear();
    m_newProject.clear();
    enterSession();
    updateHeader();
    updateStack();
    if (backend == nullptr) return;
    connect(backend, &Backend::stateChanged, this, &ChatPage::onState);
    connect(backend, &Backend::sessionChanged, this, &ChatPage::onSessionChanged);
    connect(backend, &Backend::sessionRemoved, this, [this](const QString& id) {
        m_sessions->model().remove(id);
        onSessionRemoved(id);
    });
    onState(backend->state());
}

void ChatPage::onState(Backend::State state) {
    m_composer->setConnected(state == Backend::State::Ready);
    switch (state) {
    case Backend::State::Connecting: m_sessions->setNotice(tr("Connecting…")); break;
    case Backend::State::Unreachable:
        m_sessions->setNotice(tr("Not connected. What is open stays readable."));
        break;
    case Backend::State::Ready:
        m_sessions->setNotice({});
        loadSessions();
        loadModels();
        break;
    }
}

void ChatPage::loadSessions() {
    if (m_backend == nullptr) return;
    m_backend->listSessions(this, [this, backend = m_backend](Result<std::vector<api::Session>> reply) {
        if (backend != m_backend) return; // another one was chosen meanwhile
        m_sessionsFailed = !reply.ok();
        if (!reply.ok()) {
            showBanner(reply.error());
            return;
        }
        m_sessions->model().setSessions(std::move(reply).value());
        m_sessions->setCurrent(m_conversations.current());
        updateHeader();
    });
}

void ChatPage::loadModels() {
    if (m_backend == nullptr) return;
    if (m_models.empty()) m_header->setModels({}, true);
    m_backend->listModels(this, [this, backend = m_backend](Result<std::vector<api::ModelInfo>> reply) {
        if (backend != m_backend) return;
        if (reply.ok()) m_models = std::move(reply).value();
        m_header->setModels(m_models, false);
        updateEmptyState();
        updateHistory();
    });
}

void ChatPage::updateEmptyState() {
    const bool onlyLocal = std::all_of(m_models.begin(), m_models.end(),
                                       [](const api::ModelInfo& model) { return model.provider == "local"; });
    m_emptyProvider->setVisible(onlyLocal && m_backend != nullptr && m_backend->isLocal());
}

void ChatPage::onSessionChanged(const api::Session& session) {
    m_sessions->model().put(session);
    m_conversations.sessionChanged(session);
    const QString id = QString::fromStdString(session.id.str());
    if (id != m_conversations.current()) return;
    m_sessions->setCurrent(id);
    updateHeader();
}

void ChatPage::onSessionRemoved(const QString& id) {
    m_conversations.forget(id);
    if (id == m_conversations.current()) newChat();
}

const api::Session* ChatPage::currentSession() const {
    return m_sessions->model().session(m_conversations.current());
}

QString ChatPage::project() const {
    const api::Session* session = currentSession();
    return session != nullptr ? QString::fromStdString(session->project) : m_newProject;
}

void ChatPage::showPath(bool toEnd) {
    m_transcript->setMessages(m_conversations.shownPath(),
                              toEnd ? TranscriptView::Place::End : TranscriptView::Place::Keep);
    m_transcript->setHasOlder(m_conversations.hasOlder());
    m_transcript->setBusy(m_conversations.isRunning(m_conversations.current()));
    updateHistory();
    updateStack();
}

void ChatPage::updateStack() {
    const bool nothing = m_transcript->entries().empty();
    if (!nothing || m_failure)
        m_stack->setCurrentWidget(m_transcript);
    else if (!m_conversations.isLoading())
        m_stack->setCurrentWidget(m_empty);
    else if (!m_loadingDelay.isActive())
        m_stack->setCurrentWidget(m_loading);
}

void ChatPage::updateHeader() {
    const api::Session* session = currentSession();
    m_header->setTitle(session ? SessionListModel::titleOf(*session) : tr("New chat"), session != nullptr);
    m_header->setModel(session ? QString::fromStdString(session->model) : m_newModel);
    m_header->setProject(project());
    updateHistory();
}

qint64 ChatPage::modelWindow() const {
    const api::Session* session = currentSession();
    const std::string model = session ? session->model : m_newModel.toStdString();
    for (const api::ModelInfo& info : m_models) {
        if (info.id == model) return info.contextTokens;
    }
    return 0;
}

// What goes along with the next message: everything since the last compaction.
void ChatPage::updateHistory() {
    qint64 tokens = 0;
    int messages = 0;
    const Entries& entries = m_transcript->entries();
    for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
        const api::Message& message = (*it)->message();
        tokens += estimateTokens(std::string_view(message.content)) + 4;
        ++messages;
        if (message.compactedBefore) break;
    }
    m_composer->setHistory(tokens, messages, modelWindow());
}

void ChatPage::updateRunning(const QString& sessionId) {
    const bool running = m_conversations.isRunning(sessionId);
    m_sessions->model().setRunning(sessionId, running);
    if (sessionId != m_conversations.current()) return;
    m_transcript->setBusy(running);
    m_composer->setBusy(running);
    if (!running) updateHistory();
}

void ChatPage::showBanner(const Error& error) {
    m_failure = error;
    m_bannerText->setText(tr("This chat could not be loaded: %1").arg(errorSentence(error)));
    if (m_sessionsFailed)
        m_bannerText->setText(tr("The chats could not be loaded: %1").arg(errorSentence(error)));
    m_banner->show();
    updateStack();
}

void ChatPage::chooseModel(const QString& model) {
    if (currentSession() != nullptr)
        m_operations->setModel(m_conversations.current(), model);
    else
        m_newModel = model;
    updateHeader();
}

void ChatPage::chooseProject(const QString& path) {
    if (currentSession() != nullptr)
        m_operations->setProject(m_conversations.current(), path);
    else
        m_newProject = path;
    updateHeader();
    m_composer->focusInput();
}

void ChatPage::copyLastAnswer() {
    const Entries& entries = m_transcript->entries();
    for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
        if ((*it)->isUser()) continue;
        QGuiApplication::clipboard()->setMimeData(copyOf(**it).release());
        m_operations->tell(tr("Copied."));
        return;
    }
}

void ChatPage::addActions(ActionRegistry* actions) {
    const auto add = [&](const char* id, std::function<QString()> text, const QKeySequence& keys,
                         const char* icon, std::function<void()> run) {
        actions->add({QString::fromLatin1(id), std::move(text), keys, QString::fromLatin1(icon), true},
                     std::move(run));
    };
    const auto here = [this] { return m_conversations.current(); };
    add(
        "chat.new", [] { return tr("New chat"); }, QKeySequence::New, "plus", [this] { newChat(); });
    add(
        "chat.filter", [] { return tr("Filter chats"); }, Qt::CTRL | Qt::SHIFT | Qt::Key_F, "search",
        [this] { m_sessions->focusFilter(); });
    add(
        "chat.write", [] { return tr("Write a message"); }, Qt::CTRL | Qt::Key_L, "edit",
        [this] { m_composer->focusInput(); });
    add(
        "chat.attach", [] { return tr("Attach files"); }, Qt::CTRL | Qt::SHIFT | Qt::Key_A, "attach",
        [this] { m_composer->chooseFiles(); });
    add(
        "chat.stop", [] { return tr("Stop the answer"); }, Qt::CTRL | Qt::Key_Period, "stop",
        [this] { m_conversations.stop(); });
    add(
        "chat.regenerate", [] { return tr("Answer again"); }, Qt::CTRL | Qt::SHIFT | Qt::Key_R, "refresh",
        [this] {
            const Entries& entries = m_transcript->entries();
            if (!entries.empty() && !entries.back()->isUser())
                m_conversations.regenerate(entries.back()->message().id, {});
        });
    add(
        "chat.copyAnswer", [] { return tr("Copy the last answer"); }, Qt::CTRL | Qt::SHIFT | Qt::Key_C,
        "copy", [this] { copyLastAnswer(); });
    add(
        "chat.rename", [] { return tr("Rename this chat"); }, {}, "edit", [this] { m_header->editTitle(); });
    add(
        "chat.pin", [] { return tr("Pin or unpin this chat"); }, {}, "pin",
        [this, here] {
            if (const api::Session* session = currentSession()) m_operations->pin(here(), !session->pinned);
        });
    add(
        "chat.export", [] { return tr("Export this chat as Markdown…"); }, {}, "download",
        [this, here] {
            if (currentSession() != nullptr) m_operations->exportTo(here(), true);
        });
    add(
        "chat.import", [] { return tr("Import chats…"); }, {}, "upload",
        [this] { m_operations->importFrom(); });
    add(
        "chat.delete", [] { return tr("Delete this chat"); }, {}, "trash",
        [this, here] {
            if (currentSession() != nullptr) m_operations->remove(here());
        });
}

} // namespace exo::ui
