#include "tests/unit/server/Fakes.h"

namespace exo::test {

Task<std::optional<CompletionEvent>> ScriptedStream::next() {
    if (script.empty()) co_return std::optional<CompletionEvent>();
    auto event = std::move(script.front());
    script.pop_front();
    co_return event;
}

Task<Completion> FakeGateway::complete(CompletionRequest request, GatewayCall call) {
    const CancelToken cancel = call.context.cancel;
    note(std::move(request), std::move(call));
    if (gate) {
        const auto wake = cancel.onCancel([this](CancelReason) { gate->notify(); });
        co_await gate->wait();
        if (cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
    }
    if (failure) co_return *failure;
    Completion completion;
    completion.body = answer;
    co_return completion;
}

Task<std::unique_ptr<CompletionStream>> FakeGateway::stream(CompletionRequest request, GatewayCall call) {
    note(std::move(request), std::move(call));
    if (failure) co_return *failure;
    if (makeStream) co_return makeStream(lastCall);
    auto scripted = std::make_unique<ScriptedStream>();
    scripted->script = std::move(script);
    std::unique_ptr<CompletionStream> stream = std::move(scripted);
    co_return std::move(stream);
}

Task<EmbeddingResult> FakeGateway::embed(EmbeddingRequest request, GatewayCall call) {
    CompletionRequest noted{request.model, request.body, nullptr};
    note(std::move(noted), std::move(call));
    if (failure) co_return *failure;
    co_return embeddings;
}

std::vector<api::ModelInfo> FakeGateway::models() const {
    return {{"vendor/model-a", "acme", "acme", 8192, false},
            {"exobrain-local", "local", "exobrain", 0, false}};
}

Task<void> FakeGateway::purgeCache() {
    ++purges;
    co_return Result<void>();
}

void FakeGateway::note(CompletionRequest request, GatewayCall call) {
    ++calls;
    if (onCall) onCall();
    *call.report = report;
    call.report->provider = "acme";
    call.report->model = answeredBy;
    call.report->attempts = 2;
    call.report->overhead = std::chrono::microseconds(42);
    lastRequest = std::move(request);
    lastCall = std::move(call);
}

Task<api::Session> FakeSessions::create(Owner owner, api::SessionPatch draft) {
    api::Session session;
    session.id = SessionId("ses_" + std::to_string(sessions.size() + 1));
    apply(session, draft);
    sessions[owner.id + "/" + session.id.str()] = session;
    co_return session;
}

Task<std::vector<api::Session>> FakeSessions::list(Owner owner, SessionFilter filter) {
    lastFilter = filter;
    std::vector<api::Session> out;
    for (const auto& [key, session] : sessions)
        if (key.starts_with(owner.id + "/") && out.size() < filter.limit) out.push_back(session);
    co_return out;
}

Task<api::Session> FakeSessions::get(Owner owner, SessionId id) {
    const auto it = sessions.find(owner.id + "/" + id.str());
    if (it == sessions.end()) co_return fail(ErrorCode::NotFound, "no such session");
    co_return it->second;
}

Task<api::Session> FakeSessions::update(Owner owner, SessionId id, api::SessionPatch patch) {
    const auto it = sessions.find(owner.id + "/" + id.str());
    if (it == sessions.end()) co_return fail(ErrorCode::NotFound, "no such session");
    apply(it->second, patch);
    co_return it->second;
}

Task<void> FakeSessions::remove(Owner owner, SessionId id) {
    if (sessions.erase(owner.id + "/" + id.str()) == 0)
        co_return fail(ErrorCode::NotFound, "no such session");
    co_return Result<void>();
}

Task<void> FakeSessions::restore(Owner owner, SessionId id) {
    sessions[owner.id + "/" + id.str()].id = id;
    co_return Result<void>();
}

Task<api::MessagePage> FakeSessions::messages(Owner, SessionId, std::size_t limit,
                                              std::optional<std::int64_t> before) {
    lastLimit = limit;
    lastBefore = before;
    api::MessagePage page;
    page.next = 7;
    co_return page;
}

Task<std::vector<api::SearchHit>> FakeSessions::search(Owner owner, std::string query, std::size_t) {
    lastOwner = owner;
    lastQuery = std::move(query);
    co_return std::vector<api::SearchHit>{
        {SessionId("ses_1"), MessageId("msg_1"), "title", "a snippet", 1.5}};
}

Task<std::string> FakeSessions::exportSession(Owner, SessionId, ExportFormat format) {
    co_return std::string(format == ExportFormat::Markdown ? "# title" : "{\"sessions\":[]}");
}

Task<ImportReport> FakeSessions::importSessions(Owner, std::string bytes) {
    imported = std::move(bytes);
    co_return ImportReport{2, 9, 1};
}

void FakeSessions::apply(api::Session& session, const api::SessionPatch& patch) {
    if (patch.title) session.title = *patch.title;
    if (patch.project) session.project = *patch.project;
    if (patch.pinned) session.pinned = *patch.pinned;
}

Task<api::Message> FakeChat::send(SessionId session, api::SendRequest request, TurnContext context,
                                  TurnSink& sink) {
    lastSession = session.str();
    lastSend = std::move(request);
    lastContext = std::move(context);
    return play(sink);
}

Task<api::Message> FakeChat::regenerate(SessionId session, MessageId message, std::string model, TurnContext,
                                        TurnSink& sink) {
    lastSession = session.str();
    lastMessage = message.str();
    lastModel = std::move(model);
    return play(sink);
}

Task<api::Message> FakeChat::edit(SessionId session, MessageId message, std::string content, TurnContext,
                                  TurnSink& sink) {
    lastSession = session.str();
    lastMessage = message.str();
    lastContent = std::move(content);
    return play(sink);
}

Task<bool> FakeChat::stop(Owner, SessionId session) {
    lastSession = session.str();
    co_return running;
}

Task<api::Message> FakeChat::play(TurnSink& sink) {
    if (refusal) co_return *refusal;
    for (const auto& event : events) {
        EXO_CO_CHECK(co_await sink.onEvent(event));
        if (const auto* failed = std::get_if<api::TurnFailed>(&event)) co_return failed->error;
    }
    co_return api::Message{};
}

void FakeKeys::add(std::string secret, server::KnownKey key) {
    entries.push_back({std::move(secret), std::move(key)});
    ++version;
}

Task<server::KeyList> FakeKeys::list(std::optional<std::int64_t> known) {
    ++lists;
    if (silent) {
        asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
        co_await never.async_wait(asio::use_awaitable);
    }
    server::KeyList list;
    list.version = version;
    list.changed = known != version;
    if (list.changed)
        for (const auto& entry : entries)
            list.keys.push_back(entry.key);
    co_return list;
}

Task<server::KnownKey> FakeKeys::verify(std::string token) {
    ++verifications;
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable); // as a database would
    for (const auto& entry : entries)
        if (entry.secret == token) co_return entry.key;
    co_return fail(ErrorCode::InvalidApiKey, "unknown key");
}

Task<void> FakeKeys::touch(std::string id) {
    touched.push_back(std::move(id));
    co_return Result<void>();
}

Task<void> CapturingStream::write(std::string bytes) {
    if (m_captured.broken) co_return fail(ErrorCode::Cancelled);
    m_captured.body += bytes;
    ++m_captured.writes;
    co_return Result<void>();
}

Task<void> CapturingStream::end(std::string bytes) {
    if (!bytes.empty()) EXO_CO_CHECK(co_await write(std::move(bytes)));
    m_captured.ended = true;
    co_return Result<void>();
}

Task<void> CapturingWriter::send(net::ServerResponse response) {
    m_captured.committed = true;
    m_captured.status = response.status;
    m_captured.headers = std::move(response.headers);
    m_captured.body = std::move(response.body);
    co_return Result<void>();
}

Task<std::unique_ptr<net::SseStream>> CapturingWriter::startSse(std::vector<net::Header> headers) {
    m_captured.committed = true;
    m_captured.streaming = true;
    m_captured.status = 200;
    m_captured.headers = std::move(headers);
    std::unique_ptr<net::SseStream> stream = std::make_unique<CapturingStream>(m_captured);
    co_return std::move(stream);
}

ServerRig::ServerRig() {
    log::Options quiet;
    quiet.level = log::Level::Error;
    log::setUp(quiet);
    (void)run(io, keyCache.load());
}

net::ServerRequest ServerRig::request(std::string method, std::string target, std::string body) {
    net::ServerRequest request;
    request.method = std::move(method);
    request.path = target.substr(0, target.find('?'));
    if (const auto mark = target.find('?'); mark != std::string::npos)
        request.query = target.substr(mark + 1);
    request.target = std::move(target);
    request.body = std::move(body);
    request.headers = {{"Host", "127.0.0.1:8686"}};
    request.remoteAddress = "127.0.0.1";
    request.remoteIsLoopback = true;
    request.requestId = "req_test";
    return request;
}

Captured ServerRig::call(net::ServerRequest request, bool broken) {
    Captured captured;
    captured.broken = broken;
    CapturingWriter writer(captured);
    run(io, server.handle(request, writer));
    return captured;
}

Captured ServerRig::call(std::string method, std::string target, std::string body) {
    return call(request(std::move(method), std::move(target), std::move(body)));
}

server::Services ServerRig::services() {
    return {gateway,
            sessions,
            chat,
            clock,
            [this]() -> const Settings& { return settings; },
            [] { return api::ServiceStatus{}; },
            [this] { return storageTrouble; },
            nullptr,
            &analyses};
}

} // namespace exo::test
