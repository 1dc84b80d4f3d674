// Turns of the conversations: what was asked shows at once, and becomes what the core says it is.
#include "ui/chat/Conversations.h"
#include "ui/chat/transcript/ToolText.h"

#include <QDateTime>

namespace exo::ui {

namespace {

SessionId idOf(const QString& key) {
    return SessionId(key.toStdString());
}

bool isLocal(const MessageId& id) {
    return id.str().starts_with("local-");
}

} // namespace

MessageId Conversations::assume(Conversation& conversation, api::Role role, const MessageId& parent,
                                const QString& content) {
    api::Message message;
    message.id = MessageId("local-" + std::to_string(++m_lastLocal));
    message.parentId = parent;
    message.seq =
        std::numeric_limits<std::int64_t>::max() - 1'000'000 + m_lastLocal; // behind everything known
    message.role = role;
    message.content = content.toStdString();
    message.createdAt = fromUnixMillis(QDateTime::currentMSecsSinceEpoch());
    message.state = role == api::Role::Assistant ? api::MessageState::Pending : api::MessageState::Complete;
    const MessageId id = message.id;
    conversation.tree.put(std::move(message));
    return id;
}

void Conversations::send(const QString& content, std::vector<api::Attachment> attachments) {
    const QString key = m_current;
    Conversation& conversation = at(key);
    if (m_backend == nullptr || isRunning(key)) return;
    // What never reached the core cannot be a parent; it stays beside as a branch.
    while (const api::Message* leaf = conversation.tree.find(conversation.leaf)) {
        if (!isLocal(leaf->id)) break;
        conversation.leaf = leaf->parentId;
        if (key == m_current) emit pathReset(true);
    }
    api::SendRequest request;
    request.content = content.toStdString();
    request.attachments = std::move(attachments);
    if (!conversation.leaf.empty()) request.parentId = conversation.leaf;
    begin(key, conversation, content, std::move(request));
}

void Conversations::begin(const QString& key, Conversation& conversation, const QString& content,
                          api::SendRequest request) {
    conversation.leafBefore = conversation.leaf;
    conversation.user = assume(conversation, api::Role::User, conversation.leaf, content);
    api::Message* user = conversation.tree.find(conversation.user);
    user->attachments = request.attachments;
    const api::Message shownUser = *user;
    conversation.assistant = assume(conversation, api::Role::Assistant, conversation.user, {});
    const api::Message shownAssistant = *conversation.tree.find(conversation.assistant);
    conversation.leaf = conversation.assistant;
    if (key == m_current) {
        emit appended(shownUser);
        emit appended(shownAssistant);
    }
    if (key.startsWith(QStringLiteral("new:"))) {
        createThenSend(key, std::move(request));
    } else {
        conversation.turn = m_backend->sendMessage(idOf(key), std::move(request));
    }
    emit runningChanged(key);
}

void Conversations::createThenSend(const QString& key, api::SendRequest request) {
    at(key).creating = true;
    m_backend->createSession(m_draft, this,
                             [this, key, request, epoch = m_epoch](Result<api::Session> reply) {
                                 if (epoch != m_epoch) return;
                                 const auto it = m_conversations.find(key);
                                 if (it == m_conversations.end()) return;
                                 it->second.creating = false;
                                 if (!reply.ok()) {
                                     failTurn(key, it->second, reply.error());
                                     return;
                                 }
                                 const QString id = QString::fromStdString(reply.value().id.str());
                                 auto node = m_conversations.extract(it);
                                 node.key() = id;
                                 m_conversations.erase(id);
                                 m_conversations.insert(std::move(node));
                                 if (m_current == key) m_current = id;
                                 Conversation& conversation = at(id);
                                 conversation.turn = m_backend->sendMessage(reply.value().id, request);
                                 emit runningChanged(key);
                                 emit sessionCreated(reply.value());
                                 emit runningChanged(id);
                             });
}

void Conversations::regenerate(const MessageId& assistant, const QString& model) {
    const QString key = m_current;
    Conversation& conversation = at(key);
    const api::Message* old = conversation.tree.find(assistant);
    if (m_backend == nullptr || old == nullptr || isRunning(key)) return;
    conversation.leafBefore = conversation.leaf;
    conversation.user = old->parentId;
    conversation.assistant = assume(conversation, api::Role::Assistant, old->parentId, {});
    conversation.leaf = conversation.assistant;
    conversation.turn = m_backend->regenerate(idOf(key), assistant, model);
    emit pathReset(true);
    emit runningChanged(key);
}

void Conversations::edit(const MessageId& user, const QString& content) {
    const QString key = m_current;
    Conversation& conversation = at(key);
    const api::Message* old = conversation.tree.find(user);
    if (m_backend == nullptr || old == nullptr || isRunning(key)) return;
    const MessageId parent = old->parentId;
    const auto attachments = old->attachments;
    conversation.leafBefore = conversation.leaf;
    conversation.user = assume(conversation, api::Role::User, parent, content);
    conversation.tree.find(conversation.user)->attachments = attachments;
    conversation.editOf[conversation.user] = user;
    conversation.assistant = assume(conversation, api::Role::Assistant, conversation.user, {});
    conversation.leaf = conversation.assistant;
    conversation.turn = m_backend->editMessage(idOf(key), user, content);
    emit pathReset(true);
    emit runningChanged(key);
}

// An answer is asked for again; a question that never reached the core is sent again.
void Conversations::retry(const MessageId& id) {
    Conversation& conversation = at(m_current);
    const api::Message* message = conversation.tree.find(id);
    if (message == nullptr || isRunning(m_current)) return;
    if (message->role == api::Role::Assistant) {
        regenerate(id, {});
        return;
    }
    const api::Message old = *message;
    conversation.tree.remove(id);
    if (const auto origin = conversation.editOf.extract(id); !origin.empty()) {
        edit(origin.mapped(), QString::fromStdString(old.content));
        return;
    }
    conversation.leaf = old.parentId;
    emit pathReset(true);
    send(QString::fromStdString(old.content), old.attachments);
}

void Conversations::stop() {
    const auto it = m_conversations.find(m_current);
    if (m_backend != nullptr && it != m_conversations.end() && it->second.turn != 0)
        m_backend->stopTurn(idOf(m_current));
}

// Our own turn, or one that was running already when the session was opened.
bool Conversations::follows(Conversation& conversation, TurnId turn) const {
    if (conversation.turn == turn) return true;
    const api::Message* leaf = conversation.tree.find(conversation.leaf);
    if (conversation.turn != 0 || leaf == nullptr || leaf->state != api::MessageState::Pending) return false;
    conversation.turn = turn;
    conversation.assistant = leaf->id;
    conversation.user = leaf->parentId;
    return true;
}

void Conversations::onTurnEvent(TurnId turn, const QString& sessionId, const api::TurnEvent& event) {
    const auto it = m_conversations.find(sessionId);
    if (it == m_conversations.end() || !follows(it->second, turn)) return;
    Conversation& conversation = it->second;
    const bool shown = sessionId == m_current;
    const MessageId id = conversation.assistant;
    api::Message* answer = conversation.tree.find(id);
    if (const auto* start = std::get_if<api::TurnStarted>(&event)) {
        started(sessionId, conversation, *start);
    } else if (const auto* delta = std::get_if<api::TurnDelta>(&event)) {
        if (answer != nullptr) answer->content += delta->text;
        if (shown) emit textArrived(id, QString::fromStdString(delta->text));
    } else if (const auto* thought = std::get_if<api::TurnReasoning>(&event)) {
        if (answer != nullptr) answer->reasoning += thought->text;
        if (shown) emit reasoningArrived(id, QString::fromStdString(thought->text));
    } else if (const auto* citation = std::get_if<api::TurnCitation>(&event)) {
        if (answer != nullptr) answer->citations.push_back(citation->citation);
        if (shown) emit citationArrived(id, citation->citation);
    } else if (const auto* tool = std::get_if<api::TurnTool>(&event)) {
        if (answer != nullptr) noteToolCall(answer->toolCalls, tool->call);
        if (shown) emit toolArrived(id, tool->call);
    } else if (const auto* done = std::get_if<api::TurnDone>(&event)) {
        ended(sessionId, conversation, done->message);
    } else if (const auto* failed = std::get_if<api::TurnFailed>(&event)) {
        if (failed->message.id.empty())
            failTurn(sessionId, conversation, failed->error);
        else
            ended(sessionId, conversation, failed->message);
    }
}

void Conversations::started(const QString& key, Conversation& conversation, const api::TurnStarted& event) {
    const auto adopt = [&](MessageId& assumed, const MessageId& real) {
        if (assumed == real || real.empty()) return;
        const MessageId before = std::exchange(assumed, real);
        conversation.tree.rename(before, real);
        if (conversation.leaf == before) conversation.leaf = real;
        if (conversation.tree.find(real) != nullptr && key == m_current) {
            emit replaced(before, conversation.tree.placed(real));
        }
    };
    adopt(conversation.user, event.userMessageId);
    if (const api::Message* user = conversation.tree.find(conversation.user)) {
        emit accepted(key, QString::fromStdString(user->content));
    }
    adopt(conversation.assistant, event.assistantMessageId);
}

void Conversations::ended(const QString& key, Conversation& conversation, const api::Message& message) {
    const MessageId before = conversation.assistant;
    if (message.id != before) conversation.tree.rename(before, message.id);
    if (conversation.leaf == before) conversation.leaf = message.id;
    conversation.tree.put(message);
    endTurn(key, conversation);
    if (key != m_current) return;
    emit replaced(before, conversation.tree.placed(message.id));
}

// It never started: nothing is stored. A question stays visible with the reason and can be sent again.
void Conversations::failTurn(const QString& key, Conversation& conversation, const Error& error) {
    conversation.tree.remove(conversation.assistant);
    api::Message* user = conversation.tree.find(conversation.user);
    const bool assumed = user != nullptr && isLocal(user->id);
    if (assumed) {
        const bool stopped = error.code == ErrorCode::Cancelled;
        user->state = stopped ? api::MessageState::Stopped : api::MessageState::Failed;
        user->error = api::ErrorInfo{std::string(toString(error.code)), error.detail};
        conversation.leaf = user->id;
    } else {
        conversation.leaf = conversation.leafBefore;
    }
    endTurn(key, conversation);
    if (key != m_current) return;
    emit pathReset(true);
    if (!assumed) emit actionFailed(error);
}

void Conversations::endTurn(const QString& key, Conversation& conversation) {
    conversation.turn = 0;
    conversation.user = conversation.assistant = MessageId();
    emit runningChanged(key);
}

} // namespace exo::ui
