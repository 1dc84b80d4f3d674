// Idempotency-Key: kept and running answers given out again, and what is not.
#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

using namespace exo;
using test::Captured;
using test::ServerRig;

namespace {

constexpr const char* k_question = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
constexpr const char* k_streamed =
    R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]})";

net::ServerRequest withKey(std::string key, std::string body = k_question,
                           std::string path = "/v1/chat/completions") {
    auto request = ServerRig::request("POST", std::move(path), std::move(body));
    request.headers.push_back({"idempotency-key", std::move(key)});
    return request;
}

server::KnownKey keyNamed(std::string id) {
    server::KnownKey key;
    key.id = std::move(id);
    return key;
}

// A request under way: its client may go.
struct Client {
    CancelSource connection;
    net::ServerRequest request;
    Captured captured;
    test::CapturingWriter writer{captured};
    bool over = false;

    Client(ServerRig& rig, net::ServerRequest r)
        : request(std::move(r)) {
        request.disconnected = connection.token();
        asio::co_spawn(
            rig.io,
            [](ServerRig& r, Client& self) -> asio::awaitable<void> {
                co_await r.server.handle(self.request, self.writer);
                self.over = true;
            }(rig, *this),
            asio::detached);
        settle(rig);
    }
    static void settle(ServerRig& rig) {
        rig.io.restart();
        rig.io.poll();
    }
    void go(ServerRig& rig) {
        captured.broken = true;
        connection.cancel(CancelReason::ClientGone);
        settle(rig);
    }
};

// A stream that says what the test lets it say.
struct Tap {
    std::deque<Result<std::optional<CompletionEvent>>> events;
    net::Event more;
    CancelToken cancel;

    void say(ServerRig& rig, std::string text) {
        events.emplace_back(std::optional<CompletionEvent>(TextDelta{std::move(text), 0}));
        turn(rig);
    }
    void end(ServerRig& rig) {
        events.emplace_back(std::optional<CompletionEvent>(FinishDelta{"stop", 0}));
        events.emplace_back(std::optional<CompletionEvent>());
        turn(rig);
    }
    void turn(ServerRig& rig) {
        more.notify();
        Client::settle(rig);
    }
};

class TapStream final : public CompletionStream {
  public:
    TapStream(Tap& tap, CancelToken cancel)
        : m_tap(tap)
        , m_cancel(std::move(cancel)) {
        m_tap.cancel = m_cancel;
    }
    const StreamHead& head() const override { return m_head; }
    Task<std::optional<CompletionEvent>> next() override {
        const auto wake = m_cancel.onCancel([this](CancelReason) { m_tap.more.notify(); });
        while (m_tap.events.empty() && !m_cancel.cancelled())
            co_await m_tap.more.wait();
        if (m_cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
        auto event = std::move(m_tap.events.front());
        m_tap.events.pop_front();
        co_return event;
    }

  private:
    Tap& m_tap;
    CancelToken m_cancel;
    StreamHead m_head{"chatcmpl-up", "real-model", ""};
};

struct StreamRig : ServerRig {
    Tap tap;
    StreamRig() {
        gateway.makeStream = [this](const GatewayCall& call) -> std::unique_ptr<CompletionStream> {
            return std::make_unique<TapStream>(tap, call.context.cancel);
        };
    }
};

} // namespace

TEST_CASE("the same key and request give the same bytes, and the model is asked once") {
    ServerRig rig;
    rig.gateway.answer = {{"id", "first"}};
    const Captured first = rig.call(withKey("k"));
    rig.gateway.answer = {{"id", "second"}};
    const Captured again = rig.call(withKey("k"));
    CHECK(again.status == 200);
    CHECK(again.body == first.body);
    CHECK(again.header("x-exobrain-provider") == "acme");
    CHECK(again.header("content-type") == "application/json");
    CHECK(again.header("idempotency-replayed") == "true");
    CHECK(first.header("idempotency-replayed").empty());
    CHECK(rig.gateway.calls == 1);
    CHECK(rig.call(withKey("other")).body != first.body);
    CHECK(rig.call("POST", "/v1/chat/completions", k_question).body != first.body);
}

