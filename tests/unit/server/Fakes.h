#pragma once
// Services that play what a test wrote down, and a writer that keeps what was answered.

#include "core/base/Log.h"
#include "core/net/Event.h"
#include "core/server/Server.h"
#include "tests/support/FakeClock.h"
#include "tests/support/RunTask.h"
#include "tests/unit/server/FakeAnalyses.h"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace exo::test {

class ScriptedStream final : public CompletionStream {
  public:
    StreamHead streamHead{"chatcmpl-up", "real-model", ""};
    std::deque<Result<std::optional<CompletionEvent>>> script; // past its end: a proper end

    const StreamHead& head() const override { return streamHead; }
    Task<std::optional<CompletionEvent>> next() override {
        if (script.empty()) co_return std::optional<CompletionEvent>();
        auto event = std::move(script.front());
        script.pop_front();
        co_return event;
    }
};

class FakeGateway final : public Gateway {
  public:
    std::deque<Result<std::optional<CompletionEvent>>> script;
    std::optional<Error> failure; // of every call, before anything else
    Json answer = Json::object();
    EmbeddingResult embeddings;
    std::string answeredBy = "real-model";
    GatewayStats gatewayStats;
    std::vector<BreakerInfo> breakerList;
    int purges = 0;
    CallReport report; // what a call reports beside provider, model, attempts and overhead
    CompletionRequest lastRequest;
    GatewayCall lastCall;
    std::function<void()> onCall;
    std::function<std::unique_ptr<CompletionStream>(const GatewayCall&)> makeStream; // instead of the script

    net::Event* gate = nullptr; // what whole answers wait for
    int calls = 0;

    Task<Completion> complete(CompletionRequest request, GatewayCall call) override {
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
    Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, GatewayCall call) override {
        note(std::move(request), std::move(call));
        if (failure) co_return *failure;
        if (makeStream) co_return makeStream(lastCall);
        auto scripted = std::make_unique<ScriptedStream>();
        scripted->script = std::move(script);
        std::unique_ptr<CompletionStream> stream = std::move(scripted);
        co_return std::move(stream);
    }
    Task<EmbeddingResult> embed(EmbeddingRequest request, GatewayCall call) override {
        CompletionRequest noted{request.model, request.body, nullptr};
        note(std::move(noted), std::move(call));
        if (failure) co_return *failure;
        co_return embeddings;
    }
    std::vector<api::ModelInfo> models() const override {
        return {{"vendor/model-a", "acme", "acme", 8192, false},
                {"exobrain-local", "local", "exobrain", 0, false}};
    }
    std::string defaultModel() const override { return "exobrain-local"; }
    std::int64_t contextTokens(std::string_view) const override { return 0; }
    std::vector<api::ProviderInfo> providers() const override { return {}; }
    Task<api::ProviderTest> testProvider(std::string, CancelToken) override { co_return api::ProviderTest{}; }
    GatewayStats stats() const override { return gatewayStats; }
    std::vector<BreakerInfo> breakers() const override { return breakerList; }
    Task<void> purgeCache() override {
        ++purges;
        co_return Result<void>();
    }
    void noteSystem(double, std::uint64_t) override {}
    void close() override {}
    void reconfigure(const Settings&, std::vector<std::unique_ptr<Provider>>) override {}

  private:
    void note(CompletionRequest request, GatewayCall call) {
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
};

class FakeSessions final : public SessionService {
  public:
    std::map<std::string, api::Session> sessions; // by owner + "/" + id
    Owner lastOwner;
    SessionFilter lastFilter;
    std::string lastQuery, imported;
    std::size_t lastLimit = 0;
    std::optional<std::int64_t> lastBefore;

