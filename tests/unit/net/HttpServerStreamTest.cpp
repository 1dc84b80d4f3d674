// Event streams, clients that leave, drains.
#include "core/net/Event.h"
#include "core/net/Sse.h"
#include "tests/unit/net/ClientSupport.h"
#include "tests/unit/net/ServerSupport.h"

#include <unistd.h>

#include <array>

using namespace exo;
using namespace exo::net;
using namespace exo::test;
using namespace std::string_view_literals;

namespace {

const std::string k_get = "GET /s HTTP/1.1\r\nHost: x\r\n\r\n";

// Two events with whatever lies between, then the end.
asio::awaitable<void> streamTwo(ResponseWriter& writer, Millis between) {
    std::vector<Header> extra;
    extra.push_back({"X-Extra", "1"});
    auto stream = co_await writer.startSse(std::move(extra));
    REQUIRE(stream.ok());
    Result<void> written = co_await stream.value()->write(formatSse("", "one"));
    CHECK(written.ok());
    if (between > Millis(0)) co_await pause(between);
    written = co_await stream.value()->end(formatSse("", "two"));
    CHECK(written.ok());
    written = co_await stream.value()->write("data: late\n\n");
    CHECK_FALSE(written.ok());
}

Handler twoEvents(Millis between = Millis(0)) {
    return [between](ServerRequest&, ResponseWriter& writer) { return streamTwo(writer, between); };
}

// Waits for the token to fire and notes why.
Handler waitForToken(int& running, std::optional<CancelReason>& reason) {
    return [&](ServerRequest& request, ResponseWriter& writer) -> asio::awaitable<void> {
        ++running;
        co_await until([&] { return request.disconnected.cancelled(); });
        reason = request.disconnected.reason();
        --running;
        const Result<void> sent = co_await writer.send(ServerResponse());
        CHECK(sent.ok() == (reason == CancelReason::Shutdown));
    };
}

} // namespace

TEST_CASE("an event stream is chunked, marked against buffering, and leaves the connection usable") {
    ServerFixture f({}, twoEvents());
    Tcp::socket socket = f.connect();
    for (int i = 0; i < 2; ++i) {
        const std::string response = f.talk(socket, k_get, "\r\n0\r\n\r\n");
        CHECK(statusOf(response) == 200);
        CHECK(headerOf(response, "Content-Type") == "text/event-stream; charset=utf-8");
        CHECK(headerOf(response, "Cache-Control") == "no-cache");
        CHECK(headerOf(response, "X-Accel-Buffering") == "no");
        CHECK(headerOf(response, "X-Extra") == "1");
        CHECK(headerOf(response, "Transfer-Encoding") == "chunked");
        CHECK(headerOf(response, "Content-Length").empty());
        CHECK_FALSE(headerOf(response, "x-request-id").empty());
        CHECK(response.ends_with("\r\n\r\nb\r\ndata: one\n\n\r\nb\r\ndata: two\n\n\r\n0\r\n\r\n"));
    }
}

TEST_CASE("the headers do not wait for the first event, and a stream may have none") {
    Event seen;
    ServerFixture f({}, [&](ServerRequest&, ResponseWriter& writer) -> asio::awaitable<void> {
        auto stream = co_await writer.startSse({});
        REQUIRE(stream.ok());
        co_await seen.wait();
        const Result<void> ended = co_await stream.value()->end({});
        CHECK(ended.ok());
    });
    Tcp::socket socket = f.connect();
    const std::string head = f.talk(socket, k_get, "\r\n\r\n");
    CHECK(statusOf(head) == 200);
    CHECK(head.find("\r\n0\r\n") == std::string::npos);
    seen.notify();
    CHECK(f.talk(socket, "", "0\r\n\r\n") == "0\r\n\r\n");
}

