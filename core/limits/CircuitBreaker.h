#pragma once
// A circuit breaker for one target (provider, base URL, model, key): a share of failures in a sliding window,
// or a run of transport errors, opens it; after a pause single probes decide whether it closes. io thread.

#include "core/base/Clock.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace exo {

enum class BreakerState : std::uint8_t { Closed, HalfOpen, Open };

struct BreakerLimits {
    int failureThreshold = 50;  // per cent of the finished calls in the window; reaching it opens
    int failureCount = 0;       // so many failures in the window open it whatever their share; 0: none do
    Millis window{30000};       // sliding, in ten buckets
    int minimumCalls = 10;      // finished calls before the share says anything
    int transportErrors = 5;    // so many in a row open it whatever the share
    Millis resetTimeout{30000}; // ±10 %; longer when the upstream says so, but at most five minutes
    Millis longestReset{0};     // each vain probe doubles resetTimeout up to this; 0: it never grows
    int probes = 1;             // at a time while half-open; one that hangs for resetTimeout counts no more
    int successesToClose = 2;
};

enum class BreakerFailure : std::uint8_t { Transport, Answer }; // no answer at all, or a bad one

struct BreakerSnapshot {
    BreakerState state = BreakerState::Closed;
    double failureRate = 0; // 0–1, of the window
    int calls = 0;          // finished, in the window
    std::string reason;     // what opened it; empty while it is closed
    std::optional<WallTime> openedAt;
    std::optional<WallTime> retryAt; // when the first probe may go
};

class CircuitBreaker {
  public:
    struct Impl;

    // The right to make one call. Exactly one of the three ends it; a permit that is dropped says ignore().
    // It may outlive the breaker, not the clock. What it reports counts only in the state it was given in:
    // the late failure of a call that began before the breaker opened says nothing about the target since.
    class Permit {
      public:
        Permit(Permit&& other) noexcept = default;
        Permit& operator=(Permit&& other) noexcept;
        ~Permit() { ignore(); }
        void success();
        // `retryAfter`: what the upstream asked for.
        void failure(BreakerFailure kind, std::string reason, std::optional<Millis> retryAfter = {});
        void ignore(); // says nothing about the target: cancelled, a refused request, a throttle
        bool isProbe() const { return m_probe != 0; }

      private:
        friend class CircuitBreaker;
        Permit(std::shared_ptr<Impl> impl, std::uint64_t phase, std::uint64_t probe)
            : m_impl(std::move(impl))
            , m_phase(phase)
            , m_probe(probe) {}

        std::shared_ptr<Impl> m_impl; // empty once the call has ended
        std::uint64_t m_phase = 0;
        std::uint64_t m_probe = 0; // 0: not a probe
    };

    CircuitBreaker(BreakerLimits limits, const Clock& clock, std::uint32_t seed);
    ~CircuitBreaker();
    CircuitBreaker(const CircuitBreaker&) = delete;
    CircuitBreaker& operator=(const CircuitBreaker&) = delete;

    enum class Probing : std::uint8_t { Allowed, Refused }; // Refused for calls that must not be risked
    // nullopt: do not call the target now.
    std::optional<Permit> enter(Probing probing);
    BreakerSnapshot snapshot() const;
    // Until the first probe may go; zero when calls are let through. While probes are out nobody knows: a
    // second.
    Millis untilProbe() const;
    void setLimits(BreakerLimits limits);

  private:
    std::shared_ptr<Impl> m_impl;
};

} // namespace exo
