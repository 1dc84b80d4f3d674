#include "core/net/Event.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace exo::net {

// The work guard keeps io_context::run() going while the only pending thing is a coroutine asleep here.
template <class Handler>
struct Event::WaiterOf final : Event::Waiter {
    using Executor = asio::associated_executor_t<Handler>;
    explicit WaiterOf(Handler h)
        : handler(std::move(h))
        , work(asio::get_associated_executor(handler)) {}
    void wake() override { asio::post(work.get_executor(), std::move(handler)); }

    Handler handler;
    asio::executor_work_guard<Executor> work;
};

Event::Event() = default;
Event::~Event() = default;

asio::awaitable<void> Event::wait() {
    if (std::exchange(m_set, false)) co_return;
    // Deferred: use_awaitable would make a coroutine of the wait.
    co_await asio::async_initiate<const asio::deferred_t, void()>(
        [this](auto handler) {
            m_waiters.push_back(std::make_unique<WaiterOf<decltype(handler)>>(std::move(handler)));
        },
        asio::deferred);
}

void Event::notify() {
    m_set = m_waiters.empty();
    for (const auto& waiter : std::exchange(m_waiters, {}))
        waiter->wake();
}

} // namespace exo::net
