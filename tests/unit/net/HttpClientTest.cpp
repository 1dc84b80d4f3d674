#include "tests/unit/net/ClientSupport.h"

#include <zlib.h>

using namespace std::string_literals;
using namespace exo;
using namespace exo::net;
using namespace exo::test;

namespace {

// Answers every request of a connection with the same bytes.
Upstream::Script always(Upstream*& upstream, std::string bytes) {
    return [&upstream, bytes](Tcp::socket& socket, int) -> asio::awaitable<void> {
        for (;;) {
            const bool asked = co_await upstream->request(socket);
            if (!asked) co_return;
            co_await writeText(socket, bytes);
        }
    };
}

// Answers once with `bytes` and closes.
Upstream::Script once(Upstream*& upstream, std::string bytes) {
    return [&upstream, bytes](Tcp::socket& socket, int) -> asio::awaitable<void> {
        co_await upstream->request(socket);
        co_await writeText(socket, bytes);
    };
}

// Answers with `bytes`, then waits until the client closes.
Upstream::Script thenHang(Upstream*& upstream, std::string bytes) {
    return [&upstream, bytes](Tcp::socket& socket, int) -> asio::awaitable<void> {
        co_await upstream->request(socket);
        co_await writeText(socket, bytes);
        co_await upstream->waitForClose(socket);
    };
}

std::string deflated(std::string_view text, int windowBits) {
    z_stream z{};
    REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
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

std::string gzipped(std::string_view text) {
    return deflated(text, 15 + 16);
}

} // namespace

TEST_CASE_TEMPLATE("a response comes with status, headers and body, and the connection is used again", Engine,
                   Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, always(self, okWith("hello", "X-Thing:  a b \r\n")));
    self = &upstream;
    for (int i = 0; i < 3; ++i) {
        const auto answer = f.finish(get(upstream.url("/path?q=1")));
        CHECK(answer->status() == 200);
        CHECK(answer->header("x-thing") == "a b");
        REQUIRE(answer->body.ok());
        CHECK(*answer->body == "hello");
    }
    CHECK(upstream.connections == 1);
    REQUIRE(upstream.requests.size() == 3);
    CHECK(upstream.requests[0].starts_with("GET /path?q=1 HTTP/1.1\r\n"));
    // Compressing on loopback costs more than it saves.
    CHECK((upstream.requests[0].find("Accept-Encoding: gzip\r\n") != std::string::npos) ==
          (Engine::engine == HttpEngine::Curl));
}

TEST_CASE_TEMPLATE("a body is sent as it is, without a form type or an expectation", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    std::string received;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int) -> asio::awaitable<void> {
        received = co_await readUntil(socket, "END");
        co_await writeText(socket, okWith("x"));
    });
    self = &upstream;
    HttpRequest request = get(self->url());
    request.method = "POST";
    request.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
    request.body = std::string(3u << 20, 'b') + "\0END"s;
    const std::size_t size = request.body.size();
    CHECK(f.finish(std::move(request))->status() == 200);
    CHECK(received.starts_with("POST / HTTP/1.1\r\n"));
    CHECK(received.find("Content-Length: " + std::to_string(size) + "\r\n") != std::string::npos);
    CHECK(received.find("Content-Type: application/json\r\n") != std::string::npos);
    CHECK(received.find("X-Empty:\r\n") != std::string::npos);
    CHECK(received.find("Expect") == std::string::npos);
    CHECK(received.find("form-urlencoded") == std::string::npos);
    CHECK(received.size() == received.find("\r\n\r\n") + 4 + size);
}

