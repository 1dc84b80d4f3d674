#pragma once
// One call on its way through the stages of the gateway; owned by the call's coroutine, later by its stream.
// io thread.

#include "core/gateway/CallStats.h"
#include "core/gateway/Gateway.h"
#include "core/gateway/Routing.h"

#include <memory>

namespace exo {

struct Flight {
    GatewayCall call;
    Target target;
    AdmissionSlot slot;
    Clock& clock;
    std::shared_ptr<CallStats> stats;
    SteadyTime begin;                   // the call came in
    SteadyTime admitted{};              // its attempts began
    std::chrono::nanoseconds waited{0}; // in the queue, in backoff, for the upstream

    std::chrono::nanoseconds elapsed() const { return clock.now() - begin; }
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
