#pragma once
// The circuit breakers of all targets by key, made on first use. Bounded: the one not asked for longest goes
// first, as clients may name any number of models. io thread; owned by the gateway.

#include "core/limits/CircuitBreaker.h"

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace exo {

class Breakers {
  public:
    using Named = std::pair<std::string, std::shared_ptr<CircuitBreaker>>;
    static constexpr std::size_t k_most = 1024;

    Breakers(BreakerLimits limits, const Clock& clock, std::uint32_t seed)
        : m_limits(limits)
        , m_clock(clock)
        , m_seed(seed) {}

    // Whoever holds a breaker may go on using it after it was forgotten.
    std::shared_ptr<CircuitBreaker> get(std::string_view key);
    std::vector<Named> list() const; // by key
    // For all of them, those open included, and for those to come.
    void setLimits(BreakerLimits limits);
    // For targets that are configured no longer.
    void forgetIf(const std::function<bool(std::string_view key)>& gone);

  private:
    BreakerLimits m_limits;
    const Clock& m_clock;
    std::uint32_t m_seed;
    std::list<Named> m_breakers;                                              // the latest used first
    std::unordered_map<std::string_view, std::list<Named>::iterator> m_byKey; // views of the list's keys
};

} // namespace exo
