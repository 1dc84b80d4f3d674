#pragma once
// One call on its way through the stages of the gateway; owned by the call's coroutine, later by its stream.
// io thread.

#include "core/gateway/CallStats.h"
#include "core/gateway/Gateway.h"
#include "core/gateway/Routing.h"

#include <memory>
#include <optional>
#include <vector>

namespace exo {

struct Flight {
    Flight(GatewayCall c, Clock& k, std::shared_ptr<CallStats> s)
        : call(std::move(c))
        , clock(k)
        , stats(std::move(s))
        , begin(k.now()) {}

    GatewayCall call;
    Clock& clock;
    std::shared_ptr<CallStats> stats;
    SteadyTime begin; // the call came in
    std::shared_ptr<const Targets> targets;
    std::size_t at = 0; // the target that is, or was last, tried
    AdmissionSlot slot;
    SteadyTime admitted{};                        // its attempts began
    std::chrono::nanoseconds waited{0};           // in the queue, in backoff, for the upstream
    std::optional<CircuitBreaker::Permit> permit; // of the attempt that runs
    bool queued = false;                          // had to wait for its slot
    bool booked = false;
    CallStats::Kind kind = CallStats::Kind::Whole;

    std::chrono::nanoseconds elapsed() const { return clock.now() - begin; }
    const Target& target() const { return (*targets)[at]; }
    const Target& first() const { return targets->front(); }
    // When all attempts together must have come to something.
    SteadyTime budgetEnd() const { return admitted + 2 * call.context.timeout; }
    // Once: what the call came to, or its way to the first event of a stream.
    void bookSuccess();
    void bookFailure(const Error& error);
    // Into the report: our own part of the time so far.
    void noteOverhead() const;
};

// Measures one wait of a provider: what it says it waited for its upstream, or, of a provider that does not
// say, all of its time.
class ProviderWait {
  public:
    ProviderWait(const Clock& clock, const CallMeter& meter)
        : m_clock(clock)
        , m_meter(meter)
        , m_begin(clock.now())
        , m_before(meter.waited) {}
    std::chrono::nanoseconds elapsed() const { return m_clock.now() - m_begin; }
    std::chrono::nanoseconds waited() const {
        return m_meter.waited.count() == 0 ? elapsed() : m_meter.waited - m_before;
    }

  private:
    const Clock& m_clock;
    const CallMeter& m_meter;
    SteadyTime m_begin;
    std::chrono::nanoseconds m_before;
};

} // namespace exo
