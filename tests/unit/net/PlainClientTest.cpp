// What the plain client must get right by itself: framing, the pool, names, and what it leaves to libcurl.
#include "core/net/Connector.h"
#include "core/net/PlainRequest.h"
#include "core/net/Resolver.h"
#include "tests/unit/net/ClientSupport.h"

#include <cstdlib>

using namespace exo;
using namespace exo::net;
using namespace exo::test;

namespace {

// Answers each request of a connection with the next of `answers`, the last one again and again.
Upstream::Script inTurn(Upstream*& upstream, std::vector<std::string> answers) {
    return [&upstream, answers](Tcp::socket& socket, int) -> asio::awaitable<void> {
        for (std::size_t i = 0;; i = std::min(i + 1, answers.size() - 1)) {
            const bool asked = co_await upstream->request(socket);
            if (!asked) co_return;
            co_await writeText(socket, answers[i]);
        }
    };
}

bool isPlain(std::string url, ProxySettings proxy = {ProxySettings::Mode::None, {}}) {
    HttpRequest request = get(std::move(url));
    request.proxy = std::move(proxy);
    return plainTarget(request).has_value();
}

} // namespace

TEST_CASE_TEMPLATE("answers without a body leave the connection ready for the next", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io,
                      inTurn(self, {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
                                    "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n",
                                    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", okWith("end")}));
    self = &upstream;
    for (const char* method : {"HEAD", "GET", "GET", "GET"}) {
        HttpRequest request = get(upstream.url());
        request.method = method;
        const auto answer = f.finish(std::move(request));
        REQUIRE(answer->body.ok());
        CHECK(answer->body->empty());
    }
    CHECK(*f.finish(get(upstream.url()))->body == "end");
    CHECK(upstream.connections == 1);
}

TEST_CASE_TEMPLATE("a body without a length ends with its connection", Engine, Plain, Curl) {
    for (const std::string head : {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nServer: old\r\n\r\n"}) {
        ClientFixture<Engine> f;
        Upstream* self = nullptr;
        Upstream upstream(f.io, [&](Tcp::socket& socket, int) -> asio::awaitable<void> {
            co_await self->request(socket);
            co_await writeText(socket, head + "to the end");
        });
        self = &upstream;
        for (int i = 1; i <= 2; ++i) {
            const auto answer = f.finish(get(upstream.url()));
            REQUIRE(answer->body.ok());
            CHECK(*answer->body == "to the end");
            CHECK(upstream.connections == i);
        }
    }
}

TEST_CASE_TEMPLATE("an upstream that closes by its own word is not asked again on the same connection",
                   Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, inTurn(self, {okWith("x", "Connection: close\r\n")}));
    self = &upstream;
    CHECK(f.finish(get(upstream.url()))->body.ok());
    CHECK(f.finish(get(upstream.url()))->body.ok());
    CHECK(upstream.connections == 2);
}

TEST_CASE_TEMPLATE("a folded header line is one header", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, inTurn(self, {okWith("x", "X-Long: a\r\n  b\r\nX-Next: c\r\n")}));
    self = &upstream;
    const auto answer = f.finish(get(upstream.url()));
    CHECK(answer->header("x-long") == "a b");
    CHECK(answer->header("x-next") == "c");
}

TEST_CASE_TEMPLATE("an answer that comes before the whole request was taken is still the answer", Engine,
                   Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int) -> asio::awaitable<void> {
        co_await self->request(socket); // and nothing of the body
        co_await writeText(socket, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
        co_await self->waitForClose(socket);
    });
    self = &upstream;
    HttpRequest request = get(upstream.url());
    request.method = "POST";
    request.body.assign(32u << 20, 'b');
    const auto answer = f.finish(std::move(request));
    CHECK(answer->status() == 413);
    REQUIRE(answer->body.ok());
    CHECK(*answer->body == "no");
    f.until([&] { return upstream.closedByPeer == 1; });
}

TEST_CASE("a length and a chunked body at once are refused: one of the two is a lie") {
    ClientFixture<Plain> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, inTurn(self, {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
                                          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}));
    self = &upstream;
    CHECK(f.finish(get(upstream.url()))->sendError() == ErrorCode::UpstreamInvalidResponse);
}

// libcurl would take it, and cannot be told not to.
TEST_CASE("what an upstream says into an idle connection is never taken for an answer") {
    ClientFixture<Plain> f;
    Upstream* self = nullptr;
    bool spoken = false;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int number) -> asio::awaitable<void> {
        co_await self->request(socket);
        co_await writeText(socket, okWith("hello"));
        if (number == 1) {
            co_await turns();
            co_await writeText(socket, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
            spoken = true;
        }
        co_await self->waitForClose(socket);
    });
    self = &upstream;
    CHECK(f.finish(get(upstream.url()))->status() == 200);
    f.until([&] { return spoken; });
    CHECK(f.finish(get(upstream.url()))->status() == 200);
    CHECK(upstream.connections == 2);
}

