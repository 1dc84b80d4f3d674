#include "FakeBackend.h"

#include <QPointer>
#include <QTimer>

namespace exo::ui {

namespace {

SessionId sessionIdOf(const QString& text) {
    return SessionId(text.toStdString());
}

QString text(const SessionId& id) {
    return QString::fromStdString(id.str());
}

} // namespace

template <class T>
void FakeBackend::answer(QObject* context, Reply<T> reply, Result<T> result) {
    if (m_nextError) result = *std::exchange(m_nextError, std::nullopt);
    QPointer<QObject> guard(context);
    QTimer::singleShot(0, this, [guard, reply = std::move(reply), result = std::move(result)]() mutable {
        if (guard) reply(std::move(result));
    });
}

void FakeBackend::setState(State state) {
    m_state = state;
    emit stateChanged(state);
}

api::Session& FakeBackend::addSession(const QString& id, const QString& title) {
    api::Session session;
    session.id = sessionIdOf(id);
    session.title = title.toStdString();
    session.createdAt = session.updatedAt = fromUnixMillis(++m_clock);
    return m_sessions[id] = session;
}

api::Message& FakeBackend::addMessage(const QString& sessionId, api::Role role, const QString& content) {
    return addMessage(sessionId, QString::fromStdString(m_sessions[sessionId].leaf.str()), role, content);
}

api::Message& FakeBackend::addMessage(const QString& sessionId, const QString& parentId, api::Role role,
                                      const QString& content) {
    auto& list = m_messages[sessionId];
    api::Message message;
    message.id = MessageId("m" + std::to_string(++m_lastId));
    message.sessionId = sessionIdOf(sessionId);
    message.parentId = MessageId(parentId.toStdString());
    message.seq = static_cast<std::int64_t>(list.size()) + 1;
    message.role = role;
    message.content = content.toStdString();
    message.createdAt = fromUnixMillis(++m_clock);
    if (role == api::Role::Assistant) message.model = "deepseek-chat";
    list.push_back(message);
    m_sessions[sessionId].leaf = message.id;
    m_sessions[sessionId].messageCount = static_cast<std::int64_t>(list.size());
    countSiblings(sessionId);
    return list.back();
}

void FakeBackend::countSiblings(const QString& sessionId) {
    std::map<std::string, int> counts;
    for (auto& message : m_messages[sessionId]) {
        message.siblingIndex = counts[message.parentId.str()]++;
    }
    for (auto& message : m_messages[sessionId]) {
        message.siblingCount = counts[message.parentId.str()];
    }
}

const api::Session* FakeBackend::session(const QString& id) const {
    const auto it = m_sessions.find(id);
    return it == m_sessions.end() ? nullptr : &it->second;
}

api::Session* FakeBackend::find(const QString& id) {
    const auto it = m_sessions.find(id);
    return it == m_sessions.end() || m_removed.contains(id) ? nullptr : &it->second;
}

api::Message* FakeBackend::findMessage(const QString& sessionId, const MessageId& id) {
    for (auto& message : m_messages[sessionId]) {
        if (message.id == id) return &message;
    }
    return nullptr;
}

void FakeBackend::emitEvent(const QString& sessionId, api::TurnEvent event) {
    emit turnEvent(m_turns.at(sessionId).id, sessionId, event);
}

void FakeBackend::startTurn(const QString& sessionId) {
    Turn& turn = m_turns.at(sessionId);
    MessageId parent = turn.parent;
    api::TurnStarted started;
    if (!turn.content.isEmpty()) {
        auto& user =
            addMessage(sessionId, QString::fromStdString(parent.str()), api::Role::User, turn.content);
        user.attachments = turn.attachments;
        parent = user.id;
    }
    started.userMessageId = parent;
    auto& reply = addMessage(sessionId, QString::fromStdString(parent.str()), api::Role::Assistant, {});
    reply.state = api::MessageState::Pending;
    started.assistantMessageId = turn.answer = reply.id;
    emitEvent(sessionId, started);
}

void FakeBackend::delta(const QString& sessionId, const QString& text) {
    findMessage(sessionId, m_turns.at(sessionId).answer)->content += text.toStdString();
    emitEvent(sessionId, api::TurnDelta{text.toStdString()});
}

void FakeBackend::reasoning(const QString& sessionId, const QString& text) {
    findMessage(sessionId, m_turns.at(sessionId).answer)->reasoning += text.toStdString();
    emitEvent(sessionId, api::TurnReasoning{text.toStdString()});
}

void FakeBackend::tool(const QString& sessionId, api::ToolCall call) {
    // As the core does it: only what ended is kept.
    if (call.durationMs >= 0) findMessage(sessionId, m_turns.at(sessionId).answer)->toolCalls.push_back(call);
    emitEvent(sessionId, api::TurnTool{std::move(call)});
}

void FakeBackend::finishTurn(const QString& sessionId) {
    api::Message* message = findMessage(sessionId, m_turns.at(sessionId).answer);
    message->state = api::MessageState::Complete;
    message->usage = api::Usage{120, 45, false};
    message->firstTokenMs = 420;
    message->durationMs = 1420;
    const api::TurnEvent event = api::TurnDone{*message};
    const TurnId id = m_turns.at(sessionId).id;
    m_turns.erase(sessionId);
    emit turnEvent(id, sessionId, event);
}

void FakeBackend::failTurn(const QString& sessionId, ErrorCode code, api::MessageState state) {
    api::Message* message = findMessage(sessionId, m_turns.at(sessionId).answer);
    message->state = state;
    message->error = api::ErrorInfo{std::string(toString(code)), "scripted"};
    const api::TurnEvent event = api::TurnFailed{fail(code, "scripted"), *message};
    const TurnId id = m_turns.at(sessionId).id;
    m_turns.erase(sessionId);
    emit turnEvent(id, sessionId, event);
}

void FakeBackend::refuseTurn(const QString& sessionId, ErrorCode code) {
    const TurnId id = m_turns.at(sessionId).id;
    m_turns.erase(sessionId);
    emit turnEvent(id, sessionId, api::TurnFailed{fail(code, "scripted"), {}});
}

void FakeBackend::listSessions(QObject* context, Reply<std::vector<api::Session>> reply) {
    std::vector<api::Session> list;
    for (const auto& [id, session] : m_sessions) {
        if (!m_removed.contains(id)) list.push_back(session);
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.updatedAt > b.updatedAt; });
    answer<std::vector<api::Session>>(context, std::move(reply), std::move(list));
}