TEST_CASE("an HTTP/1.0 stream ends with the connection, and HEAD gets headers only") {
    ServerFixture f({}, twoEvents());
    const std::string old = f.talk("GET / HTTP/1.0\r\n\r\n");
    CHECK(headerOf(old, "Transfer-Encoding").empty());
    CHECK(headerOf(old, "Connection") == "close");
    CHECK(old.ends_with("\r\n\r\ndata: one\n\ndata: two\n\n"));
    const std::string head = f.talk("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(head.ends_with("\r\n\r\n"));
    CHECK(head.find("data:") == std::string::npos);
}

TEST_CASE("a silent stream is kept alive with comments between whole events") {
    ServerLimits limits;
    limits.commentInterval = Millis(10);
    ServerFixture f(limits, twoEvents(Millis(60)));
    Tcp::socket socket = f.connect();
    const std::string response = f.talk(socket, k_get, "\r\n0\r\n\r\n");
    const std::string comment = "e\r\n: keep-alive\n\n\r\n";
    CHECK(count(response, comment) >= 1);
    CHECK(response.find(comment) > response.find("data: one\n\n"));
    CHECK(response.rfind(comment) < response.find("b\r\ndata: two"));
}

TEST_CASE(
    "a stream may have an event of its own for its silence, the next one on the connection has comments") {
    ServerLimits limits;
    limits.commentInterval = Millis(10);
    const Handler silent = twoEvents(Millis(60));
    int streams = 0;
    ServerFixture f(limits, [&](ServerRequest& request, ResponseWriter& writer) -> asio::awaitable<void> {
        if (++streams == 1) writer.keepAliveWith("event: ping\n\n");
        co_await silent(request, writer);
    });
    Tcp::socket socket = f.connect();
    const std::string first = f.talk(socket, k_get, "\r\n0\r\n\r\n");
    CHECK(count(first, "d\r\nevent: ping\n\n\r\n") >= 1);
    CHECK(first.find("keep-alive") == std::string::npos);
    const std::string second = f.talk(socket, k_get, "\r\n0\r\n\r\n");
    CHECK(count(second, ": keep-alive\n\n") >= 1);
    CHECK(second.find("ping") == std::string::npos);
}

TEST_CASE("a stream that is not ended looks cut") {
    ServerFixture f({}, [](ServerRequest& request, ResponseWriter& writer) -> asio::awaitable<void> {
        auto stream = co_await writer.startSse({});
        REQUIRE(stream.ok());
        const Result<void> written = co_await stream.value()->write(formatSse("", "one"));
        CHECK(written.ok());
        if (request.path == "/throw") throw std::runtime_error("broken");
    });
    for (const std::string path : {"/", "/throw"}) {
        const std::string response = f.talk("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK(response.ends_with("data: one\n\n\r\n"));
    }
}

TEST_CASE("a reader that reads nothing holds up the writer and is dropped after the write time-out") {
    ServerLimits limits;
    limits.writeTimeout = Millis(80);
    std::size_t written = 0;
    bool ended = false;
    std::optional<CancelReason> reason;
    ServerFixture f(limits, [&](ServerRequest& request, ResponseWriter& writer) -> asio::awaitable<void> {
        auto stream = co_await writer.startSse({});
        REQUIRE(stream.ok());
        const std::string event = formatSse("", std::string(100000, 'x'));
        Result<void> sent;
        while (sent.ok() && written < (200u << 20)) {
            sent = co_await stream.value()->write(event);
            written += event.size();
        }
        CHECK_FALSE(sent.ok());
        reason = request.disconnected.reason();
        ended = true;
    });
    Tcp::socket socket = f.connect();
    asio::write(socket, asio::buffer(k_get));
    f.until([&] { return ended; });
    CHECK(written < (100u << 20)); // what the kernel's buffers took, not everything
    CHECK(reason == CancelReason::ClientGone);
    f.until([&] { return f.server->connections() == 0; });
}

// At this pace the socket, whose buffer holds megabytes, is not writable again for many times the write
// time-out.
TEST_CASE("a reader that takes in a little all the time is not dropped, until it takes in nothing") {
    ServerLimits limits;
    limits.writeTimeout = Millis(400);
    std::optional<bool> sent;
    ServerFixture f(limits, [&](ServerRequest&, ResponseWriter& writer) -> asio::awaitable<void> {
        auto stream = co_await writer.startSse({});
        REQUIRE(stream.ok());
        const Result<void> written =
            co_await stream.value()->write(formatSse("", std::string(30u << 20, 'x')));
        sent = written.ok();
    });
    Tcp::socket socket(f.io);
    socket.open(Tcp::v4());
    socket.set_option(asio::socket_base::receive_buffer_size(4096));
    socket.connect(Tcp::endpoint(asio::ip::address_v4::loopback(), f.server->port()));
    asio::write(socket, asio::buffer(k_get));
    const auto nibble = [&]() -> asio::awaitable<void> {
        std::array<char, 2048> bytes{};
        const auto until = std::chrono::steady_clock::now() + 5 * limits.writeTimeout;
        while (std::chrono::steady_clock::now() < until) {
            co_await socket.async_read_some(asio::buffer(bytes), asio::use_awaitable);
            co_await pause(Millis(10));
        }
    };
    run(f.io, nibble());
    CHECK_FALSE(sent);
    f.until([&] { return sent.has_value(); });
    CHECK(sent == false);
}

TEST_CASE("a slow reader gets every byte in order") {
    ServerFixture f({}, [&](ServerRequest&, ResponseWriter& writer) -> asio::awaitable<void> {
        auto stream = co_await writer.startSse({});
        REQUIRE(stream.ok());
        for (int i = 0; i < 300; ++i) {
            const std::string event = formatSse("", std::to_string(i) + std::string(50000, 'x'));
            const Result<void> sent = co_await stream.value()->write(event);
            REQUIRE(sent.ok());
        }
        const Result<void> ended = co_await stream.value()->end({});
        CHECK(ended.ok());
    });
    const auto client = makeHttpClient(f.io);
    const auto scenario = [&]() -> asio::awaitable<void> {
        auto response = co_await client->send(get(f.server->url() + "/"), CancelToken());
        REQUIRE(response.ok());
        co_await pause(Millis(50));
        SseParser parser;
        int next = 0;
        for (;;) {
            const auto piece = co_await response.value()->read();
            REQUIRE(piece.ok());
            if (piece->empty()) break;
            const auto take = [&](const SseEvent& event) {
                CHECK(event.data.starts_with(std::to_string(next) + "x"));
                ++next;
            };
            REQUIRE(parser.feed(*piece, take).ok());
        }
        CHECK(next == 300);
    };
    run(f.io, scenario());
}

TEST_CASE("a client that leaves while its handler works is noticed") {
    int running = 0;
    std::optional<CancelReason> reason;
    ServerFixture f({}, waitForToken(running, reason));
    for (const bool reset : {false, true}) {
        reason.reset();
        Tcp::socket socket = f.connect();
        asio::write(socket, asio::buffer(k_get));
        f.until([&] { return running == 1; });
        if (reset) socket.set_option(asio::socket_base::linger(true, 0));
        socket.close();
        f.until([&] { return running == 0; });
        CHECK(reason == CancelReason::ClientGone);
    }
    f.until([&] { return f.server->connections() == 0; });
}

TEST_CASE("a client that has sent the next request already is not taken for gone, but noticed when it goes") {
    int running = 0;
    std::optional<CancelReason> reason;
    ServerFixture f({}, waitForToken(running, reason));
    Tcp::socket socket = f.connect();
    asio::write(socket, asio::buffer(k_get + k_get + "GET /half"));
    f.until([&] { return running == 1; });
    run(f.io, pause(Millis(260))); // past the lazy arming of the watch
    CHECK(running == 1);
    asio::write(socket, asio::buffer(std::string(" HTTP/1.1\r\n")));
    run(f.io, turns());
    CHECK(running == 1);
    socket.close();
    f.until([&] { return running == 0; });
    CHECK(reason == CancelReason::ClientGone);
    f.until([&] { return f.server->connections() == 0; });
}

TEST_CASE("bytes read ahead while a handler worked are the next request") {
    bool release = false;
    ServerFixture f({}, [&](ServerRequest& request, ResponseWriter& writer) -> asio::awaitable<void> {
        if (request.path == "/slow") co_await until([&] { return release; });
        ServerResponse response;
        response.body = "did " + request.path + " " + request.body;
        const Result<void> sent = co_await writer.send(std::move(response));
        CHECK(sent.ok());
    });
    Tcp::socket socket = f.connect();
    asio::write(socket,
                asio::buffer("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\naPOST /n"sv));
    run(f.io, pause(Millis(230)));
    asio::write(socket, asio::buffer("ext HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n\r\n" +
                                     std::string(2999, 'b')));
    run(f.io, pause(Millis(20)));
    release = true;
    const std::string response = f.talk(socket, "c", "bbbbc"); // a request id has no such run
    CHECK(response.find("did /slow a") != std::string::npos);
    CHECK(response.ends_with("did /next " + std::string(2999, 'b') + "c"));
}

TEST_CASE("a client that leaves a stream ends its writer") {
    std::optional<CancelReason> reason;
    bool ended = false;
    ServerFixture f({}, [&](ServerRequest& request, ResponseWriter& writer) -> asio::awaitable<void> {
        auto stream = co_await writer.startSse({});
        REQUIRE(stream.ok());
        co_await until([&] { return request.disconnected.cancelled(); });
        reason = request.disconnected.reason();
        const Result<void> written = co_await stream.value()->write("data: x\n\n");
        CHECK(written.error().code == ErrorCode::Cancelled);
        const Result<void> closed = co_await stream.value()->end({});
        CHECK_FALSE(closed.ok());
        ended = true;
    });
    Tcp::socket socket = f.connect();
    f.talk(socket, k_get, "\r\n\r\n");
    socket.close();
    f.until([&] { return ended && f.server->connections() == 0; });
    CHECK(reason == CancelReason::ClientGone);
}

TEST_CASE("a drain closes idle connections, lets running ones finish, and still serves who comes meanwhile") {
    bool release = false;
    int running = 0;
    ServerFixture f({}, [&](ServerRequest& request, ResponseWriter& writer) -> asio::awaitable<void> {
        ++running;
        if (request.path != "/probe") co_await until([&] { return release; });
        ServerResponse response;
        response.body = "finished";
        const Result<void> sent = co_await writer.send(std::move(response));
        CHECK(sent.ok());
    });
    Tcp::socket idle = f.connect();
    Tcp::socket busy = f.connect();
    asio::write(busy, asio::buffer(k_get + k_get));
    f.until([&] { return running == 1 && f.server->connections() == 2; });
    bool drained = false;
    const auto drain = [&]() -> asio::awaitable<void> {
        co_await f.server->drain(Millis(60000));
        drained = true;
    };
    asio::co_spawn(f.io, drain(), asio::detached);
    CHECK(run(f.io, readToEnd(idle)).empty());
    CHECK_FALSE(drained);
    const std::string probe = f.talk("GET /probe HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(probe.ends_with("finished"));
    CHECK(headerOf(probe, "Connection") == "close");
    Tcp::socket silent = f.connect(); // says nothing: it does not hold up the end
    f.until([&] { return f.server->connections() == 2; });
    release = true;
    const std::string response = run(f.io, readToEnd(busy));
    CHECK(headerOf(response, "Connection") == "close");
    CHECK(response.ends_with("finished"));
    CHECK(count(response, "HTTP/1.1") == 1);
    busy.close();
    f.until([&] { return drained; });
    CHECK(f.server->connections() == 0);
    Tcp::socket late(f.io);
    boost::system::error_code refused;
    late.connect(Tcp::endpoint(asio::ip::address_v4::loopback(), f.server->port()), refused);
    CHECK(refused == asio::error::connection_refused);
}

TEST_CASE("a socket that was handed over goes on collecting connections after a drain") {
    ServerFixture f;
    Tcp::acceptor outside(f.io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const int ours = ::dup(outside.native_handle());
    auto server =
        net::makeHttpServer(f.io, {}, [&](ServerRequest& q, ResponseWriter& w) { return f.echo(q, w); }, {});
    REQUIRE(server->adopt(ours).ok());
    CHECK(server->port() == outside.local_endpoint().port());
    run(f.io, server->drain(Millis(0)));
    server.reset();
    Tcp::socket waiting(f.io);
    boost::system::error_code error;
    waiting.connect(outside.local_endpoint(), error);
    CHECK_FALSE(error); // the kernel keeps it for whoever takes the socket next

    auto next =
        net::makeHttpServer(f.io, {}, [&](ServerRequest& q, ResponseWriter& w) { return f.echo(q, w); }, {});
    REQUIRE(next->adopt(::dup(outside.native_handle())).ok());
    CHECK(statusOf(f.talk(waiting, k_get, "\r\n\r\n")) == 200);
    Tcp::socket no(f.io, Tcp::v4());
    CHECK(next->adopt(no.native_handle()).error().code == ErrorCode::InvalidRequest);
}

TEST_CASE("at the end of the grace period handlers are told to stop") {
    int running = 0;
    std::optional<CancelReason> reason;
    ServerFixture f({}, waitForToken(running, reason));
    Tcp::socket busy = f.connect();
    Tcp::socket half = f.connect();
    asio::write(busy, asio::buffer(k_get));
    asio::write(half, asio::buffer(k_get.substr(0, 8)));
    f.until([&] { return running == 1 && f.server->connections() == 2; });
    run(f.io, turns());
    bool drained = false;
    const auto drain = [&]() -> asio::awaitable<void> {
        co_await f.server->drain(Millis(20));
        drained = true;
    };
    asio::co_spawn(f.io, drain(), asio::detached);
    CHECK(statusOf(run(f.io, readToEnd(busy))) == 200);
    CHECK(reason == CancelReason::Shutdown);
    CHECK(run(f.io, readToEnd(half)).empty());
    busy.close();
    f.until([&] { return drained; });
}

TEST_CASE("a handler that goes on after its client has left hears of the end of a drain, and of the server") {
    std::optional<CancelReason> reason, end;
    ServerFixture f({}, [&](ServerRequest& request, ResponseWriter&) -> asio::awaitable<void> {
        co_await until([&] { return request.disconnected.cancelled(); });
        reason = request.disconnected.reason();
        const CancelToken ending = request.ending;
        co_await until([&] { return ending.cancelled(); });
        end = ending.reason();
    });
    Tcp::socket socket = f.connect();
    asio::write(socket, asio::buffer("GET / HTTP/1.1\r\nHost: x\r\n\r\n"sv));
    f.until([&] { return f.server->connections() == 1; });
    socket.close();
    f.until([&] { return reason.has_value(); });
    CHECK(reason == CancelReason::ClientGone);
    CHECK_FALSE(end);
    SUBCASE("of a drain") {
        run(f.io, f.server->drain(Millis(1)));
    }
    SUBCASE("of the server") {
        f.server.reset();
        f.until([&] { return end.has_value(); });
    }
    CHECK(end == CancelReason::Shutdown);
}

TEST_CASE("draining a server without connections completes at once") {
    ServerFixture f;
    run(f.io, f.server->drain(Millis(60000)));
    CHECK(f.server->connections() == 0);
}

TEST_CASE("the server may be destroyed while handlers and streams are under way") {
    int ended = 0;
    ServerFixture f({}, [&](ServerRequest& request, ResponseWriter& writer) -> asio::awaitable<void> {
        const CancelToken token = request.disconnected;
        if (request.path == "/s") {
            auto stream = co_await writer.startSse({});
            REQUIRE(stream.ok());
        }
        co_await until([&] { return token.cancelled(); });
        CHECK(token.reason() == CancelReason::Shutdown);
        ++ended;
    });
    Tcp::socket stream = f.connect();
    Tcp::socket call = f.connect();
    Tcp::socket idle = f.connect();
    f.talk(stream, k_get, "\r\n\r\n");
    asio::write(call, asio::buffer("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"sv));
    f.until([&] { return f.server->connections() == 3; });
    run(f.io, turns());
    f.server.reset();
    f.until([&] { return ended == 2; });
    CHECK(run(f.io, readToEnd(idle)).empty());
    CHECK(run(f.io, readToEnd(call)).empty());
}

TEST_CASE("client and server understand each other under many parallel calls and aborts") {
    ServerFixture f({}, [&](ServerRequest& request, ResponseWriter& writer) -> asio::awaitable<void> {
        if (request.path == "/stream") {
            co_await streamTwo(writer, Millis(1));
            co_return;
        }
        ServerResponse response;
        response.body = request.body;
        const Result<void> sent = co_await writer.send(std::move(response));
        CHECK(sent.ok());
    });
    auto client = makeHttpClient(f.io);
    int done = 0;
    const auto call = [&](int i) -> asio::awaitable<void> {
        for (int round = 0; round < 20; ++round) {
            HttpRequest request = get(f.server->url() + (i % 2 ? "/stream" : "/echo"));
            request.method = "POST";
            request.body = std::string(static_cast<std::size_t>(i * 997 + round), 'x');
            const std::size_t size = request.body.size();
            auto answer = co_await fetched(*client, std::move(request));
            REQUIRE(answer->body.ok());
            if (i % 2)
                CHECK(*answer->body == "data: one\n\ndata: two\n\n");
            else
                CHECK(answer->body->size() == size);
        }
        ++done;
    };
    for (int i = 0; i < 30; ++i)
        asio::co_spawn(f.io, call(i), asio::detached);
    f.until([&] { return done == 30; });
    CHECK(f.server->connections() <= 30);
    client.reset();
    f.until([&] { return f.server->connections() == 0; });
}
