#pragma once
// A deadline that moves often and passes rarely. Moving it later costs nothing: the timer underneath is left
// as it is and, when it fires too early, set again. Belongs to the io thread; owned by what it watches.

#include "core/base/Clock.h"

#include <functional>
#include <utility>

namespace exo::net {

class Watchdog {
  public:
    Watchdog(Timers& timers, std::function<void()> expired)
        : m_timers(timers)
        , m_expired(std::move(expired)) {}
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog() {
        if (m_timer) m_timers.cancel(m_timer);
    }

    void set(Millis delay) { setAt(std::chrono::steady_clock::now() + delay); }
    void setAt(SteadyTime deadline) {
        m_deadline = deadline;
        if (m_timer && m_firesAt <= deadline) return;
        if (m_timer) m_timers.cancel(m_timer);
        schedule();
    }
    void clear() { m_deadline = SteadyTime::max(); }

  private:
    void schedule() {
        const auto left = m_deadline - std::chrono::steady_clock::now();
        m_firesAt = m_deadline;
        m_timer = m_timers.schedule(std::max(Millis(0), std::chrono::ceil<Millis>(left)), [this] { fire(); });
    }
    void fire() {
        m_timer = 0;
        if (m_deadline == SteadyTime::max()) return;
        if (std::chrono::steady_clock::now() < m_deadline) {
            schedule();
            return;
        }
        m_deadline = SteadyTime::max();
        m_expired(); // may destroy this
    }

    Timers& m_timers;
    std::function<void()> m_expired;
    SteadyTime m_deadline = SteadyTime::max();
    SteadyTime m_firesAt{};
    Timers::Id m_timer = 0;
};

} // namespace exo::net