    Task<api::Session> create(Owner owner, api::SessionPatch draft) override {
        api::Session session;
        session.id = SessionId("ses_" + std::to_string(sessions.size() + 1));
        apply(session, draft);
        sessions[owner.id + "/" + session.id.str()] = session;
        co_return session;
    }
    Task<std::vector<api::Session>> list(Owner owner, SessionFilter filter) override {
        lastFilter = filter;
        std::vector<api::Session> out;
        for (const auto& [key, session] : sessions)
            if (key.starts_with(owner.id + "/") && out.size() < filter.limit) out.push_back(session);
        co_return out;
    }
    Task<api::Session> get(Owner owner, SessionId id) override {
        const auto it = sessions.find(owner.id + "/" + id.str());
        if (it == sessions.end()) co_return fail(ErrorCode::NotFound, "no such session");
        co_return it->second;
    }
    Task<api::Session> update(Owner owner, SessionId id, api::SessionPatch patch) override {
        const auto it = sessions.find(owner.id + "/" + id.str());
        if (it == sessions.end()) co_return fail(ErrorCode::NotFound, "no such session");
        apply(it->second, patch);
        co_return it->second;
    }
    Task<void> remove(Owner owner, SessionId id) override {
        if (sessions.erase(owner.id + "/" + id.str()) == 0)
            co_return fail(ErrorCode::NotFound, "no such session");
        co_return Result<void>();
    }
    Task<void> restore(Owner owner, SessionId id) override {
        sessions[owner.id + "/" + id.str()].id = id;
        co_return Result<void>();
    }
    Task<api::MessagePage> messages(Owner, SessionId, std::size_t limit,
                                    std::optional<std::int64_t> before) override {
        lastLimit = limit;
        lastBefore = before;
        api::MessagePage page;
        page.next = 7;
        co_return page;
    }
    Task<std::vector<api::SearchHit>> search(Owner owner, std::string query, std::size_t) override {
        lastOwner = owner;
        lastQuery = std::move(query);
        co_return std::vector<api::SearchHit>{
            {SessionId("ses_1"), MessageId("msg_1"), "title", "a snippet", 1.5}};
    }
    Task<std::string> exportSession(Owner, SessionId, ExportFormat format) override {
        co_return std::string(format == ExportFormat::Markdown ? "# title" : "{\"sessions\":[]}");
    }
    Task<ImportReport> importSessions(Owner, std::string bytes) override {
        imported = std::move(bytes);
        co_return ImportReport{2, 9, 1};
    }

  private:
    static void apply(api::Session& session, const api::SessionPatch& patch) {
        if (patch.title) session.title = *patch.title;
        if (patch.project) session.project = *patch.project;
        if (patch.pinned) session.pinned = *patch.pinned;
    }
};

class FakeChat final : public ChatService {
  public:
    std::vector<api::TurnEvent> events;
    std::optional<Error> refusal; // before the first event
    api::SendRequest lastSend;
    std::string lastSession, lastMessage, lastModel, lastContent;
    TurnContext lastContext;
    bool running = false;

    Task<api::Message> send(SessionId session, api::SendRequest request, TurnContext context,
                            TurnSink& sink) override {
        lastSession = session.str();
        lastSend = std::move(request);
        lastContext = std::move(context);
        return play(sink);
    }
    Task<api::Message> regenerate(SessionId session, MessageId message, std::string model, TurnContext,
                                  TurnSink& sink) override {
        lastSession = session.str();
        lastMessage = message.str();
        lastModel = std::move(model);
        return play(sink);
    }
    Task<api::Message> edit(SessionId session, MessageId message, std::string content, TurnContext,
                            TurnSink& sink) override {
        lastSession = session.str();
        lastMessage = message.str();
        lastContent = std::move(content);
        return play(sink);
    }
    Task<bool> stop(Owner, SessionId session) override {
        lastSession = session.str();
        co_return running;
    }
    asio::awaitable<void> shutDown(CancelReason) override { co_return; }

  private:
    Task<api::Message> play(TurnSink& sink) {
        if (refusal) co_return *refusal;
        for (const auto& event : events) {
            EXO_CO_CHECK(co_await sink.onEvent(event));
            if (const auto* failed = std::get_if<api::TurnFailed>(&event)) co_return failed->error;
        }
        co_return api::Message{};
    }
};

class FakeKeys final : public server::KeySource {
  public:
    struct Entry {
        std::string secret;
        server::KnownKey key;
    };
    std::vector<Entry> entries;
    std::int64_t version = 1;
    int verifications = 0;
    int lists = 0;
    std::vector<std::string> touched;
    bool silent = false; // a store that does not answer