void FakeBackend::createSession(api::SessionPatch draft, QObject* context, Reply<api::Session> reply) {
    calls << QStringLiteral("createSession");
    api::Session& session = addSession(QStringLiteral("new%1").arg(++m_lastId), {});
    session.model = draft.model.value_or("");
    session.project = draft.project.value_or("");
    session.folder = draft.folder.value_or("");
    const api::Session copy = session;
    emit sessionChanged(copy);
    answer<api::Session>(context, std::move(reply), copy);
}

void FakeBackend::updateSession(SessionId id, api::SessionPatch patch, QObject* context,
                                Reply<api::Session> reply) {
    calls << QStringLiteral("updateSession ") + text(id);
    api::Session* session = find(text(id));
    if (session == nullptr) return answer<api::Session>(context, std::move(reply), fail(ErrorCode::NotFound));
    if (!m_nextError) {
        if (patch.title) session->title = *patch.title;
        if (patch.folder) session->folder = *patch.folder;
        if (patch.model) session->model = *patch.model;
        if (patch.project) session->project = *patch.project;
        if (patch.pinned) session->pinned = *patch.pinned;
        if (patch.leaf) session->leaf = *patch.leaf;
        emit sessionChanged(*session);
    }
    answer<api::Session>(context, std::move(reply), *session);
}

void FakeBackend::removeSession(SessionId id, QObject* context, Reply<void> reply) {
    calls << QStringLiteral("removeSession ") + text(id);
    if (!m_nextError) {
        m_removed.insert(text(id));
        emit sessionRemoved(text(id));
    }
    answer<void>(context, std::move(reply), Result<void>());
}

void FakeBackend::restoreSession(SessionId id, QObject* context, Reply<void> reply) {
    calls << QStringLiteral("restoreSession ") + text(id);
    m_removed.erase(text(id));
    emit sessionChanged(m_sessions.at(text(id)));
    answer<void>(context, std::move(reply), Result<void>());
}

void FakeBackend::loadMessages(SessionId id, int limit, std::optional<qint64> before, QObject* context,
                               Reply<api::MessagePage> reply) {
    calls << QStringLiteral("loadMessages ") + text(id);
    const auto& all = m_messages[text(id)];
    std::size_t end = all.size();
    while (before && end > 0 && all[end - 1].seq >= *before) {
        --end;
    }
    const std::size_t count = std::min<std::size_t>(end, static_cast<std::size_t>(limit));
    api::MessagePage page;
    page.messages.assign(all.begin() + static_cast<std::ptrdiff_t>(end - count),
                         all.begin() + static_cast<std::ptrdiff_t>(end));
    if (end > count) page.next = page.messages.front().seq;
    answer<api::MessagePage>(context, std::move(reply), std::move(page));
}

void FakeBackend::search(QString query, QObject* context, Reply<std::vector<api::SearchHit>> reply) {
    searches << query;
    answer<std::vector<api::SearchHit>>(context, std::move(reply), hits);
}

void FakeBackend::exportSession(SessionId id, bool markdown, QObject* context, Reply<QByteArray> reply) {
    calls << QStringLiteral("exportSession %1 %2").arg(text(id), markdown ? u"md" : u"json");
    QByteArray bytes("# exported\n");
    answer<QByteArray>(context, std::move(reply), std::move(bytes));
}

