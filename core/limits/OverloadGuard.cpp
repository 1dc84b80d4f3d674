#include "core/limits/OverloadGuard.h"

#include <algorithm>

namespace exo {

namespace {

constexpr int k_samplesUp = 3;   // above the limit, for one step more
constexpr int k_samplesDown = 5; // well below it, for one step less
constexpr double k_wellBelow = 0.9;
constexpr std::size_t k_bigBody = 256u << 10;
constexpr Millis k_retryAfter{5000}; // sooner no step is taken back

OverloadStep moved(OverloadStep step, int by) {
    const int to = std::clamp(static_cast<int>(step) + by, static_cast<int>(OverloadStep::None),
                              static_cast<int>(OverloadStep::RefuseNormal));
    return static_cast<OverloadStep>(to);
}

} // namespace

OverloadStep OverloadGuard::sample(double cpuUsage, std::uint64_t memoryUsed) {
    const double memory = static_cast<double>(memoryUsed);
    const double memoryLimit = static_cast<double>(m_limits.maxMemoryUsage);
    const bool above = cpuUsage > m_limits.maxCpuUsage || memory > memoryLimit;
    const bool wellBelow =
        cpuUsage <= m_limits.maxCpuUsage * k_wellBelow && memory <= memoryLimit * k_wellBelow;
    m_above = above ? m_above + 1 : 0;
    m_below = wellBelow ? m_below + 1 : 0;
    if (m_above >= k_samplesUp) {
        m_step = moved(m_step, +1);
        m_above = 0;
    }
    if (m_below >= k_samplesDown) {
        m_step = moved(m_step, -1);
        m_below = 0;
    }
    return m_step;
}

Result<void> OverloadGuard::check(Priority priority, std::size_t bodyBytes) {
    if (m_step < OverloadStep::RefuseLow || priority == Priority::High) return {};
    if (priority == Priority::Low) return refuse("overload_low_priority");
    if (m_step >= OverloadStep::RefuseNormal) return refuse("overload_normal_priority");
    if (m_step >= OverloadStep::RefuseBig && bodyBytes > k_bigBody) return refuse("overload_big_body");
    return {};
}

Error OverloadGuard::refuse(const char* reason) {
    ++m_rejected[reason];
    Error error(ErrorCode::Overloaded);
    error.retryable = true;
    error.retryAfter = k_retryAfter;
    return error;
}

} // namespace exo