TEST_CASE("an answer given out again carries the id of the request it answers") {
    ServerRig rig;
    rig.gateway.answer = Json::parse(
        R"({"id":"c","choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}]})");
    const auto post = [&](const char* id) {
        auto request =
            withKey("k", R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}]})",
                    "/v1/messages");
        request.requestId = id;
        return rig.call(std::move(request));
    };
    const Captured first = post("req_first");
    const Captured again = post("req_again");
    CHECK(first.header("request-id") == "req_first");
    CHECK(again.header("request-id") == "req_again");
    CHECK(again.body == first.body);
    CHECK(rig.gateway.calls == 1);
}

TEST_CASE("a key that comes back with another request is refused") {
    ServerRig rig;
    (void)rig.call(withKey("k"));
    for (const auto& request :
         {withKey("k", k_streamed), withKey("k", R"({"model":"e","input":"x"})", "/v1/embeddings")}) {
        const Captured refused = rig.call(request);
        CHECK(refused.status == 422);
        CHECK(refused.json()["error"]["code"] == "idempotency_key_reused");
        CHECK(refused.json()["error"]["param"] == "Idempotency-Key");
    }
    CHECK(rig.gateway.calls == 1);
}

TEST_CASE("a key is of its tenant") {
    ServerRig rig;
    rig.keys.add("exo_a", keyNamed("key_a"));
    rig.keys.add("exo_b", keyNamed("key_b"));
    (void)test::run(rig.io, rig.keyCache.load());
    const auto post = [&](const char* secret) {
        auto request = withKey("k");
        request.headers.push_back({"x-api-key", secret});
        return rig.call(std::move(request)).status;
    };
    CHECK(post("exo_a") == 200);
    CHECK(post("exo_b") == 200);
    CHECK(rig.gateway.calls == 2);
    CHECK(post("exo_a") == 200);
    CHECK(rig.gateway.calls == 2);
}

TEST_CASE("what is no key is refused, and failures are not kept") {
    ServerRig rig;
    for (const std::string& bad : {std::string(), std::string(256, 'x'), std::string("\x80")}) {
        const Captured refused = rig.call(withKey(bad));
        CHECK(refused.status == 400);
        CHECK(refused.json()["error"]["param"] == "Idempotency-Key");
    }
    rig.gateway.failure = fail(ErrorCode::QueueFull);
    CHECK(rig.call(withKey("k")).status == 503);
    rig.gateway.failure.reset();
    const Captured after = rig.call(withKey("k"));
    CHECK(after.status == 200);
    CHECK(after.header("idempotency-replayed").empty());
    rig.gateway.onCall = [] { throw std::runtime_error("a bug"); };
    CHECK(rig.call(withKey("l")).status == 500);
    rig.gateway.onCall = nullptr;
    CHECK(rig.call(withKey("l")).status == 200);
}

TEST_CASE("an answer is kept for an hour") {
    ServerRig rig;
    (void)rig.call(withKey("k"));
    rig.clock.advance(std::chrono::minutes(59));
    (void)rig.call(withKey("k"));
    CHECK(rig.gateway.calls == 1);
    rig.clock.advance(std::chrono::minutes(2));
    (void)rig.call(withKey("k", k_streamed));
    CHECK(rig.gateway.calls == 2);
}

TEST_CASE("a repeated request joins the one that is running, and outlives it") {
    ServerRig rig;
    net::Event gate;
    rig.gateway.gate = &gate;
    rig.gateway.answer = {{"id", "one"}};
    Client first(rig, withKey("k"));
    Client second(rig, withKey("k"));
    CHECK(rig.gateway.calls == 1);
    CHECK_FALSE(second.captured.committed);
    first.go(rig);
    CHECK_FALSE(rig.gateway.lastCall.context.cancel.cancelled());
    gate.notify();
    Client::settle(rig);
    CHECK(first.over);
    CHECK(second.over);
    CHECK(second.captured.json() == rig.gateway.answer);
}

TEST_CASE("the work ends when the last who waits has gone") {
    ServerRig rig;
    net::Event gate;
    rig.gateway.gate = &gate;
    Client first(rig, withKey("k"));
    Client second(rig, withKey("k"));
    second.go(rig);
    CHECK_FALSE(rig.gateway.lastCall.context.cancel.cancelled());
    CHECK(second.over);
    first.go(rig);
    CHECK(rig.gateway.lastCall.context.cancel.reason() == CancelReason::ClientGone);
    CHECK(first.over);
    CHECK_FALSE(first.captured.committed);
    rig.gateway.gate = nullptr;
    CHECK(rig.call(withKey("k")).status == 200);
    CHECK(rig.gateway.calls == 2);
}

