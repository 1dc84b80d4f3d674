#pragma once
// Time that stands still until a test moves it: Clock and Timers in one. advance() runs the timers that fall
// due, in order.

#include "core/base/Clock.h"

#include <map>
#include <utility>

namespace exo::test {

class FakeClock final : public Clock, public Timers {
  public:
    SteadyTime now() const override { return m_now; }
    WallTime wallNow() const override { return m_wall; }

    Id schedule(Millis delay, std::function<void()> callback) override {
        const Id id = ++m_lastId;
        m_timers.emplace(std::pair(m_now + delay, id), std::move(callback));
        return id;
    }
    void cancel(Id id) override {
        std::erase_if(m_timers, [id](const auto& entry) { return entry.first.second == id; });
    }

    void advance(Millis by) {
        const SteadyTime target = m_now + by;
        while (!m_timers.empty() && m_timers.begin()->first.first <= target) {
            const auto node = m_timers.extract(m_timers.begin());
            setNow(node.key().first);
            node.mapped()();
        }
        setNow(target);
    }
    void setWall(WallTime wall) { m_wall = wall; } // clock jumps
    std::size_t pending() const { return m_timers.size(); }

  private:
    void setNow(SteadyTime now) {
        m_wall += std::chrono::duration_cast<Millis>(now - m_now);
        m_now = now;
    }

    SteadyTime m_now{std::chrono::hours(1)};
    WallTime m_wall{Millis(1'700'000'000'000)};
    Id m_lastId = 0;
    std::map<std::pair<SteadyTime, Id>, std::function<void()>> m_timers;
};

} // namespace exo::test