TEST_CASE_TEMPLATE("a reused handle carries nothing of the request before", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, always(self, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    self = &upstream;
    const char* methods[] = {"POST", "GET", "DELETE", "HEAD", "PUT", "GET", "OPTIONS", "POST"};
    for (const char* method : methods) {
        HttpRequest request = get(upstream.url());
        request.method = method;
        if (std::string_view(method) == "PUT") request.headers.push_back({"X-Only-Put", "1"});
        CHECK(f.finish(std::move(request))->status() == 200);
    }
    REQUIRE(upstream.requests.size() == 8);
    for (std::size_t i = 0; i < 8; ++i) {
        const std::string& head = upstream.requests[i];
        CAPTURE(head);
        const std::string method = methods[i];
        CHECK(head.starts_with(method + " / HTTP/1.1\r\n"));
        CHECK((head.find("Content-Length: 0") != std::string::npos) == (method == "POST" || method == "PUT"));
        CHECK((head.find("X-Only-Put") != std::string::npos) == (method == "PUT"));
    }
    CHECK(upstream.connections == 1);
}

TEST_CASE_TEMPLATE("requests that would break out of their frame are refused before anything is sent", Engine,
                   Plain, Curl) {
    ClientFixture<Engine> f;
    const auto refused = [&](auto change) {
        HttpRequest request = get("http://127.0.0.1:1/");
        change(request);
        const auto answer = f.finish(std::move(request));
        CHECK(answer->sendError() == ErrorCode::InvalidRequest);
    };
    refused([](HttpRequest& r) { r.headers = {{"X-A", "1\r\nX-B: 2"}}; });
    refused([](HttpRequest& r) { r.headers = {{"X-A", "1\n2"}}; });
    refused([](HttpRequest& r) { r.headers = {{"X-A", "1\0"s}}; });
    refused([](HttpRequest& r) { r.headers = {{"X-A: 1\r\nX-B", "2"}}; });
    refused([](HttpRequest& r) { r.headers = {{"", "2"}}; });
    refused([](HttpRequest& r) { r.headers = {{"Content-Length", "5"}}; });
    refused([](HttpRequest& r) { r.headers = {{"transfer-encoding", "chunked"}}; });
    refused([](HttpRequest& r) { r.method = "GET / HTTP/1.1\r\nX: "; });
    refused([](HttpRequest& r) { r.method = ""; });
    refused([](HttpRequest& r) { r.url = "http://127.0.0.1:1/\r\nX: y"; });
    refused([](HttpRequest& r) { r.url = "http://127.0.0.1:1/a b"; });
    refused([](HttpRequest& r) { r.url = "file:///etc/passwd"; });
    refused([](HttpRequest& r) { r.url = "gopher://127.0.0.1:1/"; });
    refused([](HttpRequest& r) { r.url = "http://"; });
    refused([](HttpRequest& r) { r.url = "http://127.0.0.1:99999/"; });
    refused([](HttpRequest& r) { r.url = ""; });
    refused([](HttpRequest& r) { r.proxy = {ProxySettings::Mode::Custom, "ftp://127.0.0.1:1"}; });
    refused([](HttpRequest& r) { r.proxy = {ProxySettings::Mode::Custom, ""}; });
}

TEST_CASE_TEMPLATE("small pieces are sent at once, not held back for larger ones", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    bool asked = false;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int) -> asio::awaitable<void> {
        co_await self->request(socket);
        asked = true;
        co_await readToEnd(socket);
    });
    self = &upstream;
    const auto answer = f.start(get(upstream.url()));
    f.until([&] { return asked; });
    CHECK(sendsAtOnceTo(upstream.port()));
    f.source.cancel(CancelReason::UserStop);
    f.until([&] { return answer->done; });
}

TEST_CASE_TEMPLATE("a refused connection is a retryable connection error", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Tcp::acceptor closed(f.io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const std::string url = "http://127.0.0.1:" + std::to_string(closed.local_endpoint().port()) + "/";
    closed.close();
    const auto answer = f.finish(get(url));
    REQUIRE_FALSE(answer->response.ok());
    CHECK(answer->response.error().code == ErrorCode::UpstreamConnection);
    CHECK(answer->response.error().retryable);
}

TEST_CASE_TEMPLATE("redirects, interim responses and trailers are not mistaken for the answer", Engine, Plain,
                   Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, always(self, "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
                                         "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                                         "Transfer-Encoding: chunked\r\n\r\n"
                                         "3;ext=1\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n"));
    self = &upstream;
    const auto answer = f.finish(get(upstream.url()));
    CHECK(answer->status() == 302);
    CHECK(answer->header("location") == "http://127.0.0.1:1/");
    CHECK(answer->header("x-early").empty());
    CHECK(answer->header("x-trailer").empty());
    REQUIRE(answer->body.ok());
    CHECK(*answer->body == "abc");
}

