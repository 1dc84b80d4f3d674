#pragma once
// Lets coroutines sleep until a callback wakes them. Belongs to the io thread. Sleepers are resumed from the
// event loop, never inside notify(), so a callback of libcurl may notify.

#include "core/base/Task.h"

#include <memory>
#include <utility>
#include <vector>

namespace exo::net {

class Event {
  public:
    Event();
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event();

    // Completes at the next notify(), which wakes all, or at once if one came while nobody waited.
    asio::awaitable<void> wait();
    void notify();
    void reset() { m_set = false; }
    // Destroys the sleepers unwoken, for an owner that ends after its event loop; they may own this Event.
    void drop() { const auto gone = std::exchange(m_waiters, {}); }

  private:
    struct Waiter {
        virtual ~Waiter() = default;
        virtual void wake() = 0;
    };
    template <class Handler>
    struct WaiterOf;

    std::vector<std::unique_ptr<Waiter>> m_waiters;
    bool m_set = false;
};

} // namespace exo::net
