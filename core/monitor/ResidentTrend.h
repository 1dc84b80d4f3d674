#pragma once
// Whether the memory of the process grows without end: the slope of a line through one value a minute of the
// last two hours (least squares). One thread.

#include "core/base/Clock.h"

#include <cstdint>
#include <deque>
#include <utility>

namespace exo {

class ResidentTrend {
  public:
    // Values that come sooner than a minute after the one before are left out.
    void add(SteadyTime now, std::uint64_t bytes);
    // 0 until there is half an hour to judge by: a start fills caches.
    double bytesPerHour() const;

  private:
    std::deque<std::pair<SteadyTime, double>> m_values;
};

} // namespace exo
