#include "core/gateway/Pipeline.h"

#include "core/base/Ids.h"

#include <algorithm>
#include <cstring>

namespace exo {

namespace {

AdmissionLimits admissionLimits(const Settings& settings) {
    AdmissionLimits limits;
    limits.running = settings.limits.maxConcurrentRequests;
    limits.queued = settings.limits.maxQueuedRequests;
    limits.queuedBytes = settings.limits.maxQueuedSize;
    limits.queueTimeout = settings.limits.queueTimeout;
    return limits;
}

BreakerLimits breakerLimits(const Settings& settings) {
    BreakerLimits limits;
    limits.failureThreshold = settings.circuitBreaker.failureThreshold;
    limits.failureCount = settings.circuitBreaker.failureCount;
    limits.window = settings.circuitBreaker.window;
    limits.minimumCalls = settings.circuitBreaker.minimumCalls;
    limits.transportErrors = settings.circuitBreaker.consecutiveErrors;
    limits.resetTimeout = settings.circuitBreaker.resetTimeout;
    limits.longestReset = settings.circuitBreaker.maxResetTimeout;
    limits.probes = settings.circuitBreaker.probes;
    limits.successesToClose = settings.circuitBreaker.successesToClose;
    return limits;
}

std::optional<AdaptiveBounds> adaptiveBounds(const Settings& settings) {
    if (!settings.limits.adaptiveConcurrency) return std::nullopt;
    AdaptiveBounds bounds;
    bounds.most = settings.limits.maxConcurrentRequests;
    bounds.queueTimeout = settings.limits.queueTimeout;
    return bounds;
}

OverloadLimits overloadLimits(const Settings& settings) {
    return {settings.limits.maxCpuUsage, settings.limits.maxMemoryUsage};
}

// What a waiting request keeps in memory, near enough.
std::size_t approximateBytes(const Json& value) {
    std::size_t bytes = sizeof(Json);
    if (value.is_string()) return bytes + value.get_ref<const std::string&>().size();
    if (value.is_object())
        for (const auto& [key, inner] : value.items())
            bytes += key.size() + approximateBytes(inner);
    if (value.is_array())
        for (const Json& inner : value)
            bytes += approximateBytes(inner);
    return bytes;
}

template <class Answer>
void settle(Flight& flight, const Result<Answer>& answer) {
    flight.slot.release(); // before anything else is done with the answer
    if (flight.permit && answer) flight.permit->success();
    flight.permit.reset();
    if (answer)
        flight.bookSuccess();
    else
        flight.bookFailure(answer.error());
}

std::uint32_t randomSeed() {
    std::uint32_t seed = 0;
    const std::string bytes = randomBytes(sizeof seed);
    std::memcpy(&seed, bytes.data(), sizeof seed);
    return seed;
}

} // namespace

Pipeline::Pipeline(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers, Clock& c,
                   Timers& t)
    : clock(c)
    , timers(t)
    , routing(std::make_shared<const Routing>(settings, std::move(providers)))
    , requestTimeout(settings.limits.requestTimeout)
    , simplifies(settings.fallback.simplifiedResponse)
    , admission(admissionLimits(settings), c, t)
    , overload(overloadLimits(settings))
    , states(breakerLimits(settings), c, t, randomSeed())
    , chain(states, c, t, randomSeed())
    , stats(std::make_shared<CallStats>(c)) {
    states.setAdaptive(adaptiveBounds(settings));
    chain.setFirstTokenLimit(settings.limits.firstTokenTimeout);
}

void Pipeline::reconfigure(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers) {
    routing = std::make_shared<const Routing>(settings, std::move(providers));
    requestTimeout = settings.limits.requestTimeout;
    simplifies = settings.fallback.simplifiedResponse;
    admission.setLimits(admissionLimits(settings));
    overload.setLimits(overloadLimits(settings));
    states.reconfigure(breakerLimits(settings));
    states.setAdaptive(adaptiveBounds(settings));
    chain.setFirstTokenLimit(settings.limits.firstTokenTimeout);
}

std::unique_ptr<Flight> Pipeline::takeOff(GatewayCall call) {
    if (!call.report) call.report = std::make_shared<CallReport>();
    call.context.timeout = requestTimeout;
    if (call.drains) {
        const auto draining = std::make_shared<Draining>(call.context.cancel, call.ending, timers);
        call.context.cancel = draining->token();
        call.departure = draining;
    }
    stats->begin();
    return std::make_unique<Flight>(std::move(call), clock, stats);
}

Result<void> Pipeline::route(Flight& flight, std::string_view model) const {
    EXO_TRY(flight.targets, routing->chain(model));
    CacheWish& wish = flight.call.cache;
    if (flight.first().cache == CachePolicy::Always) wish.evenRandom = true;
    if (flight.first().cache == CachePolicy::Never) wish.read = wish.write = false;
    // With no provider at all the local assistant answers to every name; that is standing in as well.
    const bool asked = model.empty() || model == k_localModel || model == "default";
    if (routing->hasProviders() || asked || !flight.first().isLocal()) return {};
    if (!simplifies) return fail(ErrorCode::NoProvider, "no provider is configured");
    flight.call.report->simplified = true;
    return {};
}

Result<bool> Pipeline::admitNow(Flight& flight, const Json& body) {
    const bool measure = overload.step() != OverloadStep::None;
    EXO_CHECK(overload.check(flight.call.priority, measure ? approximateBytes(body) : 0));
    if (flight.call.departure) (void)flight.call.departure->letGo(); // of the call before, in a series
    flight.call.report->phase = CallPhase::Queued;
    auto slot = admission.acquireNow(flight.call.context.cancel);
    flight.queued = !slot;
    if (!slot) return false;
    EXO_CHECK(enter(flight, std::move(*slot)));
    return true;
}

Task<void> Pipeline::admitLater(Flight& flight, const Json& body) {
    AdmissionTicket ticket{flight.call.priority, flight.call.tenant, approximateBytes(body),
                           flight.call.shared};
    auto slot = co_await admission.acquire(std::move(ticket), flight.call.context.cancel);
    co_return enter(flight, std::move(slot));
}

Result<void> Pipeline::enter(Flight& flight, Result<AdmissionSlot> slot) const {
    flight.admitted = clock.now();
    flight.waited += flight.admitted - flight.begin;
    flight.call.report->queueWait = std::chrono::duration_cast<Millis>(flight.admitted - flight.begin);
    stats->metrics().queueWait.record(flight.admitted - flight.begin);
    if (!slot) return std::move(slot).error();
    flight.slot = std::move(*slot);
    return {};
}

void Pipeline::noteFallback(const Flight& flight) {
    ++counts.fallbacks;
    stats->metrics().fallbacks.add({flight.first().name(), flight.target().name()});
}

// The chain's own refusals: what an upstream says of its queue has the upstream's status.
void Pipeline::noteRefusal(const Error& error) {
    if (error.upstreamStatus != 0) return;
    if (error.code == ErrorCode::QueueFull) ++counts.targetsFull;
    if (error.code == ErrorCode::QueueTimeout) ++counts.targetsTimeout;
}

bool Pipeline::mayStandIn(const Flight& flight, const Error& error) const {
    return simplifies && error.code == ErrorCode::CircuitOpen && routing->local() &&
           !flight.call.context.cancel.cancelled();
}

template <class Answer, class Request>
Task<Answer> Pipeline::run(Flight& flight, const Request& request) {
    EXO_CO_TRY(const bool admitted, admitNow(flight, request.body));
    if (!admitted) EXO_CO_CHECK(co_await admitLater(flight, request.body));
    constexpr bool k_text = std::is_same_v<Request, CompletionRequest>;
    auto answer = co_await chain.run<Answer>(flight, request);
    if (answer) {
        if (flight.at > 0) noteFallback(flight);
        if constexpr (requires { answer->usage; }) stats->noteTokens(answer->usage);
        co_return answer;
    }
    noteRefusal(answer.error());
    if constexpr (k_text) {
        if (!mayStandIn(flight, answer.error())) co_return std::move(answer).error();
        flight.targets = std::make_shared<const Targets>(1, *routing->local());
        flight.at = 0;
        flight.call.report->simplified = true;
        ++counts.simplified;
        co_return co_await chain.run<Answer>(flight, request);
    } else {
        co_return std::move(answer).error();
    }
}

template <class Answer, class Request>
Task<Answer> Pipeline::finish(Flight& flight, const Request& request) {
    auto answer = co_await run<Answer>(flight, request);
    settle(flight, answer);
    co_return answer;
}

template Task<EmbeddingResult> Pipeline::finish<EmbeddingResult, EmbeddingRequest>(Flight&,
                                                                                   const EmbeddingRequest&);
template Task<Completion> Pipeline::run<Completion, CompletionRequest>(Flight&, const CompletionRequest&);
template Task<EmbeddingResult> Pipeline::run<EmbeddingResult, EmbeddingRequest>(Flight&,
                                                                                const EmbeddingRequest&);

// The gateway may be gone before the answer is there.
Task<Completion> Pipeline::whole(std::unique_ptr<Flight> flight, CompletionRequest request) {
    const auto self = shared_from_this();
    auto answer = co_await run<Completion>(*flight, request);
    settle(*flight, answer);
    co_return answer;
}

Task<std::unique_ptr<CompletionStream>> Pipeline::open(std::unique_ptr<Flight> flight,
                                                       CompletionRequest request) {
    const auto self = shared_from_this();
    auto started = co_await run<StartedStream>(*flight, request);
    if (!started) {
        flight->bookFailure(started.error());
        co_return std::move(started).error();
    }
    flight->bookSuccess();
    StartedStream running = std::move(*started);
    std::unique_ptr<CompletionStream> stream =
        std::make_unique<GatewayStream>(self, std::move(flight), std::move(running), std::move(request));
    co_return std::move(stream);
}

} // namespace exo
