#pragma once
// Raw sockets on loopback for the tests of the HTTP client and server: upstreams that misbehave byte by byte,
// and clients that send what no library would.

#include "core/base/Task.h"
#include "core/net/AsioTimers.h"
#include "tests/support/RunTask.h"

#include <boost/asio.hpp>
#include <doctest/doctest.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::test {

using Tcp = asio::ip::tcp;

inline asio::awaitable<void> pause(Millis delay) {
    asio::steady_timer timer(co_await asio::this_coro::executor, delay);
    co_await timer.async_wait(asio::use_awaitable);
}

// Lets everything that is ready run. For checks such as "and nothing more happened".
inline asio::awaitable<void> turns(int count = 20) {
    const auto executor = co_await asio::this_coro::executor;
    for (int i = 0; i < count; ++i)
        co_await asio::post(executor, asio::use_awaitable);
}

// Waits for a condition that other coroutines bring about. The test program's own time limit ends a wait in
// vain.
inline asio::awaitable<void> until(std::function<bool()> condition) {
    while (!condition())
        co_await pause(Millis(1));
}

// Reads until the text ends with, or contains, `mark`; what came before the end of the input otherwise.
inline asio::awaitable<std::string> readUntil(Tcp::socket& socket, std::string mark) {
    std::string text;
    boost::system::error_code error;
    char buffer[4096];
    while (text.find(mark) == std::string::npos && !error) {
        const std::size_t count = co_await socket.async_read_some(
            asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
        text.append(buffer, count);
    }
    co_return text;
}

inline asio::awaitable<std::string> readToEnd(Tcp::socket& socket) {
    std::string text;
    boost::system::error_code error;
    co_await asio::async_read(socket, asio::dynamic_buffer(text),
                              asio::redirect_error(asio::use_awaitable, error));
    co_return text;
}

// False when the peer has closed.
inline asio::awaitable<bool> writeText(Tcp::socket& socket, std::string text) {
    boost::system::error_code error;
    co_await asio::async_write(socket, asio::buffer(text), asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
}

// Whether this process has a socket to that port of loopback that sends small pieces at once.
inline bool sendsAtOnceTo(std::uint16_t port) {
    for (int fd = 3; fd < 1024; ++fd) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
        if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
        int on = 0;
        size = sizeof on;
        return ::getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size) == 0 && on != 0;
    }
    return false;
}

// A listener that plays one script per connection.
class Upstream {
  public:
    using Script = std::function<asio::awaitable<void>(Tcp::socket&, int connection)>;

    Upstream(asio::io_context& io, Script script)
        : m_io(io)
        , m_acceptor(io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0))
        , m_script(std::move(script)) {
        asio::co_spawn(io, acceptLoop(), asio::detached);
    }
    std::string url(std::string_view path = "/", std::string_view scheme = "http") const {
        return std::string(scheme) + "://127.0.0.1:" + std::to_string(port()) + std::string(path);
    }
    std::uint16_t port() const { return m_acceptor.local_endpoint().port(); }

    int connections = 0;
    int closedByPeer = 0; // counted by scripts that wait for it
    std::vector<std::string> requests;

    // For scripts: the next request's head, kept in `requests`; false when the client closed instead.
    asio::awaitable<bool> request(Tcp::socket& socket) {
        std::string head = co_await readUntil(socket, "\r\n\r\n");
        if (head.empty()) co_return false;
        requests.push_back(std::move(head));
        co_return true;
    }
    asio::awaitable<void> waitForClose(Tcp::socket& socket) {
        co_await readToEnd(socket);
        ++closedByPeer;
    }

  private:
    asio::awaitable<void> acceptLoop() {
        for (;;) {
            boost::system::error_code error;
            Tcp::socket socket(m_io);
            co_await m_acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
            if (error) co_return;
            asio::co_spawn(m_io, play(std::move(socket), ++connections), asio::detached);
        }
    }
    asio::awaitable<void> play(Tcp::socket socket, int number) { co_await m_script(socket, number); }

    asio::io_context& m_io;
    Tcp::acceptor m_acceptor;
    Script m_script;
};

} // namespace exo::test
