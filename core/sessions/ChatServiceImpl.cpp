#include "core/sessions/ChatServiceImpl.h"

#include "core/base/Log.h"
#include "core/sessions/ContextBuilder.h"
#include "core/sessions/Turn.h"
#include "core/storage/SessionStore.h"
#include "core/storage/Sqlite.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace exo {

namespace {

constexpr std::size_t k_maxQuestionBytes = 4u << 20;
constexpr std::int64_t k_toolsTokens = 2000;      // what the description of the tools costs
constexpr std::int64_t k_leastToolContext = 8192; // of a model that is offered tools
constexpr std::int64_t k_leastToolRoom = 1000;    // tokens for results

Result<void> checkQuestion(const std::string& content, bool hasAttachments) {
    if (content.find_first_not_of(" \t\r\n") == std::string::npos && !hasAttachments)
        return fail(ErrorCode::InvalidRequest, "the message is empty", "content");
    if (content.size() > k_maxQuestionBytes)
        return fail(ErrorCode::RequestTooLarge, "a message may have 4 MB of text; attach a file instead",
                    "content");
    return {};
}

// The text exists, but could not be written: it is handed over, so that nothing is lost while the window is
// open.
api::Message unsavedMessage(const Turn& turn, const Error& error) {
    api::Message message = turn.rows.assistant;
    message.content = turn.end.content;
    message.reasoning = turn.end.reasoning;
    message.citations = turn.end.citations;
    message.toolCalls = turn.end.toolCalls;
    message.state = api::MessageState::Failed;
    message.error = api::ErrorInfo{std::string(toString(error.code)), error.detail};
    return message;
}

// The request itself was not to the provider's liking.
bool isRefusal(const Error& error) {
    const bool its = error.upstreamStatus >= 400 && error.upstreamStatus < 500;
    return its && error.upstreamStatus != 401 && error.upstreamStatus != 403 && error.upstreamStatus != 408 &&
           error.upstreamStatus != 429;
}

std::string lastQuestion(const Turn& turn) {
    for (auto it = turn.path.rbegin(); it != turn.path.rend(); ++it)
        if (it->role == api::Role::User) return it->content;
    return {};
}

} // namespace

ChatServiceImpl::ChatServiceImpl(Parts parts)
    : m_parts(parts)
    , m_idle(parts.io) {
    m_idle.expires_at(asio::steady_timer::time_point::max());
}

ChatServiceImpl::~ChatServiceImpl() {
    m_parts.timers.cancel(m_saveTimer);
}

Task<api::Message> ChatServiceImpl::send(SessionId session, api::SendRequest request, TurnContext context,
                                         TurnSink& sink) {
    EXO_CO_CHECK(checkQuestion(request.content, !request.attachments.empty()));
    TurnPlan plan;
    plan.session = session;
    plan.model = request.model;
    plan.draft = [session, request = std::move(request)](MessageStore&) -> Result<TurnDraft> {
        TurnDraft draft;
        draft.session = session;
        draft.parent = request.parentId;
        draft.userContent = request.content;
        draft.attachments = request.attachments;
        return draft;
    };
    co_return co_await run(std::move(plan), std::move(context), sink);
}

Task<api::Message> ChatServiceImpl::regenerate(SessionId session, MessageId assistantMessage,
                                               std::string model, TurnContext context, TurnSink& sink) {
    TurnPlan plan;
    plan.session = session;
    plan.model = std::move(model);
    plan.anew = true;
    plan.draft = [session, assistantMessage](MessageStore& store) -> Result<TurnDraft> {
        EXO_TRY(const api::Message old, store.get(session, assistantMessage));
        if (old.role != api::Role::Assistant || old.parentId.empty())
            return fail(ErrorCode::InvalidRequest, "only an answer can be regenerated", "messageId");
        TurnDraft draft;
        draft.session = session;
        draft.parent = old.parentId;
        return draft;
    };
    co_return co_await run(std::move(plan), std::move(context), sink);
}

