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
    bool endKnown = false;                                     // together with the last event

    const StreamHead& head() const override { return streamHead; }
    Task<std::optional<CompletionEvent>> next() override;
    bool endIsNext() const override { return endKnown && script.empty(); }
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

    Task<Completion> complete(CompletionRequest request, GatewayCall call) override;
    Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request, GatewayCall call) override;
    Task<EmbeddingResult> embed(EmbeddingRequest request, GatewayCall call) override;
    std::vector<api::ModelInfo> models() const override;
    std::string defaultModel() const override { return "exobrain-local"; }
    std::int64_t contextTokens(std::string_view) const override { return 0; }
    std::vector<api::ProviderInfo> providers() const override { return {}; }
    Task<api::ProviderTest> testProvider(std::string, CancelToken) override { co_return api::ProviderTest{}; }
    GatewayStats stats() const override { return gatewayStats; }
    std::vector<BreakerInfo> breakers() const override { return breakerList; }
    Task<void> purgeCache() override;
    void noteSystem(double, std::uint64_t) override {}
    void close() override {}
    void reconfigure(const Settings&, std::vector<std::unique_ptr<Provider>>) override {}

  private:
    void note(CompletionRequest request, GatewayCall call);
};

class FakeSessions final : public SessionService {
  public:
    std::map<std::string, api::Session> sessions; // by owner + "/" + id
    Owner lastOwner;
    SessionFilter lastFilter;
    std::string lastQuery, imported;
    std::size_t lastLimit = 0;
    std::optional<std::int64_t> lastBefore;

    Task<api::Session> create(Owner owner, api::SessionPatch draft) override;
    Task<std::vector<api::Session>> list(Owner owner, SessionFilter filter) override;
    Task<api::Session> get(Owner owner, SessionId id) override;
    Task<api::Session> update(Owner owner, SessionId id, api::SessionPatch patch) override;
    Task<void> remove(Owner owner, SessionId id) override;
    Task<void> restore(Owner owner, SessionId id) override;
    Task<api::MessagePage> messages(Owner, SessionId, std::size_t limit,
                                    std::optional<std::int64_t> before) override;
    Task<std::vector<api::SearchHit>> search(Owner owner, std::string query, std::size_t) override;
    Task<std::string> exportSession(Owner, SessionId, ExportFormat format) override;
    Task<ImportReport> importSessions(Owner, std::string bytes) override;

  private:
    static void apply(api::Session& session, const api::SessionPatch& patch);
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
                            TurnSink& sink) override;
    Task<api::Message> regenerate(SessionId session, MessageId message, std::string model, TurnContext,
                                  TurnSink& sink) override;
    Task<api::Message> edit(SessionId session, MessageId message, std::string content, TurnContext,
                            TurnSink& sink) override;
    Task<bool> stop(Owner, SessionId session) override;
    asio::awaitable<void> shutDown(CancelReason) override { co_return; }

  private:
    Task<api::Message> play(TurnSink& sink);
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

    void add(std::string secret, server::KnownKey key);
    Task<server::KeyList> list(std::optional<std::int64_t> known) override;
    Task<server::KnownKey> verify(std::string token) override;
    Task<void> touch(std::string id) override;
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
    std::string keepAlive; // empty: a comment
    bool broken = false;   // the client is gone: writes fail

    std::string header(std::string_view name) const { return std::string(net::findHeader(headers, name)); }
    Json json() const { return Json::parse(body); }
};

class CapturingStream final : public net::SseStream {
  public:
    explicit CapturingStream(Captured& captured)
        : m_captured(captured) {}
    Task<void> write(std::string bytes) override;
    Task<void> end(std::string bytes) override;

  private:
    Captured& m_captured;
};

class CapturingWriter final : public net::ResponseWriter {
  public:
    explicit CapturingWriter(Captured& captured)
        : m_captured(captured) {}
    Task<void> send(net::ServerResponse response) override;
    Task<std::unique_ptr<net::SseStream>> startSse(std::vector<net::Header> headers) override;
    void keepAliveWith(std::string_view event) override { m_captured.keepAlive = event; }
    bool committed() const override { return m_captured.committed; }

  private:
    Captured& m_captured;
};

// A whole server over fakes; requests go in without a socket.
class ServerRig {
  public:
    ServerRig();

    static net::ServerRequest request(std::string method, std::string target, std::string body = {});
    Captured call(net::ServerRequest request, bool broken = false);
    Captured call(std::string method, std::string target, std::string body = {});

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
    server::Services services();
    server::Server server{io, services(), authenticator, net::ServerLimits{}};
};

} // namespace exo::test
