#pragma once
// Lets one coroutine sleep until a callback wakes it. Belongs to the io thread. The sleeper is resumed from
// the event loop, never inside notify(), so a callback of libcurl may notify.

#include "core/base/Task.h"

#include <memory>

namespace exo::net {

class Event {
  public:
    Event();
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event();

    // Completes at the next notify(), or at once if one came while nobody waited. One waiter at a time.
    asio::awaitable<void> wait();
    void notify();
    void reset() { m_set = false; }

  private:
    struct Waiter {
        virtual ~Waiter() = default;
        virtual void wake() = 0;
    };
    template <class Handler>
    struct WaiterOf;

    std::unique_ptr<Waiter> m_waiter;
    bool m_set = false;
};

} // namespace exo::net
