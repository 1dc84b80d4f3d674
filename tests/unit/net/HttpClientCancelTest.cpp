// Ending exchanges early, slow readers, proxies.
#include "tests/fault/Deaf.h"
#include "tests/unit/net/ClientSupport.h"

#include <cstdlib>

using namespace std::string_literals;
using namespace exo;
using namespace exo::net;
using namespace exo::test;

namespace {

Upstream::Script hangAfter(Upstream*& upstream, std::string bytes) {
    return [&upstream, bytes](Tcp::socket& socket, int) -> asio::awaitable<void> {
        if (!bytes.empty()) {
            co_await upstream->request(socket);
            co_await writeText(socket, bytes);
        }
        co_await upstream->waitForClose(socket);
    };
}

} // namespace

TEST_CASE_TEMPLATE("cancelling before the call sends nothing", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, hangAfter(self, {}));
    self = &upstream;
    f.source.cancel(CancelReason::UserStop);
    const auto answer = f.start(get(upstream.url()));
    f.until([&] { return answer->done; });
    CHECK(answer->sendError() == ErrorCode::Cancelled);
    run(f.io, turns());
    CHECK(upstream.connections == 0);
}

TEST_CASE_TEMPLATE("cancelling while connecting, waiting and reading closes the upstream connection", Engine,
                   Plain, Curl) {
    struct Phase {
        const char* scheme;
        std::string bytes;
        bool headers;
    };
    for (const Phase& phase :
         {Phase{"https", "", false}, Phase{"http", "", false},
          Phase{"http", "HTTP/1.1 200 OK\r\nX-Half", false}, Phase{"http", "HTTP/1.1 200 OK\r\n\r\n", true},
          Phase{"http", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", true}}) {
        CAPTURE(phase.bytes);
        ClientFixture<Engine> f;
        Upstream* self = nullptr;
        Upstream upstream(f.io, hangAfter(self, phase.bytes));
        self = &upstream;
        const auto answer = f.start(get(upstream.url("/", phase.scheme)));
        f.until([&] { return upstream.connections == 1 && answer->sent == phase.headers; });
        run(f.io, turns());
        REQUIRE_FALSE(answer->done);
        f.source.cancel(CancelReason::ClientGone);
        f.until([&] { return answer->done && upstream.closedByPeer == 1; });
        CHECK((phase.headers ? answer->bodyError() : answer->sendError()) == ErrorCode::Cancelled);
        f.source.cancel(CancelReason::UserStop);
    }
}

// No time-out comes near: only the cancellation can end it.
TEST_CASE_TEMPLATE("cancelling ends a handshake that would go on for hours", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    const NeverConnects nobody;
    HttpRequest request = get(nobody.url());
    request.timeouts.connect = request.timeouts.headers = request.timeouts.idle = std::chrono::hours(5);
    const auto answer = f.start(std::move(request));
    f.until([&] { return nobody.connecting() == 1; });
    REQUIRE_FALSE(answer->done);
    f.source.cancel(CancelReason::ClientGone);
    if (std::is_same_v<Engine, Plain>) CHECK(nobody.connecting() == 0); // within the call
    run(f.io, turns(5));
    CHECK(nobody.connecting() == 0);
    CHECK(answer->done);
    CHECK(answer->sendError() == ErrorCode::Cancelled);
}

TEST_CASE_TEMPLATE("after a cancellation nothing that was buffered is read any more", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, hangAfter(self, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"));
    self = &upstream;
    const auto scenario = [&]() -> asio::awaitable<void> {
        auto response = co_await f.client->send(get(upstream.url()), f.source.token());
        REQUIRE(response.ok());
        co_await turns();
        f.source.cancel(CancelReason::UserStop);
        for (int i = 0; i < 2; ++i) {
            const auto piece = co_await response.value()->read();
            REQUIRE_FALSE(piece.ok());
            CHECK(piece.error().code == ErrorCode::Cancelled);
        }
    };
    run(f.io, scenario());
}

TEST_CASE_TEMPLATE("destroying the response before its end closes the upstream connection", Engine, Plain,
                   Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, hangAfter(self, "HTTP/1.1 200 OK\r\n\r\nabc"));
    self = &upstream;
    const auto answer = f.start(get(upstream.url()));
    f.until([&] { return answer->sent; });
    answer->response = fail(ErrorCode::Internal); // its read is under way
    f.until([&] { return answer->done && upstream.closedByPeer == 1; });
    CHECK(answer->bodyError() == ErrorCode::Cancelled);
}

TEST_CASE_TEMPLATE("destroying the client ends what is under way, and responses may outlive it", Engine,
                   Plain, Curl) {
    for (const std::string bytes : {"", "HTTP/1.1 200 OK\r\nX-Half", "HTTP/1.1 200 OK\r\n\r\nabc"}) {
        CAPTURE(bytes);
        ClientFixture<Engine> f;
        Upstream* self = nullptr;
        Upstream upstream(f.io, hangAfter(self, bytes));
        self = &upstream;
        const auto answer = f.start(get(upstream.url()));
        f.until([&] { return upstream.connections == 1; });
        run(f.io, turns());
        f.client.reset();
        f.until([&] { return answer->done && upstream.closedByPeer == 1; });
        CHECK((answer->response.ok() ? answer->bodyError() : answer->sendError()) == ErrorCode::Cancelled);
    }
}

TEST_CASE_TEMPLATE("destroying the client with connections in its pool closes them", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, hangAfter(self, okWith("hello")));
    self = &upstream;
    const auto answer = f.start(get(upstream.url()));
    f.until([&] { return answer->done; });
    CHECK(answer->body.ok());
    f.client.reset();
    f.until([&] { return upstream.closedByPeer == 1; });
}

TEST_CASE_TEMPLATE("a fast upstream waits for a slow reader, and everything arrives in the end", Engine,
                   Plain, Curl) {
    ClientFixture<Engine> f;
    constexpr std::size_t total = 64u << 20;
    std::size_t written = 0;
    Upstream* self = nullptr;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int) -> asio::awaitable<void> {
        socket.set_option(asio::socket_base::send_buffer_size(64 << 10));
        co_await self->request(socket);
        co_await writeText(socket,
                           "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(total) + "\r\n\r\n");
        std::string piece(64u << 10, '\0');
        for (; written < total; written += piece.size()) {
            piece[0] = static_cast<char>('a' + written / piece.size() % 26);
            const bool open = co_await writeText(socket, piece);
            if (!open) co_return;
        }
        co_await self->waitForClose(socket);
    });
    self = &upstream;
    const auto scenario = [&]() -> asio::awaitable<void> {
        HttpRequest request = get(upstream.url());
        request.maxBodyBytes = total;
        auto response = co_await f.client->send(std::move(request), CancelToken());
        REQUIRE(response.ok());
        for (std::size_t before = 1; before != written;) { // until the upstream can write no more
            before = written;
            co_await pause(Millis(30));
        }
        CHECK(written < total / 2); // kernel buffers and ours, far from everything
        std::size_t received = 0;
        std::size_t largest = 0;
        bool inOrder = true;
        for (;;) {
            const auto piece = co_await response.value()->read();
            REQUIRE(piece.ok());
            if (piece->empty()) break;
            for (std::size_t i = 0; i < piece->size(); ++i) {
                const std::size_t at = received + i;
                if (at % (64u << 10) == 0)
                    inOrder = inOrder && (*piece)[i] == static_cast<char>('a' + (at >> 16) % 26);
            }
            received += piece->size();
            largest = std::max(largest, piece->size());
        }
        CHECK(received == total);
        CHECK(inOrder);
        CHECK(largest <= (256u << 10) + (128u << 10));
    };
    run(f.io, scenario());
}

