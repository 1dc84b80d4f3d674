#pragma once
// Up to so many connections to one Redis, opened when calls wait for one, and a circuit breaker before them:
// one failure closes the way for a second, then a call of our own, not a caller's, finds out whether Redis is
// back. So a dead or frozen Redis delays those who are asking at that moment, and nobody after them. io
// thread; owned by RedisCache or SharedRateLimiter, kept alive by its coroutines.

#include "core/base/Cancel.h"
#include "core/cache/RedisConnection.h"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

struct RedisLimits {
    int connections = 20;
    Millis lookup{50};    // of a reading call, waiting for a connection included
    Millis connect{1000}; // also of a writing call: nobody waits for either
    Millis pause{1000};   // before the next try when it is down
    std::string_view purpose = "as second-level cache"; // "Redis is used …", for the log; a literal
};

class RedisPool : public std::enable_shared_from_this<RedisPool> {
  public:
    RedisPool(asio::io_context& io, RedisAddress address, RedisLimits limits, const Clock& clock);

    // Begins to find out whether Redis is there; `onUp` is called each time it is found.
    void start(std::function<void()> onUp);
    void close();

    bool up() const { return m_up; }
    // Up, or not known yet: the first callers wait for the first connection, within their limit.
    bool worthAsking() const { return m_up || m_starting; }
    const std::string& reason() const { return m_reason; } // why it is down
    const RedisLimits& limits() const { return m_limits; }
    const RedisAddress& address() const { return m_address; }
    std::int64_t failures() const { return m_failures; } // connections that broke or were refused
    std::size_t connections() const { return m_open.size(); }

    // `commands` are so many as `replies`. CircuitOpen at once while Redis is down; QueueTimeout when no
    // connection was free in time, which says nothing about Redis; Cancelled; what a connection fails with.
    Task<std::vector<RedisReply>> ask(std::string commands, std::size_t replies, Millis limit,
                                      CancelToken cancel);

  private:
    using Connection = std::shared_ptr<RedisConnection>;

    void dispatch();
    void openMore();
    static asio::awaitable<void> probe(std::shared_ptr<RedisPool> self);
    void scheduleProbe(Millis delay);
    Task<void> connect(Connection connection);
    void adopt(const Connection& connection);
    void onRefused(const Connection& connection, const Error& why);
    void onIdle(const Connection& connection);
    void onEnded(const Connection& connection, const Error& why);
    void goUp();
    void goDown(const Error& why);

    asio::io_context& m_io;
    RedisAddress m_address;
    RedisLimits m_limits;
    const Clock& m_clock;
    std::shared_ptr<Timers> m_timers;
    net::Resolver m_resolver;
    CircuitBreaker m_breaker;
    std::function<void()> m_onUp;
    std::vector<Connection> m_open; // all that are in use, idle, or being opened
    std::vector<Connection> m_idle; // the last used is the last
    std::deque<std::shared_ptr<RedisCall>> m_waiting;
    std::size_t m_opening = 0;
    SteadyTime m_openAgain{}; // not before, after a refusal
    Timers::Id m_probeTimer = 0;
    std::int64_t m_failures = 0;
    std::string m_reason = "not connected yet";
    bool m_up = false;
    bool m_starting = true;
    bool m_said = false; // that it is down
    bool m_closed = false;
};

} // namespace exo
