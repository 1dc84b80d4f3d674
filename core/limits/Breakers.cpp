#include "core/limits/Breakers.h"

#include <algorithm>

namespace exo {

std::shared_ptr<CircuitBreaker> Breakers::get(std::string_view key) {
    if (const auto found = m_byKey.find(key); found != m_byKey.end()) {
        m_breakers.splice(m_breakers.begin(), m_breakers, found->second);
        return found->second->second;
    }
    if (m_breakers.size() >= k_most) {
        m_byKey.erase(m_breakers.back().first);
        m_breakers.pop_back();
    }
    m_breakers.emplace_front(std::string(key), std::make_shared<CircuitBreaker>(m_limits, m_clock, m_seed++));
    m_byKey.emplace(m_breakers.front().first, m_breakers.begin());
    return m_breakers.front().second;
}

std::vector<Breakers::Named> Breakers::list() const {
    std::vector<Named> all(m_breakers.begin(), m_breakers.end());
    std::ranges::sort(all, {}, &Named::first);
    return all;
}

void Breakers::setLimits(BreakerLimits limits) {
    m_limits = limits;
    for (const Named& named : m_breakers)
        named.second->setLimits(limits);
}

void Breakers::forgetIf(const std::function<bool(std::string_view key)>& gone) {
    for (auto named = m_breakers.begin(); named != m_breakers.end();) {
        const auto next = std::next(named);
        if (gone(named->first)) {
            m_byKey.erase(named->first);
            m_breakers.erase(named);
        }
        named = next;
    }
}

} // namespace exo