TEST_CASE_TEMPLATE("many requests at once are served at once", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    int waiting = 0;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int) -> asio::awaitable<void> {
        co_await self->request(socket);
        ++waiting;
        co_await until([&] { return waiting == 100; });
        co_await writeText(socket, okWith("hello"));
        co_await self->waitForClose(socket);
    });
    self = &upstream;
    std::vector<std::shared_ptr<Answer>> answers;
    for (int i = 0; i < 100; ++i)
        answers.push_back(f.start(get(upstream.url())));
    f.until([&] { return std::ranges::all_of(answers, [](const auto& answer) { return answer->done; }); });
    for (const auto& answer : answers)
        CHECK(answer->body.ok());
    CHECK(upstream.connections == 100);
}

TEST_CASE_TEMPLATE("an HTTP proxy gets the whole URL and its credentials", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream proxy(f.io, [&](Tcp::socket& socket, int) -> asio::awaitable<void> {
        co_await self->request(socket);
        co_await writeText(socket, okWith("via proxy"));
        co_await self->waitForClose(socket);
    });
    self = &proxy;
    HttpRequest request = get("http://model.test/v1/models");
    request.proxy = {ProxySettings::Mode::Custom, "http://me:pass@127.0.0.1:" + std::to_string(proxy.port())};
    const auto answer = f.start(std::move(request));
    f.until([&] { return answer->done; });
    REQUIRE(answer->body.ok());
    CHECK(*answer->body == "via proxy");
    REQUIRE(proxy.requests.size() == 1);
    CHECK(proxy.requests[0].starts_with("GET http://model.test/v1/models HTTP/1.1\r\n"));
    CHECK(proxy.requests[0].find("Proxy-Authorization: Basic bWU6cGFzcw==\r\n") != std::string::npos);
}

