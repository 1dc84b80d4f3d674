#pragma once
// What is refused when the machine itself is at its limit, step by step: first caches shrink, then low
// priority, then big bodies, then normal priority are refused; high priority never is. Fed once a second with
// the system sample; hysteresis keeps it from flapping. io thread.

#include "core/base/Result.h"
#include "core/limits/Admission.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace exo {

struct OverloadLimits {
    double maxCpuUsage = 0.8;                  // 0–1
    std::uint64_t maxMemoryUsage = 3ull << 30; // bytes; what is in use: see monitor/ServiceLoad.h
};

enum class OverloadStep : std::uint8_t { None, ShrinkCache, RefuseLow, RefuseBig, RefuseNormal };

class OverloadGuard {
  public:
    explicit OverloadGuard(OverloadLimits limits)
        : m_limits(limits) {}

    // One sample a second: three in a row above a limit are one step more, five in a row below nine tenths of
    // both limits one less. Returns the step that holds from now on.
    OverloadStep sample(double cpuUsage, std::uint64_t memoryUsed);
    OverloadStep step() const { return m_step; }
    // Overloaded with a retryAfter, or nothing to say.
    Result<void> check(Priority priority, std::size_t bodyBytes);
    const std::map<std::string, std::int64_t>& rejected() const { return m_rejected; } // by reason
    void setLimits(OverloadLimits limits) { m_limits = limits; }

  private:
    Error refuse(const char* reason);

    OverloadLimits m_limits;
    OverloadStep m_step = OverloadStep::None;
    int m_above = 0; // samples in a row
    int m_below = 0;
    std::map<std::string, std::int64_t> m_rejected;
};

} // namespace exo