TEST_CASE_TEMPLATE(
    "no headers in time: the call fails, is not worth repeating, and the upstream sees the close", Engine,
    Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, thenHang(self, "HTTP/1.1 200 OK\r\nX-Half: "));
    self = &upstream;
    HttpRequest request = get(upstream.url());
    request.timeouts.headers = Millis(40);
    const auto answer = f.finish(std::move(request));
    REQUIRE_FALSE(answer->response.ok());
    CHECK(answer->response.error().code == ErrorCode::UpstreamTimeout);
    CHECK_FALSE(answer->response.error().retryable);
    f.until([&] { return upstream.closedByPeer == 1; });
}

TEST_CASE_TEMPLATE("a connection that is never finished times out as retryable: nothing was sent", Engine,
                   Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int) { return self->waitForClose(socket); });
    self = &upstream;
    HttpRequest request = get(upstream.url("/", "https")); // the TLS handshake is part of connecting
    request.timeouts.connect = Millis(50);
    const auto answer = f.finish(std::move(request));
    REQUIRE_FALSE(answer->response.ok());
    CHECK(answer->response.error().code == ErrorCode::UpstreamTimeout);
    CHECK(answer->response.error().retryable);
    f.until([&] { return upstream.closedByPeer == 1; });
}

TEST_CASE_TEMPLATE("silence within the body ends it, and the connection is not used again", Engine, Plain,
                   Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int number) -> asio::awaitable<void> {
        co_await self->request(socket);
        std::string bytes = okWith("fine");
        if (number == 1) bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
        co_await writeText(socket, bytes);
        co_await self->waitForClose(socket);
    });
    self = &upstream;
    HttpRequest request = get(upstream.url());
    request.timeouts.idle = Millis(40);
    const auto answer = f.finish(std::move(request));
    CHECK(answer->status() == 200);
    CHECK(answer->bodyError() == ErrorCode::UpstreamTimeout);
    f.until([&] { return upstream.closedByPeer == 1; });
    const auto second = f.finish(get(upstream.url()));
    REQUIRE(second->body.ok());
    CHECK(*second->body == "fine");
    CHECK(upstream.connections == 2);
}

TEST_CASE_TEMPLATE("a body that drips for ever ends with the total time", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int) -> asio::awaitable<void> {
        co_await self->request(socket);
        co_await writeText(socket, "HTTP/1.1 200 OK\r\n\r\n");
        for (bool open = true; open;) {
            open = co_await writeText(socket, "x");
            co_await pause(Millis(5));
        }
        ++self->closedByPeer;
    });
    self = &upstream;
    HttpRequest request = get(upstream.url());
    request.timeouts.idle = Millis(5000);
    request.timeouts.total = Millis(60);
    const auto answer = f.finish(std::move(request));
    CHECK(answer->status() == 200);
    CHECK(answer->bodyError() == ErrorCode::UpstreamTimeout);
    f.until([&] { return upstream.closedByPeer == 1; });
}

namespace {

asio::awaitable<void> readSlowly(HttpClient& client, HttpRequest request, std::string& text,
                                 Result<std::string>& last) {
    auto response = co_await client.send(std::move(request), CancelToken());
    REQUIRE(response.ok());
    for (;;) {
        co_await pause(Millis(80)); // longer than the idle time-out
        last = co_await response.value()->read();
        if (!last.ok() || last->empty()) co_return;
        text += *last;
    }
}

} // namespace