    void add(std::string secret, server::KnownKey key) {
        entries.push_back({std::move(secret), std::move(key)});
        ++version;
    }
    Task<server::KeyList> list(std::optional<std::int64_t> known) override {
        ++lists;
        if (silent) {
            asio::steady_timer never(co_await asio::this_coro::executor,
                                     asio::steady_timer::time_point::max());
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
    Task<server::KnownKey> verify(std::string token) override {
        ++verifications;
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable); // as a database would
        for (const auto& entry : entries)
            if (entry.secret == token) co_return entry.key;
        co_return fail(ErrorCode::InvalidApiKey, "unknown key");
    }
    Task<void> touch(std::string id) override {
        touched.push_back(std::move(id));
        co_return Result<void>();
    }
};

// What went over the wire.
struct Captured {
    bool committed = false;
    bool streaming = false;
    bool ended = false;
    int status = 0;
    std::vector<net::Header> headers;
    std::string body; // of a stream: all its bytes
    int writes = 0;
    bool broken = false; // the client is gone: writes fail

    std::string header(std::string_view name) const { return std::string(net::findHeader(headers, name)); }
    Json json() const { return Json::parse(body); }
};

class CapturingStream final : public net::SseStream {
  public:
    explicit CapturingStream(Captured& captured)
        : m_captured(captured) {}
    Task<void> write(std::string bytes) override {
        if (m_captured.broken) co_return fail(ErrorCode::Cancelled);
        m_captured.body += bytes;
        ++m_captured.writes;
        co_return Result<void>();
    }
    Task<void> end() override {
        m_captured.ended = true;
        co_return Result<void>();
    }

  private:
    Captured& m_captured;
};

class CapturingWriter final : public net::ResponseWriter {
  public:
    explicit CapturingWriter(Captured& captured)
        : m_captured(captured) {}
    Task<void> send(net::ServerResponse response) override {
        m_captured.committed = true;
        m_captured.status = response.status;
        m_captured.headers = std::move(response.headers);
        m_captured.body = std::move(response.body);
        co_return Result<void>();
    }
    Task<std::unique_ptr<net::SseStream>> startSse(std::vector<net::Header> headers) override {
        m_captured.committed = true;
        m_captured.streaming = true;
        m_captured.status = 200;
        m_captured.headers = std::move(headers);
        std::unique_ptr<net::SseStream> stream = std::make_unique<CapturingStream>(m_captured);
        co_return std::move(stream);
    }
    bool committed() const override { return m_captured.committed; }

  private:
    Captured& m_captured;
};

// A whole server over fakes; requests go in without a socket.
class ServerRig {
  public:
    ServerRig() {
        log::Options quiet;
        quiet.level = log::Level::Error;
        log::setUp(quiet);
        (void)run(io, keyCache.load());
    }

    static net::ServerRequest request(std::string method, std::string target, std::string body = {}) {
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
    Captured call(net::ServerRequest request, bool broken = false) {
        Captured captured;
        captured.broken = broken;
        CapturingWriter writer(captured);
        run(io, server.handle(request, writer));
        return captured;
    }
    Captured call(std::string method, std::string target, std::string body = {}) {
        return call(request(std::move(method), std::move(target), std::move(body)));
    }

    asio::io_context io;
    FakeClock clock;
    FakeGateway gateway;
    FakeSessions sessions;
    FakeChat chat;
    FakeKeys keys;
    FakeAnalyses analyses;
    Settings settings;
    server::HostPolicy policy{"127.0.0.1", {}};
    std::optional<std::string> storageTrouble;
    server::KeyCache keyCache{keys, clock};
    server::Authenticator authenticator{keyCache, [this] { return policy; }};
    server::Services services() {
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
    server::Server server{io, services(), authenticator, net::ServerLimits{}};
};

} // namespace exo::test
