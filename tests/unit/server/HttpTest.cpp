// The server over true sockets.
#include "core/net/Sse.h"
#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

using namespace exo;
using test::ServerRig;

namespace {

struct Reply {
    int status = 0;
    std::vector<net::Header> headers;
    std::string body;
};

asio::awaitable<void> fetch(net::HttpClient& client, net::HttpRequest request, Reply& reply) {
    request.proxy.mode = net::ProxySettings::Mode::None;
    auto response = co_await client.send(std::move(request), CancelToken());
    REQUIRE(response.ok());
    reply.status = (*response)->status();
    reply.headers = (*response)->headers();
    auto body = co_await (*response)->readAll();
    REQUIRE(body.ok());
    reply.body = std::move(*body);
}

// A rig that listens on a port of its own.
struct ListeningRig : ServerRig {
    std::unique_ptr<net::HttpClient> client = net::makeHttpClient(io);

    ListeningRig() { REQUIRE(server.listen("127.0.0.1:0").ok()); }
    Reply get(std::string path, std::string body = {}) {
        net::HttpRequest request;
        request.url = server.url() + path;
        if (!body.empty()) request.method = "POST";
        request.body = std::move(body);
        Reply reply;
        test::run(io, fetch(*client, std::move(request), reply));
        return reply;
    }
};

// A stream that says one word and then nothing until it is cancelled, as a model that hangs.
class HangingGateway final : public CompletionStream {
  public:
    HangingGateway(asio::io_context& io, CancelToken cancel)
        : m_timer(io, asio::steady_timer::time_point::max())
        , m_cancel(std::move(cancel)) {}
    const StreamHead& head() const override { return m_head; }
    Task<std::optional<CompletionEvent>> next() override {
        if (!std::exchange(m_spoke, true)) co_return std::optional<CompletionEvent>(TextDelta{"half", 0});
        const auto registration = m_cancel.onCancel([this](CancelReason) { m_timer.cancel(); });
        boost::system::error_code ignored;
        if (!m_cancel.cancelled())
            co_await m_timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        co_return fail(ErrorCode::Cancelled);
    }

  private:
    StreamHead m_head{"chatcmpl-up", "real-model", ""};
    asio::steady_timer m_timer;
    CancelToken m_cancel;
    bool m_spoke = false;
};

} // namespace

TEST_CASE("every response carries a request id, the client's own when it is sane") {
    ListeningRig rig;
    const Reply health = rig.get("/healthz");
    CHECK(health.status == 200);
    CHECK_FALSE(net::findHeader(health.headers, "x-request-id").empty());
    const Reply missing = rig.get("/v1/nothing");
    CHECK(missing.status == 404);
    CHECK_FALSE(net::findHeader(missing.headers, "x-request-id").empty());
    CHECK(Json::parse(missing.body)["error"]["code"] == "unknown_url");
}

TEST_CASE("a query is decoded and a body arrives whole") {
    ListeningRig rig;
    CHECK(rig.get("/api/v1/search?q=%E7%BC%93%E5%AD%98").status == 200);
    CHECK(rig.sessions.lastQuery == "缓存");
    const std::string file(300'000, 'x');
    CHECK(rig.get("/api/v1/import", file).status == 200);
    CHECK(rig.sessions.imported.size() == file.size());
}

TEST_CASE("a body over the limit is refused in OpenAI's form before any handler sees it") {
    ListeningRig rig;
    const Reply refused = rig.get("/api/v1/import", std::string((10u << 20) + 1, 'x'));
    CHECK(refused.status == 413);
    CHECK(Json::parse(refused.body)["error"]["code"] == "request_too_large");
    CHECK(rig.sessions.imported.empty());
}

TEST_CASE("a stream arrives as events with the headers proxies need") {
    ListeningRig rig;
    for (const char* word : {"a", "b"})
        rig.gateway.script.push_back(std::optional<CompletionEvent>(TextDelta{word, 0}));
    const Reply reply = rig.get("/v1/chat/completions",
                                R"({"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]})");
    CHECK(reply.status == 200);
    CHECK(net::findHeader(reply.headers, "content-type").starts_with("text/event-stream"));
    CHECK(net::findHeader(reply.headers, "cache-control") == "no-cache");
    CHECK(net::findHeader(reply.headers, "x-accel-buffering") == "no");
    CHECK(net::findHeader(reply.headers, "x-exobrain-provider") == "acme");
    net::SseParser parser;
    std::vector<net::SseEvent> events;
    REQUIRE(parser.feed(reply.body, [&](const net::SseEvent& event) { events.push_back(event); }).ok());
    REQUIRE(events.size() == 5); // role, a, b, finish, done
    CHECK(events.back().data == "[DONE]");
}

TEST_CASE("a stream that runs when the grace of a drain ends gets its error frame, then the drain is over") {
    ListeningRig rig;
    rig.gateway.makeStream = [&](const GatewayCall& call) {
        return std::make_unique<HangingGateway>(rig.io, call.context.cancel);
    };
    rig.gateway.onCall = [&] { asio::co_spawn(rig.io, rig.server.drain(Millis(0)), asio::detached); };
    const Reply reply = rig.get("/v1/chat/completions",
                                R"({"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]})");
    CHECK(reply.body.find("half") != std::string::npos);
    CHECK(reply.body.find("\"code\":\"shutting_down\"") != std::string::npos);
    CHECK(reply.body.ends_with("data: [DONE]\n\n"));
}
