#include "core/monitor/ResidentTrend.h"

namespace exo {

namespace {

constexpr std::size_t k_most = 120;
constexpr std::size_t k_least = 30;

} // namespace

void ResidentTrend::add(SteadyTime now, std::uint64_t bytes) {
    if (!m_values.empty() && now - m_values.back().first < std::chrono::minutes(1)) return;
    m_values.emplace_back(now, static_cast<double>(bytes));
    if (m_values.size() > k_most) m_values.pop_front();
}

double ResidentTrend::bytesPerHour() const {
    if (m_values.size() < k_least) return 0;
    const auto hours = [&](SteadyTime time) {
        return std::chrono::duration<double, std::ratio<3600>>(time - m_values.front().first).count();
    };
    const auto n = static_cast<double>(m_values.size());
    double meanX = 0;
    double meanY = 0;
    for (const auto& [time, bytes] : m_values) {
        meanX += hours(time) / n;
        meanY += bytes / n;
    }
    double above = 0;
    double below = 0;
    for (const auto& [time, bytes] : m_values) {
        above += (hours(time) - meanX) * (bytes - meanY);
        below += (hours(time) - meanX) * (hours(time) - meanX);
    }
    return below > 0 ? above / below : 0;
}

} // namespace exo
