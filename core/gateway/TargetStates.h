#pragma once
// What is known of each target: its circuit breaker, how many calls it is given to answer at once, and until
// when it is left alone because it asked for that or its key is no good. io thread; owned by the pipeline.

#include "core/base/Error.h"
#include "core/gateway/Gateway.h"
#include "core/gateway/Routing.h"
#include "core/limits/AdaptiveLimit.h"
#include "core/limits/CircuitBreaker.h"
#include "core/limits/RetryPolicy.h"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exo {

class TargetStates {
  public:
    TargetStates(BreakerLimits limits, Clock& clock, Timers& timers, std::uint32_t seed)
        : m_limits(limits)
        , m_clock(clock)
        , m_timers(timers)
        , m_seed(seed) {}

    std::shared_ptr<CircuitBreaker> breaker(const Target& target);
    // Whether limits.adaptiveConcurrency is on: else no target has a limit of its own.
    bool adapts() const { return m_adaptive.has_value(); }
    // Of one kind of its answers: until a stream begins is another time than until an answer is whole. Only
    // while adapts(); valid until the next call of a member that is not const.
    AdaptiveLimit& limit(const Target& target, Awaited kind);
    // What the target said when it was parked, with what is left of the pause as its retryAfter.
    std::optional<Error> parked(const Target& target);
    void park(const Target& target, const FailureVerdict& verdict, const Error& why);
    // The target has answered, so its provider's key is good.
    void noteAnswer(const Target& target) {
        if (!m_badKeys.empty()) m_badKeys.erase(target.provider->name());
    }
    // Providers whose key was refused or has no credit left, until they answer again or the settings change:
    // by name, with what is wrong.
    const std::map<std::string, std::string>& badKeys() const { return m_badKeys; }

    std::vector<BreakerInfo> breakers() const;
    // New limits; everybody gets a fresh chance with the new keys.
    void reconfigure(BreakerLimits limits);
    // nullopt: off, and whoever waits for a place goes on.
    void setAdaptive(std::optional<AdaptiveBounds> bounds);

  private:
    struct Parking {
        SteadyTime until{};
        Error why;
    };
    struct State {
        std::string provider;
        std::string model;
        std::shared_ptr<CircuitBreaker> breaker;
        std::array<std::unique_ptr<AdaptiveLimit>, k_awaited.size()> limits{}; // made on first use
    };

    State& of(const Target& target);
    void bound();

    BreakerLimits m_limits;
    std::optional<AdaptiveBounds> m_adaptive;
    Clock& m_clock;
    Timers& m_timers;
    std::uint32_t m_seed;
    std::string m_key;                       // of the target last asked about
    std::map<std::string, State> m_states;   // by server, account and model
    std::map<std::string, Parking> m_parked; // by the same, or by server and account alone
    std::map<std::string, std::string> m_badKeys;
};

} // namespace exo