Task<api::Message> ChatServiceImpl::edit(SessionId session, MessageId userMessage, std::string content,
                                         TurnContext context, TurnSink& sink) {
    EXO_CO_CHECK(checkQuestion(content, false));
    TurnPlan plan;
    plan.session = session;
    plan.draft = [session, userMessage,
                  content = std::move(content)](MessageStore& store) -> Result<TurnDraft> {
        EXO_TRY(const api::Message old, store.get(session, userMessage));
        if (old.role != api::Role::User)
            return fail(ErrorCode::InvalidRequest, "only a message of the user can be edited", "messageId");
        TurnDraft draft;
        draft.session = session;
        draft.parent = old.parentId;
        draft.userContent = content;
        for (const auto& attachment : old.attachments) {
            EXO_TRY(auto copy, store.attachment(session, attachment.id));
            draft.attachments.push_back(std::move(copy));
        }
        return draft;
    };
    co_return co_await run(std::move(plan), std::move(context), sink);
}

Task<bool> ChatServiceImpl::stop(Owner owner, SessionId session) {
    std::function<Result<api::Session>(Connection&)> check = [owner, session](Connection& db) {
        return SessionStore(db).get(owner, session);
    };
    auto found = co_await m_parts.database.read<api::Session>(std::move(check));
    if (!found.ok()) co_return std::move(found).error();
    const auto it = m_running.find(session);
    if (it == m_running.end()) co_return false;
    const std::shared_ptr<Turn> turn = it->second;
    turn->cancel.cancel(CancelReason::UserStop);
    co_return true;
}

