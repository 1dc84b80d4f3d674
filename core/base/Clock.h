#pragma once
// Time as a dependency, so that tests decide what time it is. Steady time drives every duration and deadline;
// wall time is only for showing and storing, never for ordering.

#include <chrono>
#include <cstdint>
#include <functional>

namespace exo {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using Millis = std::chrono::milliseconds;

class Clock {
  public:
    virtual ~Clock() = default;
    virtual SteadyTime now() const = 0;
    virtual WallTime wallNow() const = 0;
};

// The machine's clocks.
class SystemClock final : public Clock {
  public:
    SteadyTime now() const override { return std::chrono::steady_clock::now(); }
    WallTime wallNow() const override {
        return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
    }
};

// One-shot timers of the io thread. A callback runs on the io thread, never inside schedule() or cancel().
class Timers {
  public:
    using Id = std::uint64_t; // 0 is never used
    virtual ~Timers() = default;
    virtual Id schedule(Millis delay, std::function<void()> callback) = 0;
    virtual void cancel(Id id) = 0; // unknown or fired ids are ignored
};

inline std::int64_t toUnixMillis(WallTime t) {
    return t.time_since_epoch().count();
}
inline WallTime fromUnixMillis(std::int64_t ms) {
    return WallTime(Millis(ms));
}

} // namespace exo
