#pragma once
// Plain HTTP/1.1 connections and those of them that wait for the next request: the last used goes first, idle
// ones are few and leave after a minute. Lives on the io thread.

#include "core/net/Watchdog.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace exo::net {

namespace asio = boost::asio;

struct PlainConnection {
    PlainConnection(asio::io_context& io, std::shared_ptr<Timers> t)
        : timers(std::move(t))
        , socket(io)
        , watchdog(*timers, [this] { expired(); }) {}
    PlainConnection(const PlainConnection&) = delete;
    PlainConnection& operator=(const PlainConnection&) = delete;

    void close() {
        boost::system::error_code ignored;
        watchdog.clear();
        socket.close(ignored);
    }
    void expired() {
        if (const auto call = onDeadline) call();
    }

    std::shared_ptr<Timers> timers;
    asio::ip::tcp::socket socket;
    boost::beast::flat_buffer in;
    std::string authority;            // what the pool keeps it under
    std::function<void()> onDeadline; // may let go of the connection
    Watchdog watchdog;                // stays armed from exchange to exchange: moving it later is free
    bool writing = false;             // an asynchronous write of the request is under way
};

class PlainPool {
  public:
    PlainPool() = default;
    PlainPool(const PlainPool&) = delete;
    PlainPool& operator=(const PlainPool&) = delete;
    ~PlainPool() { clear(); }

    // nullptr when none is there that is still silent and open.
    std::shared_ptr<PlainConnection> take(const std::string& authority);
    void keep(const std::string& authority, std::shared_ptr<PlainConnection> connection);
    void clear();

  private:
    using Idle = std::vector<std::shared_ptr<PlainConnection>>;

    void drop(const PlainConnection& connection);

    std::unordered_map<std::string, Idle> m_idle;
    std::size_t m_count = 0;
};

} // namespace exo::net