asio::awaitable<void> ChatServiceImpl::shutDown(CancelReason reason) {
    m_closed = true;
    while (!m_running.empty()) {
        std::vector<std::shared_ptr<Turn>> turns;
        for (const auto& [id, turn] : m_running)
            turns.push_back(turn);
        for (const auto& turn : turns)
            turn->cancel.cancel(reason);
        if (m_running.empty()) break;
        boost::system::error_code ignored;
        co_await m_idle.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    m_parts.timers.cancel(m_saveTimer);
    if (!m_unsaved.empty()) co_await saveUnsaved(); // the last chance
}

Task<api::Message> ChatServiceImpl::run(TurnPlan plan, TurnContext context, TurnSink& sink) {
    if (m_closed) co_return fail(ErrorCode::ShuttingDown, "ExoBrain is shutting down");
    auto turn = std::make_shared<Turn>();
    turn->context = std::move(context);
    turn->startedAt = m_parts.clock.now();
    turn->model = plan.model;
    turn->anew = plan.anew;
    const SessionId id = plan.session;

    // Ownership first: a stranger must not even learn that the session answers at the moment.
    const Owner owner = turn->context.owner;
    std::function<Result<api::Session>(Connection&)> load = [owner, id](Connection& db) {
        return SessionStore(db).get(owner, id);
    };
    auto session = co_await m_parts.database.read<api::Session>(std::move(load));
    if (!session.ok()) co_return std::move(session).error();
    if (m_closed) co_return fail(ErrorCode::ShuttingDown, "ExoBrain is shutting down");
    if (!m_running.emplace(id, turn).second)
        co_return fail(ErrorCode::Conflict, "this session is answering already; stop it first");

    struct Leave { // also when the coroutine is destroyed
        ChatServiceImpl& service;
        SessionId id;
        ~Leave() {
            service.m_running.erase(id);
            service.m_idle.cancel();
        }
    } const leave{*this, id};

    turn->fromCaller = turn->context.cancel.onCancel([weak = std::weak_ptr(turn)](CancelReason reason) {
        if (const auto strong = weak.lock()) strong->cancel.cancel(reason);
    });
    auto begun = co_await begin(*turn, std::move(plan));
    if (!begun.ok()) co_return std::move(begun).error();

    Result<void> outcome;
    {
        const MessageId userId = turn->rows.user ? turn->rows.user->id : turn->rows.assistant.parentId;
        api::TurnEvent started = api::TurnStarted{userId, turn->rows.assistant.id};
        auto told = co_await sink.onEvent(std::move(started));
        if (!told.ok()) turn->cancel.cancel(CancelReason::ClientGone);
    }
    if (turn->cancel.cancelled()) {
        outcome = cancelledBy(turn->cancel.token().reason());
    } else {
        auto answered = co_await answer(turn, sink);
        outcome = std::move(answered);
    }

    Error failure = outcome.ok()
                        ? fail(ErrorCode::ContentFilter, "the provider's content filter ended the answer")
                        : outcome.error();
    const bool wholeStream = outcome.ok();
    auto message = co_await finish(turn, std::move(outcome));
    if (!message.ok()) failure = message.error();
    const bool failed = !message.ok() || message->state == api::MessageState::Failed ||
                        (message->state == api::MessageState::Interrupted && !wholeStream);
    api::TurnEvent last;
    if (!message.ok()) {
        last = api::TurnFailed{failure, unsavedMessage(*turn, failure)};
    } else if (failed) {
        last = api::TurnFailed{failure, *message};
    } else {
        last = api::TurnDone{*message};
    }
    auto told = co_await sink.onEvent(std::move(last));
    if (!told.ok()) log::debug("the reader of a turn left before its end");
    if (failed) co_return failure;
    co_return message;
}

Task<void> ChatServiceImpl::begin(Turn& turn, TurnPlan plan) {
    struct Begun {
        api::Session session;
        TurnRows rows;
        std::vector<api::Message> path;
        std::vector<Compaction> compactions;
    };
    const std::string fallbackModel = m_parts.gateway.defaultModel();
    const Owner owner = turn.context.owner;
    const WallTime now = m_parts.clock.wallNow();
    const auto answer = std::make_shared<MessageId>();
    std::function<Result<Begun>(Connection&)> job = [plan = std::move(plan), owner, now, fallbackModel,
                                                     answer](Connection& db) -> Result<Begun> {
        SessionStore sessions(db);
        MessageStore messages(db);
        Begun begun;
        EXO_TRY(begun.session, sessions.get(owner, plan.session));
        EXO_TRY(TurnDraft draft, plan.draft(messages));
        draft.model = !plan.model.empty()            ? plan.model
                      : !begun.session.model.empty() ? begun.session.model
                                                     : fallbackModel;
        EXO_TRY(begun.rows, messages.beginTurn(draft, now));
        *answer = begun.rows.assistant.id;
        if (draft.userContent)
            EXO_CHECK(sessions.setTitleIfEmpty(plan.session, titleFromText(*draft.userContent)));
        EXO_TRY(begun.path,
                messages.path(plan.session, begun.rows.assistant.parentId, MessageStore::Data::With));
        EXO_TRY(begun.compactions, messages.compactions(plan.session));
        return begun;
    };
    auto begun = co_await m_parts.database.write<Begun>(std::move(job));
    if (!begun.ok()) {
        endIfBegun(*answer, begun.error());
        co_return std::move(begun).error();
    }
    turn.session = std::move(begun->session);
    turn.rows = std::move(begun->rows);
    turn.path = std::move(begun->path);
    turn.compactions = std::move(begun->compactions);
    turn.model = turn.rows.assistant.model;
    turn.local = turn.model == k_localModel;
    turn.end.model = turn.model;
    co_return Result<void>();
}

Task<void> ChatServiceImpl::answer(std::shared_ptr<Turn> turn, TurnSink& sink) {
    auto built = co_await buildRequest(*turn);
    if (!built.ok()) co_return std::move(built).error();
    Json body = std::move(*built);
    for (;;) {
        auto stream = co_await open(*turn, body);
        if (!stream.ok() && body.contains("tools") && turn->tools.rounds() == 0 &&
            isRefusal(stream.error())) {
            // Some models take no tools. One that refuses them once is not asked again.
            body.erase("tools");
            stream = co_await open(*turn, body);
            if (stream.ok()) m_withoutTools.insert(turn->model);
        }
        if (!stream.ok()) co_return std::move(stream).error();
        auto consumed = co_await consume(turn, **stream, sink);
        stream->reset(); // its place is free while tools run
        if (!consumed.ok()) co_return std::move(consumed).error();
        if (!turn->tools.asked() || !body.contains("tools") || turn->tools.rounds() >= k_maxToolRounds) break;
        auto ran = co_await runTools(turn, body, sink);
        if (!ran.ok()) co_return std::move(ran).error();
    }
    co_return co_await cite(turn, sink);
}

Task<std::unique_ptr<CompletionStream>> ChatServiceImpl::open(Turn& turn, Json body) {
    CompletionRequest request;
    request.model = turn.model;
    request.body = std::move(body);
    GatewayCall call;
    call.context.requestId = turn.context.requestId;
    call.context.cancel = turn.cancel.token();
    call.context.scope = RetrievalScope{turn.session.project, turn.context.owner.id, turn.session.id, true};
    call.tenant = turn.context.owner.id;
    call.priority = turn.context.priority;
    call.report = turn.report;
    call.cache.read = !turn.anew;
    co_return co_await m_parts.gateway.stream(std::move(request), std::move(call));
}

Task<std::vector<Excerpt>> ChatServiceImpl::retrieve(Turn& turn, std::string question) {
    RetrievalQuery query;
    query.question = std::move(question);
    query.scope = RetrievalScope{turn.session.project, turn.context.owner.id, turn.session.id, false};
    const std::int64_t budget = m_parts.gateway.contextTokens(turn.model);
    query.maxBytes =
        static_cast<std::size_t>(std::min<std::int64_t>(24 << 10, budget)); // about a quarter of the tokens
    co_return co_await m_parts.retriever.retrieve(std::move(query), turn.cancel.token());
}

Task<Json> ChatServiceImpl::buildRequest(Turn& turn) {
    ContextInput input;
    if (!turn.local && !turn.session.project.empty()) {
        auto excerpts = co_await retrieve(turn, lastQuestion(turn));
        if (excerpts.ok()) {
            std::erase_if(*excerpts, [](const Excerpt& e) { return e.source != Excerpt::Source::Project; });
            turn.excerpts = std::move(*excerpts);
        } else if (turn.cancel.cancelled()) {
            co_return std::move(excerpts).error();
        } else { // the question can be answered without them
            log::warn("no project context for this turn: {}", excerpts.error().toLogString());
        }
    }
    input.systemPrompt = turn.session.systemPrompt;
    input.path = turn.path;
    input.compactions = turn.compactions;
    input.excerpts = turn.excerpts;
    const std::int64_t contextTokens = m_parts.gateway.contextTokens(turn.model);
    const bool mayUse = m_parts.tools && !turn.local && !turn.session.project.empty() &&
                        contextTokens >= k_leastToolContext && !m_withoutTools.contains(turn.model);
    input.contextTokens = mayUse ? contextTokens - k_toolsTokens : contextTokens;
    input.calibration = m_calibration.factor(turn.model);
    BuiltContext built = buildContext(input);
    turn.estimatedInput = built.estimatedTokens;
    if (built.compaction) {
        const SessionId session = turn.session.id;
        const Compaction compaction = *built.compaction;
        const WallTime now = m_parts.clock.wallNow();
        std::function<Result<void>(Connection&)> job = [session, compaction,
                                                        now](Connection& db) -> Result<void> {
            MessageStore store(db);
            EXO_CHECK(store.saveCompaction(session, compaction, now));
            return store.setCompactedBefore(compaction.boundary);
        };
        auto saved = co_await m_parts.database.write<void>(std::move(job));
        if (!saved.ok()) log::warn("a compaction boundary was not saved: {}", saved.error().toLogString());
    }
    Json body = Json::object();
    body["messages"] = std::move(built.messages);
    // For the results there is what the conversation leaves, less the tools' own description and the answer.
    const std::int64_t room = contextTokens - built.estimatedTokens - k_toolsTokens - contextTokens / 4;
    if (mayUse && room >= k_leastToolRoom) {
        body["tools"] = ToolRounds::offer(m_parts.tools->tools());
        turn.tools = ToolRounds(room);
    }
    co_return body;
}

} // namespace exo
