#pragma once
// The stages of a call and what they share: overload → admission → targets → the local assistant standing in.
// Streams and shared answers keep it alive beyond the gateway. io thread.

#include "core/gateway/Flight.h"
#include "core/gateway/GatewayStream.h"
#include "core/gateway/TargetChain.h"
#include "core/gateway/TargetStates.h"
#include "core/limits/OverloadGuard.h"

#include <memory>

namespace exo {

struct PipelineCounts {
    std::int64_t coalesced = 0, resumed = 0, fallbacks = 0, simplified = 0;
    std::int64_t targetsFull = 0, targetsTimeout = 0; // refused at the limits of all their targets
};

struct Pipeline : std::enable_shared_from_this<Pipeline> {
    Pipeline(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers, Clock& clock,
             Timers& timers);

    void reconfigure(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers);
    std::unique_ptr<Flight> takeOff(GatewayCall call);
    // Finds the targets, and makes the call's wish of the cache what the model's policy allows: what a caller
    // opts into does not bring back what the policy rules out. ModelNotFound, NoProvider.
    Result<void> route(Flight& flight, std::string_view model) const;

    // The way through all stages behind the cache; `request` must stay until this completes.
    template <class Answer, class Request>
    Task<Answer> run(Flight& flight, const Request& request);
    // The same, booked.
    template <class Answer, class Request>
    Task<Answer> finish(Flight& flight, const Request& request);
    Task<Completion> whole(std::unique_ptr<Flight> flight, CompletionRequest request);
    // The same for a stream, up to its first event.
    Task<std::unique_ptr<CompletionStream>> open(std::unique_ptr<Flight> flight, CompletionRequest request);

    Clock& clock;
    Timers& timers;
    std::shared_ptr<const Routing> routing;
    Millis requestTimeout{30000};
    bool simplifies = true;
    Admission admission;
    OverloadGuard overload;
    TargetStates states;
    TargetChain chain;
    PipelineCounts counts;
    std::shared_ptr<CallStats> stats;

  private:
    // True: admitted; false: it has to wait for that.
    Result<bool> admitNow(Flight& flight, const Json& body);
    Task<void> admitLater(Flight& flight, const Json& body);
    Result<void> enter(Flight& flight, Result<AdmissionSlot> slot) const;
    void noteFallback(const Flight& flight);
    void noteRefusal(const Error& error);
    // Whether the local assistant may stand in for targets of which none may be asked.
    bool mayStandIn(const Flight& flight, const Error& error) const;
};

} // namespace exo
