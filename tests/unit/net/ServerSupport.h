#pragma once
// Shared by the tests of the HTTP server: a server on a port of its own and clients that write raw bytes.

#include "core/net/HttpServer.h"
#include "tests/unit/net/Raw.h"

namespace exo::test {

struct ServerFixture {
    asio::io_context io{1};
    std::unique_ptr<net::HttpServer> server;
    std::vector<net::ServerRequest> requests; // what the default handler saw

    explicit ServerFixture(net::ServerLimits limits = {}, net::Handler handler = {}) {
        if (!handler) handler = [this](net::ServerRequest& q, net::ResponseWriter& w) { return echo(q, w); };
        server = net::makeHttpServer(
            io, std::move(limits), std::move(handler), [](int status, const Error& error) {
                net::ServerResponse response;
                response.headers.push_back({"Content-Type", "application/json"});
                response.body = "{\"status\":" + std::to_string(status) + ",\"code\":\"" +
                                std::string(toString(error.code)) + "\"}";
                return response;
            });
        REQUIRE(server->listen("127.0.0.1:0").ok());
    }
    asio::awaitable<void> echo(net::ServerRequest& request, net::ResponseWriter& writer) {
        requests.push_back(request);
        net::ServerResponse response;
        response.body = request.method + " " + request.path + " " + request.body;
        const Result<void> sent = co_await writer.send(std::move(response));
        CHECK(sent.ok());
    }

    Tcp::socket connect() {
        Tcp::socket socket(io);
        socket.connect(Tcp::endpoint(asio::ip::address_v4::loopback(), server->port()));
        return socket;
    }
    // Everything the server says to `bytes` until it closes.
    std::string talk(std::string bytes) { return run(io, talkOn(connect(), std::move(bytes))); }
    // The same, but stops at `mark`, for connections that stay open.
    std::string talk(Tcp::socket& socket, std::string bytes, std::string mark) {
        return run(io, talkUntil(socket, std::move(bytes), std::move(mark)));
    }
    void until(std::function<bool()> condition) { run(io, test::until(std::move(condition))); }

  private:
    static asio::awaitable<std::string> talkOn(Tcp::socket socket, std::string bytes) {
        co_await writeText(socket, std::move(bytes));
        co_return co_await readToEnd(socket);
    }
    static asio::awaitable<std::string> talkUntil(Tcp::socket& socket, std::string bytes, std::string mark) {
        co_await writeText(socket, std::move(bytes));
        co_return co_await readUntil(socket, std::move(mark));
    }
};

inline int statusOf(const std::string& response) {
    const std::size_t space = response.find(' ');
    return space == std::string::npos ? 0 : std::atoi(response.c_str() + space + 1);
}

inline std::string headerOf(const std::string& response, std::string_view name) {
    const std::string mark = "\r\n" + std::string(name) + ": ";
    const std::size_t at = response.find(mark);
    if (at == std::string::npos || at > response.find("\r\n\r\n")) return {};
    return response.substr(at + mark.size(), response.find("\r\n", at + 2) - at - mark.size());
}

inline std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size()))
        ++found;
    return found;
}

} // namespace exo::test
