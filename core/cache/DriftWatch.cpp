#include "core/cache/DriftWatch.h"

#include <algorithm>
#include <bit>

namespace exo {

namespace {

constexpr std::size_t k_leastPeriod = 200;
constexpr std::size_t k_leastPlaces = 64;
constexpr std::int64_t k_leastRegrets = 30; // fewer may be chance
constexpr double k_worthMore = 3;

} // namespace

bool DriftWatch::onLookup(std::size_t entries, std::size_t atRisk) {
    ++m_now;
    m_length = static_cast<std::uint32_t>(std::max(k_leastPeriod, entries / 4));
    if (m_now - m_begin < m_length) return false;
    const auto rejected = static_cast<double>(std::max<std::int64_t>({1, m_rejections, m_rejectionsBefore}));
    const auto kept = static_cast<double>(std::max<std::size_t>(1, atRisk));
    const double regret = static_cast<double>(m_regrets) / rejected;
    const double worth = static_cast<double>(m_hits) / kept;
    const bool drift = m_regrets > k_leastRegrets && regret > k_worthMore * worth;
    m_begin = m_now;
    m_rejectionsBefore = m_rejections;
    m_rejections = m_regrets = m_hits = 0;
    return drift;
}

void DriftWatch::onMiss(std::uint64_t hash) {
    if (m_rejected.empty()) return;
    const Rejected& last = place(hash);
    const bool same = last.print == static_cast<std::uint32_t>(hash) && last.when != 0;
    if (same && m_now - last.when < m_length && isBefore(m_forgiven, last.when)) ++m_regrets;
}

void DriftWatch::onRejected(std::uint64_t hash, std::size_t entries) {
    const std::size_t places = std::bit_ceil(std::max(k_leastPlaces, entries / 2));
    if (m_rejected.size() < places) m_rejected.assign(places, {});
    place(hash) = {static_cast<std::uint32_t>(hash), m_now};
    ++m_rejections;
}

} // namespace exo