TEST_CASE_TEMPLATE("a tunnel that the proxy refuses is a connection error", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream proxy(
        f.io, hangAfter(self, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"));
    self = &proxy;
    HttpRequest request = get("https://model.test/");
    request.proxy = {ProxySettings::Mode::Custom, "http://127.0.0.1:" + std::to_string(proxy.port())};
    const auto answer = f.start(std::move(request));
    f.until([&] { return answer->done; });
    CHECK(answer->sendError() == ErrorCode::UpstreamConnection);
    REQUIRE(proxy.requests.size() == 1);
    CHECK(proxy.requests[0].starts_with("CONNECT model.test:443 HTTP/1.1\r\n"));
}

TEST_CASE_TEMPLATE("a SOCKS proxy with a password resolves the name itself", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    std::string asked;
    Upstream proxy(f.io, [&](Tcp::socket& socket, int) -> asio::awaitable<void> {
        const auto take = [&](std::size_t count) -> asio::awaitable<std::string> { // RFC 1928, RFC 1929
            std::string bytes(count, '\0');
            co_await asio::async_read(socket, asio::buffer(bytes), asio::use_awaitable);
            co_return bytes;
        };
        const std::string hello = co_await take(2);
        co_await take(static_cast<std::size_t>(hello[1]));
        co_await writeText(socket, "\x05\x02"s);
        asked = co_await take(2 + 2 + 1 + 4);
        co_await writeText(socket, "\x01\x00"s);
        asked += co_await take(5 + 10 + 2);
        co_await writeText(socket, "\x05\x00\x00\x01\x7F\x00\x00\x01\x00\x50"s);
        co_await readUntil(socket, "\r\n\r\n");
        co_await writeText(socket, okWith("via socks"));
    });
    HttpRequest request = get("http://model.test/");
    request.proxy = {ProxySettings::Mode::Custom,
                     "socks5h://me:pass@127.0.0.1:" + std::to_string(proxy.port())};
    const auto answer = f.start(std::move(request));
    f.until([&] { return answer->done; });
    REQUIRE(answer->body.ok());
    CHECK(*answer->body == "via socks");
    CHECK(asked.find("pass") != std::string::npos);
    CHECK(asked.find("model.test") != std::string::npos);
}

TEST_CASE_TEMPLATE("the system proxy comes from the environment, and loopback is never behind it", Engine,
                   Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream proxy(f.io, hangAfter(self, okWith("via proxy")));
    self = &proxy;
    Upstream* direct = nullptr;
    Upstream local(f.io, hangAfter(direct, okWith("direct")));
    direct = &local;
    ::setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(proxy.port())).c_str(), 1);
    HttpRequest outside = get("http://model.test/");
    outside.proxy.mode = ProxySettings::Mode::System;
    const auto first = f.start(std::move(outside));
    f.until([&] { return first->done; });
    HttpRequest inside = get(local.url());
    inside.proxy.mode = ProxySettings::Mode::System;
    const auto second = f.start(std::move(inside));
    f.until([&] { return second->done; });
    HttpRequest none = get("http://127.0.0.1:1/");
    const auto third = f.start(std::move(none));
    f.until([&] { return third->done; });
    ::unsetenv("http_proxy");
    REQUIRE(first->body.ok());
    CHECK(*first->body == "via proxy");
    REQUIRE(second->body.ok());
    CHECK(*second->body == "direct");
    CHECK(third->sendError() == ErrorCode::UpstreamConnection);
    CHECK(proxy.connections == 1);
}
