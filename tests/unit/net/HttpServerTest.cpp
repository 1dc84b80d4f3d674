// Framing, limits and the plain request cycle.
#include "tests/unit/net/ServerSupport.h"

#include <sys/resource.h>
#include <zlib.h>

using namespace std::string_literals;
using namespace exo;
using namespace exo::net;
using namespace exo::test;

namespace {

std::string gzipped(std::string_view text) {
    z_stream z{};
    REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&z, text.size()) + 64, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

std::string post(std::string_view body, std::string_view headers = {}) {
    return "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

const std::string k_get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string k_lastGet = "GET /z HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

} // namespace

TEST_CASE("requests that two parsers could read differently are refused and the connection is closed") {
    struct Bad {
        std::string bytes;
        int status;
    };
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
    const Bad table[] = {
        {head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {head + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
        {head + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
        {head + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
        {head + "Content-Length: 3, 3\r\n\r\nabc", 400},
        {head + "Content-Length: +3\r\n\r\nabc", 400},
        {head + "Content-Length: -3\r\n\r\nabc", 400},
        {head + "Content-Length: 0x3\r\n\r\nabc", 400},
        {head + "Content-Length: 3 3\r\n\r\nabc", 400},
        {head + "Content-Length: \r\n\r\n", 400},
        {head + "Content-Length: 18446744073709551616\r\n\r\n", 400},
        {head + "Content-Length : 3\r\n\r\nabc", 400},
        {head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {head + "Transfer-Encoding: gzip\r\n\r\n", 501},
        {head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
        {head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
        {head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501},
        {head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400},
        {head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400},
        {head + "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n", 400},
        {head + "Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n", 400},
        {head + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff0\r\n", 400},
        {head + "Transfer-Encoding: chunked\r\n\r\n3;e=\"\r\nabc\r\n0\r\n\r\n", 400},
        {head + "Transfer-Encoding: chunked\r\n\r\n3;e=\"\r\na\"c\r\n0\r\n\r\n", 400},
        {head + "Transfer-Encoding: chunked\r\n\r\n0;e=\"\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: x\n\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n\tfolded\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nX Y: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nnocolon\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"s, 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nX\x01: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400},
        {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 505},
        {"GET /\r\nHost: x\r\n\r\n", 400},
        {"GET\r\n\r\n", 400},
        {"G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        {"GET / http/1.1\r\nHost: x\r\n\r\n", 505},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\n"s, 400},
        {"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a/%2e%2E/b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a%2f..%2fb HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a/..\\b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a%0d%0ab HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a% HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nExpect: magic\r\n\r\n", 417},
        {head + "Content-Length: 3\r\nContent-Encoding: br\r\n\r\nabc", 415},
        {head + "Content-Length: 3\r\nContent-Encoding: gzip, gzip\r\n\r\nabc", 415},
        {head + "Content-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc", 400},
    };
    ServerFixture f;
    for (const Bad& bad : table) {
        CAPTURE(bad.bytes);
        const std::string response = f.talk(bad.bytes + k_get);
        CHECK(statusOf(response) == bad.status);
        CHECK(count(response, "HTTP/1.") == 1); // what follows is not taken for another request
        CHECK(headerOf(response, "Connection") == "close");
        CHECK_FALSE(headerOf(response, "x-request-id").empty());
        CHECK_FALSE(headerOf(response, "Date").empty());
        CHECK(headerOf(response, "Content-Type") == "application/json");
        CHECK(response.find("\r\nServer:") == std::string::npos);
    }
    CHECK(f.requests.empty());
    f.until([&] { return f.server->connections() == 0; });
}

TEST_CASE("a malformed request is refused as soon as it shows, not when the client is done") {
    ServerFixture f;
    CHECK(statusOf(f.talk("GET / HTTP/1.1\n")) == 400);
    CHECK(statusOf(f.talk("GET / HTTP/1.1\r\nHost: x\r\n folded\r\n")) == 400);
    CHECK(statusOf(f.talk(std::string(9000, 'G'))) == 414);
}

TEST_CASE("the same request is understood however its bytes are split") {
    ServerFixture f;
    const std::string bytes =
        "\r\nPOST /a%20b?x=1&y=%E4%BD%A0+z HTTP/1.1\r\nHost: x\r\nX-A:  padded \r\n"
        "Transfer-Encoding: chunked\r\n\r\n3;e=\"a\\\"b\"\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX-Trailer: "
        "t\r\n\r\n";
    const auto dribble = [&](std::size_t step) -> asio::awaitable<std::string> {
        Tcp::socket socket = f.connect();
        socket.set_option(Tcp::no_delay(true));
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            co_await writeText(socket, bytes.substr(at, step));
            co_await turns(6);
        }
        co_return co_await readUntil(socket, "0123456789");
    };
    for (const std::size_t step : {1u, 2u, 7u, 50u, 1000u}) {
        CAPTURE(step);
        CHECK(run(f.io, dribble(step)).ends_with("POST /a b abc0123456789"));
        const ServerRequest& seen = f.requests.back();
        CHECK(seen.target == "/a%20b?x=1&y=%E4%BD%A0+z");
        CHECK(seen.query == "x=1&y=%E4%BD%A0+z");
        CHECK(seen.queryValue("x") == "1");
        CHECK(seen.queryValue("y") == "\xE4\xBD\xA0 z");
        CHECK(seen.queryValue("none").empty());
        CHECK(seen.header("x-a") == "padded");
        CHECK(seen.header("x-trailer").empty());
        CHECK(seen.remoteAddress == "127.0.0.1");
        CHECK(seen.remoteIsLoopback);
    }
}

TEST_CASE("the end of a chunked body may come in any pieces") {
    ServerFixture f;
    const auto ends = [&](const std::string& first,
                          const std::string& second) -> asio::awaitable<std::string> {
        Tcp::socket socket = f.connect();
        socket.set_option(Tcp::no_delay(true));
        co_await writeText(socket,
                           "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + first);
        co_await turns(6);
        co_await writeText(socket, second);
        co_return co_await readUntil(socket, "POST /c ");
    };
    const std::string body = "2\r\nab\r\n0\r\nX: y\r\n\r\n";
    for (const std::string& whole : {body, std::string("0\r\n\r\n")}) {
        for (std::size_t split = 0; split <= whole.size(); ++split) {
            CAPTURE(whole.substr(0, split));
            CHECK(statusOf(run(f.io, ends(whole.substr(0, split), whole.substr(split)))) == 200);
        }
    }
}

TEST_CASE("the absolute form, OPTIONS *, HTTP/1.0 without Host and odd methods are served") {
    ServerFixture f;
    const auto path = [&](const std::string& line) {
        CHECK(statusOf(f.talk(line + "\r\nHost: x\r\nConnection: close\r\n\r\n")) == 200);
        return f.requests.back().path;
    };
    CHECK(path("GET http://x:80/abs?q HTTP/1.1") == "/abs");
    CHECK(path("GET http://x HTTP/1.1") == "/");
    CHECK(path("GET http://x?q=1 HTTP/1.1") == "/");
    CHECK(path("OPTIONS * HTTP/1.1") == "*");
    CHECK(path("GET /a..b/...c HTTP/1.1") == "/a..b/...c");
    CHECK(path("BREW /pot HTTP/1.1") == "/pot");
    CHECK(f.requests.back().method == "BREW");
    CHECK(statusOf(f.talk("GET /old HTTP/1.0\r\n\r\n")) == 200);
}

TEST_CASE("sizes are limited one by one, and the limit itself is still fine") {
    ServerLimits limits;
    limits.maxRequestLine = 100;
    limits.maxHeaderBytes = 200;
    limits.maxHeaders = 5;
    limits.maxBody = 50;
    ServerFixture f(limits);
    const auto line = [](std::size_t size) {
        return "GET /" + std::string(size - 14, 'a') + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    };
    CHECK(statusOf(f.talk(line(100))) == 200);
    CHECK(statusOf(f.talk(line(101))) == 414);
    const std::string plain = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    const std::size_t used = plain.size() - 16;
    const auto header = [&](std::size_t size) {
        return plain + "X: " + std::string(size - used - 5, 'b') + "\r\n\r\n";
    };
    CHECK(statusOf(f.talk(header(200))) == 200);
    CHECK(statusOf(f.talk(header(201))) == 431);
    CHECK(statusOf(f.talk(plain + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n")) == 200);
    CHECK(statusOf(f.talk(plain + "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n")) == 431);
    const auto chunked = [&](std::size_t size) {
        return "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: "
               "chunked\r\n\r\nA\r\n0123456789\r\n" +
               std::string("28") + "\r\n" + std::string(40, 'c') + "\r\n" +
               (size > 50 ? "1\r\nx\r\n0\r\n\r\n" : "0\r\n\r\n");
    };
    CHECK(statusOf(f.talk(post(std::string(50, 'c')))) == 200);
    CHECK(statusOf(f.talk(post(std::string(51, 'c')))) == 413);
    CHECK(statusOf(f.talk(chunked(50))) == 200);
    CHECK(statusOf(f.talk(chunked(51))) == 413);
    CHECK(statusOf(f.talk("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                          std::string(100000, 'e'))) == 400);
}

TEST_CASE("a compressed body is undone and counted after decompression") {
    ServerLimits limits;
    limits.maxBody = 1u << 20;
    ServerFixture f(limits);
    const std::string gzip = "Content-Encoding: gzip\r\n";
    CHECK(f.talk(post(gzipped("hello gzip"), gzip)).ends_with("POST /p hello gzip"));
    CHECK(f.requests.back().header("content-encoding").empty());
    CHECK(statusOf(f.talk(post(gzipped(std::string(1u << 20, 'x')), gzip))) == 200);
    const std::string bomb = gzipped(std::string(50u << 20, '\0'));
    CHECK(bomb.size() < (1u << 20));
    CHECK(statusOf(f.talk(post(bomb, gzip))) == 413);
    CHECK(statusOf(f.talk(post(gzipped("x") + "trailing", gzip))) == 400);
    CHECK(statusOf(f.talk(post(gzipped("hello").substr(0, 12), gzip))) == 400);
    CHECK(statusOf(f.talk(post("", gzip))) == 200);
}

TEST_CASE("a refused large body still lets the client read why") {
    ServerLimits limits;
    limits.maxBody = 1000;
    ServerFixture f(limits);
    const std::string response = f.talk(post(std::string(40000, 'x')));
    CHECK(statusOf(response) == 413);
    CHECK(response.ends_with("request_too_large\"}"));
}

TEST_CASE("pipelined requests are answered in order on one connection") {
    ServerFixture f;
    std::string bytes;
    for (int i = 0; i < 50; ++i)
        bytes += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab";
    const std::string response = f.talk(bytes + k_lastGet);
    CHECK(count(response, "HTTP/1.1 200 OK") == 51);
    REQUIRE(f.requests.size() == 51);
    for (std::size_t i = 0; i < 50; ++i)
        CHECK(f.requests[i].path == "/" + std::to_string(i));
    CHECK(headerOf(response, "Connection").empty());
    CHECK(response.find("Connection: close") != std::string::npos);
}

TEST_CASE("small pieces are sent at once, not held back for larger ones") {
    ServerFixture f;
    Tcp::socket socket = f.connect();
    CHECK(statusOf(f.talk(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / ")) == 200);
    CHECK(sendsAtOnceTo(socket.local_endpoint().port()));
}

TEST_CASE("HTTP/1.0 closes unless the client asks otherwise") {
    ServerFixture f;
    const std::string once = f.talk("GET /a HTTP/1.0\r\n\r\n");
    CHECK(once.starts_with("HTTP/1.0 200 OK\r\n"));
    CHECK(headerOf(once, "Connection") == "close");
    Tcp::socket socket = f.connect();
    const std::string kept = f.talk(socket, "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /a ");
    CHECK(headerOf(kept, "Connection") == "keep-alive");
    CHECK(statusOf(f.talk(socket, "GET /b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /b ")) == 200);
}

TEST_CASE("HEAD, 204 and 304 have no body, and the next response is not confused by that") {
    int status = 200;
    ServerFixture f({}, [&](ServerRequest&, ResponseWriter& writer) -> asio::awaitable<void> {
        ServerResponse response;
        response.status = status;
        response.body = "twelve bytes";
        const Result<void> sent = co_await writer.send(std::move(response));
        CHECK(sent.ok());
    });
    const std::string head = f.talk("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(headerOf(head, "Content-Length") == "12");
    CHECK(head.ends_with("\r\n\r\n"));
    for (const int bodiless : {204, 304}) {
        status = bodiless;
        const std::string response = f.talk(k_lastGet);
        CHECK(statusOf(response) == bodiless);
        CHECK(headerOf(response, "Content-Length").empty());
        CHECK(response.ends_with("\r\n\r\n"));
    }
    status = 9999;
    CHECK(statusOf(f.talk(k_lastGet)) == 500);
}

TEST_CASE("a client that expects 100 gets it before its body, and not when the body is refused anyway") {
    ServerLimits limits;
    limits.maxBody = 10;
    ServerFixture f(limits);
    const std::string head =
        "POST /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: ";
    Tcp::socket socket = f.connect();
    CHECK(f.talk(socket, head + "4\r\n\r\n", "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(f.requests.empty());
    CHECK(f.talk(socket, "body", "body").ends_with("POST /c body"));
    const std::string refused = f.talk(head + "11\r\n\r\n");
    CHECK(refused.starts_with("HTTP/1.1 413 "));
    CHECK(f.talk(head + "4\r\n\r\nbody")
              .starts_with("HTTP/1.1 200 ")); // did not wait: no interim response needed
}

TEST_CASE("a client's request id is used when it is sane, else replaced") {
    ServerFixture f;
    const auto id = [&](const std::string& sent) {
        return headerOf(
            f.talk("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: " + sent + "\r\n\r\n"),
            "x-request-id");
    };
    CHECK(id("abc-123_x.y:z") == "abc-123_x.y:z");
    CHECK(f.requests.back().requestId == "abc-123_x.y:z");
    for (const std::string& odd : {std::string("a b"), std::string("a\"b"), std::string("<x>"),
                                   std::string(200, 'a'), std::string("\xE4\xBD\xA0")}) {
        CHECK(id(odd) != odd);
        CHECK(id(odd).starts_with("req_"));
    }
    CHECK(id("") != id(""));
    CHECK(headerOf(f.talk("GET /%zz HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\n\r\n"), "x-request-id") ==
          "mine");
}

TEST_CASE("a handler cannot split the response or fake what the server writes") {
    ServerFixture f({}, [&](ServerRequest&, ResponseWriter& writer) -> asio::awaitable<void> {
        ServerResponse response;
        response.headers = {{"X-Good", "1"},
                            {"X-Evil", "1\r\nX-Injected: 2"},
                            {"X: y\r\nX-Injected", "2"},
                            {"Content-Length", "99"},
                            {"Transfer-Encoding", "chunked"},
                            {"Connection", "keep-alive"},
                            {"X-Request-Id", "fake"},
                            {"", "x"}};
        response.body = "body";
        const Result<void> sent = co_await writer.send(std::move(response));
        CHECK(sent.ok());
        const Result<void> again = co_await writer.send(ServerResponse());
        CHECK_FALSE(again.ok());
    });
    const std::string response = f.talk(k_lastGet);
    CHECK(headerOf(response, "X-Good") == "1");
    CHECK(headerOf(response, "Content-Length") == "4");
    CHECK(response.find("Injected") == std::string::npos);
    CHECK(response.find("fake") == std::string::npos);
    CHECK(response.find("chunked") == std::string::npos);
    CHECK(count(response, "HTTP/1.1") == 1);
}

TEST_CASE("a handler that throws or says nothing is an internal error, and the connection goes on") {
    ServerFixture f({}, [&](ServerRequest& request, ResponseWriter&) -> asio::awaitable<void> {
        if (request.path == "/throw") throw std::runtime_error("broken");
        if (request.path == "/odd") throw 5;
        co_return;
    });
    const std::string response =
        f.talk("GET /throw HTTP/1.1\r\nHost: x\r\n\r\nGET /odd HTTP/1.1\r\nHost: x\r\n\r\n" + k_lastGet);
    CHECK(count(response, "HTTP/1.1 500 Internal Server Error") == 3);
    CHECK(count(response, "{\"status\":500,\"code\":\"internal") == 3);
}

TEST_CASE("a client that is too slow with its head or body is told so, an idle one is just closed") {
    ServerLimits limits;
    limits.headerTimeout = Millis(40);
    limits.bodyIdleTimeout = Millis(40);
    limits.keepAliveTimeout = Millis(40);
    ServerFixture f(limits);
    CHECK(f.talk("").empty());
    CHECK(statusOf(f.talk("GET / HTTP/1.1\r\nHos")) == 408);
    CHECK(statusOf(f.talk("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")) == 408);
    const std::string kept = f.talk(k_get);
    CHECK(statusOf(kept) == 200);
    CHECK(count(kept, "HTTP/1.1") == 1);
    f.until([&] { return f.server->connections() == 0; });
}

TEST_CASE("connections past the cap are told so at once") {
    ServerLimits limits;
    limits.maxConnections = 2;
    ServerFixture f(limits);
    Tcp::socket first = f.connect();
    Tcp::socket second = f.connect();
    f.until([&] { return f.server->connections() == 2; });
    const std::string refused = f.talk("");
    CHECK(statusOf(refused) == 503);
    CHECK_FALSE(headerOf(refused, "x-request-id").empty());
    CHECK(refused.ends_with("\"overloaded\"}"));
    first.close();
    f.until([&] { return f.server->connections() == 1; });
    CHECK(statusOf(f.talk(k_lastGet)) == 200);
}

TEST_CASE("clients behind a trusted proxy are capped one by one, the proxy itself is not") {
    ServerLimits limits;
    limits.maxConnectionsPerClient = 2;
    limits.trustedProxies = {"127.0.0.1"};
    int running = 0;
    bool release = false;
    std::vector<std::string> clients;
    ServerFixture f(limits, [&](ServerRequest& request, ResponseWriter& writer) -> asio::awaitable<void> {
        clients.push_back(request.remoteAddress);
        ++running;
        co_await until([&] { return release; });
        --running;
        const Result<void> sent = co_await writer.send(ServerResponse());
        CHECK(sent.ok());
    });
    const auto ask = [](const std::string& client) {
        return "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: " + client + "\r\n\r\n";
    };
    std::vector<Tcp::socket> sockets;
    for (const char* client : {"1.1.1.1", "6.6.6.6, 1.1.1.1", "2.2.2.2", "2.2.2.2", "3.3.3.3"}) {
        sockets.push_back(f.connect());
        asio::write(sockets.back(), asio::buffer(ask(client)));
    }
    f.until([&] { return running == 5; });
    CHECK(statusOf(f.talk(ask("1.1.1.1"))) == 503);
    CHECK(statusOf(f.talk(ask("2.2.2.2"))) == 503);
    CHECK(running == 5);
    release = true;
    f.until([&] { return running == 0; });
    CHECK(statusOf(f.talk(ask("1.1.1.1"))) == 200);
    CHECK(std::ranges::count(clients, "1.1.1.1") == 3);
}

TEST_CASE("a forwarded address from somebody who is no trusted proxy means nothing") {
    ServerFixture f;
    CHECK(statusOf(f.talk(
              "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n")) == 200);
    CHECK(f.requests.back().remoteAddress == "127.0.0.1");
}

// The undefined-behaviour sanitizer opens a pipe to look at memory and takes its failure for an invalid
// object.
#ifdef __SANITIZE_ADDRESS__
constexpr bool k_needsDescriptors = true;
#else
constexpr bool k_needsDescriptors = false;
#endif

TEST_CASE("without file descriptors the server waits, and serves again when there are some" *
          doctest::skip(k_needsDescriptors)) {
    ServerFixture f;
    Tcp::socket waiting(f.io);
    waiting.open(Tcp::v4());
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit tight = before;
    tight.rlim_cur = static_cast<rlim_t>(waiting.native_handle()) + 1;
    run(f.io, turns()); // the pending accept is in place
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    waiting.connect(Tcp::endpoint(asio::ip::address_v4::loopback(), f.server->port()));
    asio::write(waiting, asio::buffer(k_lastGet));
    run(f.io, pause(Millis(30)));
    f.io.restart();
    const std::size_t handlers = f.io.poll(); // a spinning accept loop would never run dry
    const int served = f.server->connections();
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(handlers < 100);
    CHECK(served == 0);
    CHECK(statusOf(run(f.io, readToEnd(waiting))) == 200);
}

TEST_CASE("an address that is taken, malformed or a name cannot be listened on") {
    ServerFixture f;
    asio::io_context& io = f.io;
    const auto other = makeHttpServer(
        io, {}, [](ServerRequest&, ResponseWriter&) -> asio::awaitable<void> { co_return; }, {});
    const auto taken = other->listen("127.0.0.1:" + std::to_string(f.server->port()));
    REQUIRE_FALSE(taken.ok());
    CHECK(taken.error().code == ErrorCode::IoError);
    CHECK(other->listen("nonsense").error().code == ErrorCode::InvalidRequest);
    CHECK(other->listen("example.com:80").error().code == ErrorCode::InvalidRequest);
    REQUIRE(other->listen("localhost:0").ok());
    CHECK(other->url() == "http://127.0.0.1:" + std::to_string(other->port()));
    CHECK_FALSE(other->listen("127.0.0.1:0").ok());
    CHECK(f.server->url() == "http://127.0.0.1:" + std::to_string(f.server->port()));
}