TEST_CASE_TEMPLATE("the idle time does not run while the reader is slow", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int) -> asio::awaitable<void> {
        co_await self->request(socket);
        co_await writeText(socket, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
        co_await pause(Millis(20));
        co_await writeText(socket, "def");
        co_await self->waitForClose(socket);
    });
    self = &upstream;
    HttpRequest request = get(upstream.url());
    request.timeouts.idle = Millis(60);
    std::string text;
    Result<std::string> last = std::string();
    run(f.io, readSlowly(*f.client, std::move(request), text, last));
    CHECK(last.ok());
    CHECK(text == "abcdef");
}

TEST_CASE_TEMPLATE("a body that is cut gives its first part, then an error that is not worth a blind repeat",
                   Engine, Plain, Curl) {
    for (const std::string head :
         {"Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
          "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
        CAPTURE(head);
        ClientFixture<Engine> f;
        Upstream* self = nullptr;
        Upstream upstream(f.io, once(self, "HTTP/1.1 200 OK\r\n" + head));
        self = &upstream;
        std::string text;
        Result<std::string> last = std::string();
        run(f.io, readSlowly(*f.client, get(upstream.url()), text, last));
        CHECK(text.starts_with("ab"));
        REQUIRE_FALSE(last.ok());
        CHECK(last.error().code == ErrorCode::UpstreamConnection);
        CHECK_FALSE(last.error().retryable);
    }
}

TEST_CASE_TEMPLATE("bytes past the announced length are dropped together with the connection", Engine, Plain,
                   Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io,
                      thenHang(self, okWith("hello") + "HTTP/1.1 500 Injected\r\nContent-Length: 0\r\n\r\n"));
    self = &upstream;
    for (int i = 1; i <= 2; ++i) {
        const auto answer = f.finish(get(upstream.url()));
        CHECK(answer->status() == 200);
        REQUIRE(answer->body.ok());
        CHECK(*answer->body == "hello");
        CHECK(upstream.connections == i);
    }
}

TEST_CASE_TEMPLATE("what is not HTTP is an invalid response", Engine, Plain, Curl) {
    for (const std::string& bytes :
         {std::string("hello there\r\n\r\n"), std::string("SSH-2.0-OpenSSH_9.2\r\n"),
          std::string("\x16\x03\x01\x02"), "HTTP/1.1 200 OK\r\nX-Endless: " + std::string(400000, 'x'),
          "HTTP/1.1 200 OK\r\n" + [] {
              std::string many;
              for (int i = 0; i < 5000; ++i)
                  many += "X-" + std::to_string(i) + ": y\r\n";
              return many;
          }()}) {
        CAPTURE(bytes.substr(0, 40));
        ClientFixture<Engine> f;
        Upstream* self = nullptr;
        Upstream upstream(f.io, thenHang(self, bytes));
        self = &upstream;
        HttpRequest request = get(upstream.url());
        request.timeouts.headers = Millis(10000);
        const auto answer = f.finish(std::move(request));
        CHECK(answer->sendError() == ErrorCode::UpstreamInvalidResponse);
        f.until([&] { return upstream.closedByPeer == 1; });
    }
}

TEST_CASE_TEMPLATE("gzip and both kinds of deflate are undone, and the headers describe what is read", Engine,
                   Plain, Curl) {
    std::string text;
    for (int i = 0; i < 20000; ++i)
        text += "line " + std::to_string(i) + "\n";
    const std::pair<const char*, std::string> forms[] = {
        {"gzip", gzipped(text)},
        {"x-gzip", gzipped(text.substr(0, 1000)) + gzipped(text.substr(1000))},
        {"deflate", deflated(text, 15)},
        {"Deflate", deflated(text, -15)},
        {"identity", text},
    };
    for (const auto& [coding, bytes] : forms) {
        CAPTURE(coding);
        ClientFixture<Engine> f;
        Upstream* self = nullptr;
        Upstream upstream(f.io,
                          always(self, okWith(bytes, std::string("Content-Encoding: ") + coding + "\r\n")));
        self = &upstream;
        const auto answer = f.finish(get(upstream.url()));
        REQUIRE(answer->body.ok());
        CHECK(*answer->body == text);
        if (std::string_view(coding) == "identity") continue;
        CHECK(answer->header("content-encoding").empty());
        CHECK(answer->header("content-length").empty());
    }
}