void FakeBackend::importSessions(QByteArray bytes, QObject* context, Reply<qint64> reply) {
    calls << QStringLiteral("importSessions %1").arg(bytes.size());
    answer<qint64>(context, std::move(reply), qint64(1));
}

void FakeBackend::listModels(QObject* context, Reply<std::vector<api::ModelInfo>> reply) {
    answer<std::vector<api::ModelInfo>>(context, std::move(reply), models);
}

void FakeBackend::fetchStatus(QObject* context, Reply<api::ServiceStatus> reply) {
    ++statusCalls;
    answer<api::ServiceStatus>(context, std::move(reply), status);
}

void FakeBackend::listProviders(QObject* context, Reply<std::vector<api::ProviderInfo>> reply) {
    answer<std::vector<api::ProviderInfo>>(context, std::move(reply), providers);
}

void FakeBackend::saveProvider(QString oldName, api::ProviderInfo provider, std::optional<QString> newKey,
                               QObject* context, Reply<void> reply) {
    calls << QStringLiteral("saveProvider ") + QString::fromStdString(provider.name);
    if (m_nextError) return answer<void>(context, std::move(reply), Result<void>());
    lastKey = newKey;
    provider.hasKey = newKey.has_value();
    std::erase_if(providers,
                  [&](const auto& p) { return p.name == oldName.toStdString() || p.name == provider.name; });
    providers.push_back(std::move(provider));
    answer<void>(context, std::move(reply), Result<void>());
}

void FakeBackend::removeProvider(QString name, QObject* context, Reply<void> reply) {
    calls << QStringLiteral("removeProvider ") + name;
    std::erase_if(providers, [&](const auto& p) { return p.name == name.toStdString(); });
    answer<void>(context, std::move(reply), Result<void>());
}

void FakeBackend::testProvider(QString name, QObject* context, Reply<api::ProviderTest> reply) {
    calls << QStringLiteral("testProvider ") + name;
    api::ProviderTest test;
    test.ok = true;
    test.latencyMs = 321;
    test.model = "deepseek-chat";
    if (nextTest) test = *std::exchange(nextTest, std::nullopt);
    answer<api::ProviderTest>(context, std::move(reply), std::move(test));
}

Result<QString> FakeBackend::previewEndpoint(const QString& baseUrl, const QString&) const {
    if (!baseUrl.startsWith(u"http")) return fail(ErrorCode::InvalidRequest, "not a web address", "baseUrl");
    return baseUrl + QStringLiteral("/chat/completions");
}

TurnId FakeBackend::begin(const QString& sessionId, Turn turn) {
    turn.id = ++m_lastTurn;
    const TurnId id = turn.id;
    if (m_turns.contains(sessionId)) {
        QTimer::singleShot(0, this, [this, id, sessionId] {
            emit turnEvent(id, sessionId, api::TurnFailed{fail(ErrorCode::Conflict), {}});
        });
        return id;
    }
    m_turns[sessionId] = std::move(turn);
    return id;
}

TurnId FakeBackend::sendMessage(SessionId session, api::SendRequest request) {
    calls << QStringLiteral("sendMessage %1 %2").arg(text(session), QString::fromStdString(request.content));
    Turn turn;
    turn.parent = request.parentId.value_or(m_sessions[text(session)].leaf);
    turn.content = QString::fromStdString(request.content);
    turn.attachments = request.attachments;
    lastRequest = std::move(request);
    return begin(text(session), std::move(turn));
}

TurnId FakeBackend::regenerate(SessionId session, MessageId assistantMessage, QString model) {
    calls << QStringLiteral("regenerate %1 %2").arg(QString::fromStdString(assistantMessage.str()), model);
    Turn turn;
    if (const auto* message = findMessage(text(session), assistantMessage)) turn.parent = message->parentId;
    return begin(text(session), std::move(turn));
}

TurnId FakeBackend::editMessage(SessionId session, MessageId userMessage, QString content) {
    calls << QStringLiteral("editMessage %1 %2").arg(QString::fromStdString(userMessage.str()), content);
    Turn turn;
    if (const auto* message = findMessage(text(session), userMessage)) turn.parent = message->parentId;
    turn.content = content;
    return begin(text(session), std::move(turn));
}

void FakeBackend::stopTurn(SessionId session) {
    calls << QStringLiteral("stopTurn ") + text(session);
    const auto turn = m_turns.find(text(session));
    if (turn == m_turns.end()) return;
    if (turn->second.answer.empty())
        refuseTurn(text(session), ErrorCode::Cancelled);
    else
        failTurn(text(session), ErrorCode::Cancelled, api::MessageState::Stopped);
}

} // namespace exo::ui
