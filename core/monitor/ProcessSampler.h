#pragma once
// CPU, memory, descriptors and threads of this process. One thread at a time.

#include "core/base/Clock.h"

#include <cstdint>

namespace exo {

struct ProcessSample {
    double cpuUsage = 0;          // 0–1 of all cores, since the sample before; 0 at the first
    double cpuCores = 0;          // the same in cores: 1.5 is one and a half at work all the time
    std::uint64_t resident = 0;   // bytes in memory
    std::int64_t descriptors = 0; // open files and sockets; counted every fifth time
    std::int64_t threads = 0;
    double uptime = 0; // seconds since this sampler was made
};

class ProcessSampler {
  public:
    explicit ProcessSampler(const Clock& clock)
        : m_clock(clock)
        , m_made(clock.now()) {}
    ProcessSample sample();

  private:
    const Clock& m_clock;
    SteadyTime m_made;
    SteadyTime m_at{};
    double m_cpuSeconds = 0;
    std::int64_t m_descriptors = 0;
    int m_untilCount = 0;
};

} // namespace exo
