#include "core/cache/RedisPool.h"

#include "core/base/Log.h"
#include "core/net/AsioTimers.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace exo {

namespace {

constexpr Millis k_leastPause{5};
constexpr Millis k_window{10'000};
constexpr int k_minimumCalls = 20;

BreakerLimits breakerLimits(Millis pause) {
    BreakerLimits limits;
    limits.window = k_window;
    limits.minimumCalls = k_minimumCalls;
    limits.transportErrors = 1; // a cache that makes its callers wait is worse than none
    limits.resetTimeout = pause;
    limits.successesToClose = 1;
    return limits;
}

} // namespace

RedisPool::RedisPool(asio::io_context& io, RedisAddress address, RedisLimits limits, const Clock& clock)
    : m_io(io)
    , m_address(std::move(address))
    , m_limits(limits)
    , m_clock(clock)
    , m_timers(net::makeTimers(io))
    , m_resolver(io)
    , m_breaker(breakerLimits(limits.pause), clock, std::random_device()()) {}

void RedisPool::start(std::function<void()> onUp) {
    m_onUp = std::move(onUp);
    asio::co_spawn(m_io, probe(shared_from_this()), asio::detached);
}

void RedisPool::close() {
    m_closed = true;
    m_up = m_starting = false;
    m_onUp = {};
    if (m_probeTimer != 0) m_timers->cancel(std::exchange(m_probeTimer, 0));
    const Error why(ErrorCode::ShuttingDown, "the cache is being closed");
    m_idle.clear();
    for (const Connection& connection : std::exchange(m_open, {}))
        connection->close(why);
    for (const auto& call : std::exchange(m_waiting, {}))
        call->finish(why);
}

Task<std::vector<RedisReply>> RedisPool::ask(std::string commands, std::size_t replies, Millis limit,
                                             CancelToken cancel) {
    if (!worthAsking()) co_return fail(ErrorCode::CircuitOpen, "Redis is down");
    const auto self = shared_from_this();
    const auto call = std::make_shared<RedisCall>();
    call->bytes = std::move(commands);
    call->expected = replies;
    call->limit = limit;
    call->permit = m_breaker.enter(CircuitBreaker::Probing::Refused);
    if (!call->permit) co_return fail(ErrorCode::CircuitOpen, "Redis is down");
    m_waiting.push_back(call);
    dispatch();
    if (!call->finished) {
        // Whoever waits leaves in time, the connection gets its own full limit from when it was asked.
        const auto late = m_timers->schedule(
            limit, [call] { call->finish(Error(ErrorCode::QueueTimeout, "Redis has not answered yet")); });
        const auto registration =
            cancel.onCancel([call](CancelReason) { call->finish(Error(ErrorCode::Cancelled)); });
        while (!call->finished)
            co_await call->event.wait();
        self->m_timers->cancel(late);
    }
    if (call->error && call->error->code == ErrorCode::QueueTimeout) self->m_starting = false;
    if (call->error) co_return *call->error;
    co_return std::move(call->replies);
}

void RedisPool::dispatch() {
    while (!m_waiting.empty()) {
        if (m_waiting.front()->finished) {
            m_waiting.pop_front();
            continue;
        }
        if (m_idle.empty()) return openMore();
        const Connection connection = std::move(m_idle.back());
        m_idle.pop_back();
        const auto call = std::move(m_waiting.front());
        m_waiting.pop_front();
        connection->ask(call);
    }
}

void RedisPool::openMore() {
    const auto most = static_cast<std::size_t>(m_limits.connections);
    if (m_clock.now() < m_openAgain) return;
    while (m_up && !m_closed && m_opening < m_waiting.size() && m_open.size() < most) {
        ++m_opening;
        m_open.push_back(std::make_shared<RedisConnection>(m_io, m_timers));
        asio::co_spawn(
            m_io,
            [](std::shared_ptr<RedisPool> self, Connection connection) -> asio::awaitable<void> {
                const auto ready = co_await self->connect(connection);
                --self->m_opening;
                if (self->m_closed) co_return;
                if (ready)
                    self->adopt(connection);
                else
                    self->onRefused(connection, ready.error());
            }(shared_from_this(), m_open.back()),
            asio::detached);
    }
}

// A server that has enough clients still serves those it has.
void RedisPool::onRefused(const Connection& connection, const Error& why) {
    std::erase(m_open, connection);
    ++m_failures;
    if (m_open.size() > m_opening)
        m_openAgain = m_clock.now() + m_limits.pause;
    else if (m_up)
        goDown(why);
}

Task<void> RedisPool::connect(Connection connection) {
    co_return co_await RedisConnection::open(connection, m_address, m_resolver, m_limits.connect);
}

void RedisPool::adopt(const Connection& connection) {
    if (const auto& ended = connection->ended()) return onRefused(connection, *ended);
    const std::weak_ptr<RedisPool> weak = weak_from_this();
    connection->setOwner({[weak](const Connection& c) {
                              if (const auto self = weak.lock()) self->onIdle(c);
                          },
                          [weak](const Connection& c, const Error& why) {
                              if (const auto self = weak.lock()) self->onEnded(c, why);
                          }});
    onIdle(connection);
}

void RedisPool::onIdle(const Connection& connection) {
    m_idle.push_back(connection);
    dispatch();
}

void RedisPool::onEnded(const Connection& connection, const Error& why) {
    const bool idle = std::erase(m_idle, connection) > 0;
    std::erase(m_open, connection);
    if (m_closed || idle) return; // a server may close what is idle
    ++m_failures;
    if (m_breaker.snapshot().state != BreakerState::Closed) goDown(why);
}

void RedisPool::scheduleProbe(Millis delay) {
    if (m_closed || m_probeTimer != 0) return;
    m_probeTimer = m_timers->schedule(std::max(delay, k_leastPause), [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->m_probeTimer = 0;
        asio::co_spawn(self->m_io, probe(self), asio::detached);
    });
}

asio::awaitable<void> RedisPool::probe(std::shared_ptr<RedisPool> self) {
    if (self->m_closed || self->m_up) co_return;
    auto permit = self->m_breaker.enter(CircuitBreaker::Probing::Allowed);
    if (!permit) co_return self->scheduleProbe(self->m_breaker.untilProbe());
    const auto connection = std::make_shared<RedisConnection>(self->m_io, self->m_timers);
    self->m_open.push_back(connection);
    const auto ready = co_await self->connect(connection);
    if (self->m_closed) co_return;
    if (!ready) {
        std::erase(self->m_open, connection);
        if (!self->m_said) ++self->m_failures; // not each vain try
        permit->failure(BreakerFailure::Transport, ready.error().detail);
        co_return self->goDown(ready.error());
    }
    permit->success();
    self->goUp();
    self->adopt(connection);
}

void RedisPool::goUp() {
    m_starting = false;
    if (std::exchange(m_up, true)) return;
    m_said = false;
    m_reason.clear();
    log::info("Redis at {} is used {}", m_address.shown(), m_limits.purpose);
    if (m_onUp) m_onUp();
}

// Those who wait are let go; what is open may be as dead as what has just failed.
void RedisPool::goDown(const Error& why) {
    if (m_closed) return;
    m_up = m_starting = false;
    m_reason = why.detail;
    if (!std::exchange(m_said, true))
        log::warn("Redis at {} is not used {} for now: {}", m_address.shown(), m_limits.purpose, why.detail);
    const Error down(ErrorCode::CircuitOpen, "Redis is down");
    for (const Connection& connection : std::exchange(m_idle, {})) {
        std::erase(m_open, connection);
        connection->close(down);
    }
    for (const auto& call : std::exchange(m_waiting, {}))
        call->finish(down);
    scheduleProbe(m_breaker.untilProbe());
}

} // namespace exo