TEST_CASE("a stream is joined from its first byte, and replayed when it is over") {
    StreamRig rig;
    Client first(rig, withKey("k", k_streamed));
    rig.tap.say(rig, "one ");
    Client second(rig, withKey("k", k_streamed));
    CHECK(second.captured.body == first.captured.body);
    rig.tap.say(rig, "two");
    CHECK(second.captured.body == first.captured.body);
    CHECK_FALSE(second.captured.ended);
    rig.tap.end(rig);
    CHECK(second.captured.ended);
    CHECK(first.captured.body.find("two") != std::string::npos);
    CHECK(first.captured.body.ends_with("data: [DONE]\n\n"));
    CHECK(second.captured.body == first.captured.body);
    CHECK(second.captured.header("x-exobrain-model") == "real-model");
    Client third(rig, withKey("k", k_streamed));
    CHECK(third.over);
    CHECK(third.captured.ended);
    CHECK(third.captured.body == first.captured.body);
    CHECK(rig.gateway.calls == 1);
}

TEST_CASE("a stream goes on for who joined when the one who began it is gone") {
    StreamRig rig;
    Client first(rig, withKey("k", k_streamed));
    rig.tap.say(rig, "one ");
    Client second(rig, withKey("k", k_streamed));
    first.go(rig);
    rig.tap.say(rig, "two");
    rig.tap.end(rig);
    CHECK(second.captured.ended);
    CHECK(second.captured.body.find("two") != std::string::npos);
    CHECK(first.captured.body.find("two") == std::string::npos);
    CHECK_FALSE(rig.tap.cancel.cancelled());
}

TEST_CASE("a broken stream is told to who joined, and not kept") {
    StreamRig rig;
    Client first(rig, withKey("k", k_streamed));
    rig.tap.say(rig, "one ");
    Client second(rig, withKey("k", k_streamed));
    rig.tap.events.emplace_back(fail(ErrorCode::StreamInterrupted));
    rig.tap.turn(rig);
    CHECK(first.captured.body.find("stream_interrupted") != std::string::npos);
    CHECK(second.captured.body.find("stream_interrupted") != std::string::npos);
    CHECK(second.over);
    Client third(rig, withKey("k", k_streamed));
    CHECK(rig.gateway.calls == 2);
    rig.tap.say(rig, "whole");
    rig.tap.end(rig);
    CHECK(third.captured.ended);
}

TEST_CASE("what is kept is bounded in number and bytes, and a giant is not kept at all") {
    ServerRig rig;
    const server::Services services = rig.services();
    server::Idempotency store(services);
    asio::io_context& io = rig.io;
    const Settings::Idempotency& limits = rig.settings.idempotency;
    const auto post = [&](std::string key, std::size_t size) {
        net::ServerRequest request = withKey(std::move(key));
        Captured captured;
        test::CapturingWriter writer(captured);
        server::Exchange exchange{request, writer, {}, {}, {}, {}};
        const auto handler = [size](server::Exchange& inner) -> Task<void> {
            net::ServerResponse response;
            response.body.assign(size, 'x');
            co_return co_await inner.reply(std::move(response));
        };
        (void)test::run(io, store.run(exchange, handler));
        CHECK(captured.body.size() == size);
        return !captured.header("idempotency-replayed").empty();
    };
    for (std::size_t i = 0; i < static_cast<std::size_t>(limits.maxEntries) + 10; ++i)
        CHECK_FALSE(post("small" + std::to_string(i), 1));
    CHECK(store.kept() == static_cast<std::size_t>(limits.maxEntries));
    CHECK(post("small4000", 1));
    CHECK_FALSE(post("small0", 1));
    for (int i = 0; i < 20; ++i)
        CHECK_FALSE(post("large" + std::to_string(i), 5u << 20));
    CHECK(store.keptBytes() <= limits.maxSize);
    CHECK(post("large19", 5u << 20));
    CHECK_FALSE(post("giant", 9u << 20));
    CHECK_FALSE(post("giant", 9u << 20));
    rig.settings.idempotency.maxEntries = 1; // a reload holds at once
    CHECK_FALSE(post("last", 1));
    CHECK(store.kept() == 1);
    rig.settings.idempotency.ttl = Millis(600'000);
    rig.clock.advance(Millis(599'999));
    CHECK(post("last", 1));
    rig.clock.advance(Millis(1));
    CHECK_FALSE(post("last", 1));
}
