#pragma once
// CPU and memory use of this process. One thread at a time.

#include "core/base/Clock.h"

#include <cstdint>

namespace exo {

struct ProcessSample {
    double cpuUsage = 0;        // 0–1 of all cores, since the sample before; 0 at the first
    std::uint64_t resident = 0; // bytes in memory
};

class ProcessSampler {
  public:
    explicit ProcessSampler(const Clock& clock)
        : m_clock(clock) {}
    ProcessSample sample();

  private:
    const Clock& m_clock;
    SteadyTime m_at{};
    double m_cpuSeconds = 0;
};

} // namespace exo
