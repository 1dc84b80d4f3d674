#pragma once
// The way of a call along its targets: breaker and pauses looked at, failures judged, repeated where that
// helps, passed on to the next target where that helps, and nowhere where it does not. Where a target has a
// limit of its own (limits/AdaptiveLimit.h) and it is reached, the call goes to the next target that would
// take it now; when there is none it waits, for limits.queueTimeout at most, then the next one is tried. It
// has its place through repeats, until the answer begins. io thread; one value serves all calls.

#include "core/gateway/Attempt.h"
#include "core/gateway/Flight.h"
#include "core/gateway/TargetStates.h"

#include <boost/asio/any_io_executor.hpp>

#include <optional>
#include <random>

namespace exo {

class TargetChain {
  public:
    TargetChain(TargetStates& states, Clock& clock, Timers& timers, std::uint32_t seed)
        : m_states(states)
        , m_clock(clock)
        , m_timers(timers)
        , m_random(seed) {}

    // The wait for a first token when somebody else could answer instead.
    void setFirstTokenLimit(Millis limit) { m_firstToken = limit; }

    // From `flight.at` on; `request` must stay until this completes. On success `flight.at` is the target
    // that answers and `flight.permit` its right, not yet ended: that is the caller's. The error is the first
    // target's that was really asked; CircuitOpen, with the time to the next probe, when none was. The report
    // names every target that was passed over.
    template <class Answer, class Request>
    Task<Answer> run(Flight& flight, const Request& request);

  private:
    struct Progress; // of one run

    template <class Answer, class Request>
    Task<Answer> atTarget(Flight& flight, const Request& request, bool last, AdaptiveLimit::Place& place);
    // One that is not held: pass this target over.
    asio::awaitable<AdaptiveLimit::Place> takePlace(Flight& flight, Progress& progress, Awaited kind);
    bool nextIsFree(const Flight& flight, const Progress& progress, Awaited kind);
    bool enter(Flight& flight, Progress& progress);
    bool hasNext(const Flight& flight, const Progress& progress) const;
    bool takePermit(Flight& flight);           // false: the breaker says no
    static bool isScout(const Flight& flight); // whether its call may be a probe
    void probeBeside(const Flight& flight, const asio::any_io_executor& executor);
    void endPermit(Flight& flight, const Error& error) const;
    std::optional<Millis> repeatAfter(const Flight& flight, const Error& error, int repeats, int made);

    TargetStates& m_states;
    Clock& m_clock;
    Timers& m_timers;
    std::minstd_rand m_random; // spreads the backoff, nothing more
    Millis m_firstToken{10000};
};

} // namespace exo