TEST_CASE_TEMPLATE("the connection used last is used first", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    std::vector<int> served;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int number) -> asio::awaitable<void> {
        for (;;) {
            const bool asked = co_await self->request(socket);
            if (!asked) co_return;
            served.push_back(number);
            if (served.size() <= 2) co_await until([&] { return served.size() >= 2; });
            co_await writeText(socket, okWith("x"));
        }
    });
    self = &upstream;
    const auto first = f.start(get(upstream.url()));
    const auto second = f.start(get(upstream.url()));
    f.until([&] { return first->done && second->done; });
    for (int i = 0; i < 3; ++i)
        CHECK(f.finish(get(upstream.url()))->body.ok());
    REQUIRE(served.size() == 5);
    CHECK(served[2] == served[3]);
    CHECK(served[3] == served[4]);
    CHECK(upstream.connections == 2);
}

TEST_CASE("names are looked up without stopping the loop: localhost, and one that does not exist") {
    ClientFixture<Plain> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, inTurn(self, {okWith("here")}));
    self = &upstream;
    const auto found = f.finish(get("http://localhost:" + std::to_string(upstream.port()) + "/"));
    REQUIRE(found->body.ok());
    CHECK(*found->body == "here");
    const auto lost = f.finish(get("http://no-such-host.invalid/"));
    REQUIRE_FALSE(lost->response.ok());
    CHECK(lost->response.error().code == ErrorCode::UpstreamConnection);
    CHECK(lost->response.error().retryable);
}

TEST_CASE("cancelling during a look-up ends the call at once, and the look-up may end after the client") {
    ClientFixture<Plain> f;
    const auto answer = f.start(get("http://no-such-host.invalid/"));
    run(f.io, turns(1));
    f.source.cancel(CancelReason::UserStop);
    run(f.io, turns(5));
    CHECK(answer->done);
    CHECK(answer->sendError() == ErrorCode::Cancelled);
    f.client.reset();
}

TEST_CASE("the next address is tried when one refuses") {
    asio::io_context io{1};
    Tcp::acceptor open(io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    Tcp::acceptor closed(io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const Tcp::endpoint refusing = closed.local_endpoint();
    closed.close();
    const std::shared_ptr<Timers> timers = makeTimers(io);
    const auto toOpen = std::make_shared<Connector>(
        io, timers, std::vector<Tcp::endpoint>{refusing, refusing, open.local_endpoint()});
    auto socket = run(io, Connector::run(toOpen));
    REQUIRE(socket.ok());
    CHECK(socket->remote_endpoint() == open.local_endpoint());
    const auto toNobody =
        std::make_shared<Connector>(io, timers, std::vector<Tcp::endpoint>{refusing, refusing});
    const auto failed = run(io, Connector::run(toNobody));
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == ErrorCode::UpstreamConnection);
}

TEST_CASE("only http without a proxy and with a plain URL goes the short way") {
    CHECK(isPlain("http://127.0.0.1:8080/v1"));
    CHECK(isPlain("HTTP://[::1]:8080/v1"));
    CHECK(isPlain("http://gpu-box"));
    CHECK(isPlain("http://gpu-box?x=1"));
    CHECK_FALSE(isPlain("https://127.0.0.1:8080/"));
    CHECK_FALSE(isPlain("http://user:pass@127.0.0.1/"));
    CHECK_FALSE(isPlain("http://127.1/"));
    CHECK_FALSE(isPlain("http://0x7f000001/"));
    CHECK_FALSE(isPlain("http://[fe80::1%25eth0]/"));
    CHECK_FALSE(isPlain("http://[::1/"));
    CHECK_FALSE(isPlain("http://127.0.0.1:99999/"));
    CHECK_FALSE(isPlain("http://127.0.0.1:0/"));
    CHECK_FALSE(isPlain("http://127.0.0.1:8080x/"));
    CHECK_FALSE(isPlain("http://\xE6\xA8\xA1\xE5\x9E\x8B.example/"));
    CHECK_FALSE(isPlain("http://a/b/../c"));
    CHECK_FALSE(isPlain("http://a/", {ProxySettings::Mode::Custom, "http://127.0.0.1:1"}));
    ::setenv("all_proxy", "http://127.0.0.1:1", 1);
    CHECK_FALSE(isPlain("http://a/", {ProxySettings::Mode::System, {}}));
    CHECK(isPlain("http://127.0.0.1/", {ProxySettings::Mode::System, {}}));
    CHECK(isPlain("http://a/"));
    ::unsetenv("all_proxy");
    CHECK(isPlain("http://a/", {ProxySettings::Mode::System, {}}));

    HttpRequest request = get("http://gpu-box:81?x=1#part");
    const auto target = plainTarget(request);
    REQUIRE(target);
    CHECK(target->host == "gpu-box");
    CHECK(target->port == 81);
    CHECK(target->authority == "gpu-box:81");
    CHECK(target->target == "/?x=1");
    CHECK(formatRequestHead(request, *target).find("Accept-Encoding: gzip\r\n") != std::string::npos);
    request.headers = {{"Host", "other"}};
    CHECK_FALSE(plainTarget(request));
}