TEST_CASE_TEMPLATE(
    "a compressed body that is broken, cut, too large or of an unknown kind is an invalid response", Engine,
    Plain, Curl) {
    const std::string sound = gzipped(std::string(100000, 'x'));
    std::string flipped = sound;
    flipped[sound.size() / 2] = static_cast<char>(~flipped[sound.size() / 2]);
    const std::pair<const char*, std::string> forms[] = {
        {"gzip", "this is no gzip"},
        {"gzip", sound.substr(0, sound.size() / 2)},
        {"gzip", sound.substr(0, sound.size() - 3)},
        {"gzip", flipped},
        {"gzip", gzipped(std::string(3u << 20, '\0'))}, // 3 KB that would be 3 MB
        {"br", "whatever"},
        {"gzip, gzip", gzipped(sound)},
    };
    for (const auto& [coding, bytes] : forms) {
        CAPTURE(coding);
        CAPTURE(bytes.size());
        ClientFixture<Engine> f;
        Upstream* self = nullptr;
        Upstream upstream(f.io,
                          always(self, okWith(bytes, std::string("Content-Encoding: ") + coding + "\r\n")));
        self = &upstream;
        HttpRequest request = get(upstream.url());
        request.maxBodyBytes = 1u << 20;
        const auto answer = f.finish(std::move(request));
        CHECK(answer->status() == 200);
        CHECK(answer->bodyError() == ErrorCode::UpstreamInvalidResponse);
    }
}

TEST_CASE_TEMPLATE("a plain body past its limit is refused, exactly the limit is not", Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, always(self, okWith(std::string(1000, 'x'))));
    self = &upstream;
    for (const std::size_t limit : {999u, 1000u}) {
        HttpRequest request = get(upstream.url());
        request.maxBodyBytes = limit;
        const auto answer = f.finish(std::move(request));
        CHECK(answer->body.ok() == (limit == 1000));
    }
}

TEST_CASE_TEMPLATE(
    "a kept connection that the upstream closed meanwhile is replaced without the caller noticing", Engine,
    Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    int answered = 0;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int number) -> asio::awaitable<void> {
        co_await self->request(socket);
        co_await writeText(socket, okWith("hello"));
        ++answered;
        if (number == 1)
            co_await self->request(socket); // takes the second request, then closes without a byte
    });
    self = &upstream;
    CHECK(f.finish(get(upstream.url()))->body.ok());
    HttpRequest request = get(upstream.url());
    request.method = "POST";
    request.body = "{}";
    const auto second = f.finish(std::move(request));
    REQUIRE(second->body.ok());
    CHECK(*second->body == "hello");
    CHECK(upstream.connections == 2);
    CHECK(answered == 2);
}

TEST_CASE_TEMPLATE("a request is not repeated once the status line came back, nor on a fresh connection",
                   Engine, Plain, Curl) {
    ClientFixture<Engine> f;
    Upstream* self = nullptr;
    Upstream upstream(f.io, [&](Tcp::socket& socket, int number) -> asio::awaitable<void> {
        const bool asked = co_await self->request(socket);
        if (!asked || number == 2) co_return; // closes a fresh connection without a byte
        co_await writeText(socket, okWith("hello"));
        co_await self->request(socket);
        co_await writeText(socket, "HTTP/1.1 200 OK\r\n");
    });
    self = &upstream;
    CHECK(f.finish(get(upstream.url()))->body.ok());
    CHECK(f.finish(get(upstream.url()))->sendError() == ErrorCode::UpstreamConnection);
    CHECK(upstream.connections == 1);
    const auto third = f.finish(get(upstream.url()));
    CHECK(third->sendError() == ErrorCode::UpstreamConnection);
    CHECK(third->response.error().retryable);
    CHECK(upstream.connections == 2);
}
