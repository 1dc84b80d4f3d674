#include "core/gateway/GatewayImpl.h"

#include "core/api/ErrorMap.h"
#include "core/base/Ids.h"
#include "core/gateway/Attempt.h"
#include "core/gateway/GatewayStream.h"
#include "core/limits/RetryPolicy.h"
#include "core/net/AsioTimers.h"

#include <algorithm>
#include <cstring>

namespace exo {

namespace {

constexpr int k_maxAttempts = 2;

AdmissionLimits admissionLimits(const Settings& settings) {
    AdmissionLimits limits;
    limits.running = settings.limits.maxConcurrentRequests;
    limits.queued = settings.limits.maxQueuedRequests;
    limits.queueTimeout = settings.limits.queueTimeout;
    return limits;
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

std::uint32_t randomSeed() {
    std::uint32_t seed = 0;
    const std::string bytes = randomBytes(sizeof seed);
    std::memcpy(&seed, bytes.data(), sizeof seed);
    return seed;
}

} // namespace

GatewayImpl::GatewayImpl(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers,
                         Clock& clock, Timers& timers)
    : m_clock(clock)
    , m_timers(timers)
    , m_routing(std::make_shared<const Routing>(settings, std::move(providers)))
    , m_requestTimeout(settings.limits.requestTimeout)
    , m_admission(admissionLimits(settings), clock, timers)
    , m_random(randomSeed()) {}

std::unique_ptr<Flight> GatewayImpl::takeOff(GatewayCall call) {
    if (!call.report) call.report = std::make_shared<CallReport>();
    call.context.timeout = m_requestTimeout;
    m_stats->begin();
    return std::unique_ptr<Flight>(new Flight{std::move(call), {}, {}, m_clock, m_stats, m_clock.now()});
}

Task<void> GatewayImpl::admit(Flight& flight, const Json& body) {
    const std::size_t bytes = m_admission.saturated() ? approximateBytes(body) : 0;
    AdmissionTicket ticket{flight.call.priority, flight.call.tenant, bytes};
    auto slot = co_await m_admission.acquire(std::move(ticket), flight.call.context.cancel);
    flight.admitted = m_clock.now();
    flight.waited += flight.admitted - flight.begin;
    flight.call.report->queueWait = std::chrono::duration_cast<Millis>(flight.admitted - flight.begin);
    if (!slot) co_return std::move(slot).error();
    flight.slot = std::move(*slot);
    co_return Result<void>();
}

template <class Answer, class Request>
Task<Answer> GatewayImpl::run(Flight& flight, Request request) {
    auto target = m_routing->resolve(request.model);
    if (!target) co_return std::move(target).error();
    flight.target = std::move(*target);
    EXO_CO_CHECK(co_await admit(flight, request.body));
    flight.call.report->provider = flight.target.provider->name();
    flight.call.report->model = flight.target.model;
    request.model = flight.target.model;
    co_return co_await attempts<Answer, Request>(flight, std::move(request));
}

template <class Answer, class Request>
Task<Answer> GatewayImpl::attempts(Flight& flight, Request request) {
    const Millis budget = 2 * flight.call.context.timeout;
    for (int made = 1;; ++made) {
        flight.call.report->attempts = made;
        CallContext context = flight.call.context;
        context.meter = std::make_shared<CallMeter>();
        const auto left = std::chrono::duration_cast<Millis>(flight.admitted + budget - m_clock.now());
        if constexpr (!std::is_same_v<Answer, StartedStream>)
            context.timeout = std::min(context.timeout, left);
        const ProviderWait wait(m_clock, *context.meter);
        const std::shared_ptr<CallMeter> meter = context.meter;
        Request mine = made < k_maxAttempts ? request : std::move(request);
        auto answer = co_await attemptOnce(*flight.target.provider, std::move(mine), std::move(context),
                                           m_timers, std::type_identity<Answer>());
        flight.waited += wait.waited();
        if (answer) co_return answer;

        const auto delay = made < k_maxAttempts ? nextAttempt(flight, answer.error()) : std::nullopt;
        if (!delay) co_return std::move(answer).error();
        const SteadyTime before = m_clock.now();
        auto slept = co_await net::sleepFor(m_timers, *delay, flight.call.context.cancel);
        flight.waited += m_clock.now() - before;
        if (!slept) co_return std::move(slept).error();
    }
}

std::optional<Millis> GatewayImpl::nextAttempt(const Flight& flight, const Error& error) {
    if (flight.call.context.cancel.cancelled()) return std::nullopt;
    const double jitter = std::uniform_real_distribution<double>(0, 1)(m_random);
    const auto delay = retryDelay(error, jitter);
    if (!delay || m_clock.now() + *delay >= flight.admitted + 2 * flight.call.context.timeout)
        return std::nullopt;
    return delay;
}

namespace {

// Books the end of a call, or of its way to the first event.
template <class Answer>
void book(const Flight& flight, const Result<Answer>& answer) {
    const auto elapsed = flight.elapsed();
    const auto own = std::max(elapsed - flight.waited, std::chrono::nanoseconds(0));
    flight.call.report->overhead = std::chrono::duration_cast<std::chrono::microseconds>(own);
    if (answer)
        flight.stats->succeed(elapsed);
    else
        flight.stats->failCall(elapsed, answer.error());
}

} // namespace

Task<Completion> GatewayImpl::complete(CompletionRequest request, GatewayCall call) {
    const std::unique_ptr<Flight> flight = takeOff(std::move(call));
    auto answer = co_await run<Completion>(*flight, std::move(request));
    book(*flight, answer);
    co_return answer;
}

Task<EmbeddingResult> GatewayImpl::embed(EmbeddingRequest request, GatewayCall call) {
    const std::unique_ptr<Flight> flight = takeOff(std::move(call));
    auto answer = co_await run<EmbeddingResult>(*flight, std::move(request));
    book(*flight, answer);
    co_return answer;
}

Task<std::unique_ptr<CompletionStream>> GatewayImpl::stream(CompletionRequest request, GatewayCall call) {
    std::unique_ptr<Flight> flight = takeOff(std::move(call));
    auto started = co_await run<StartedStream>(*flight, std::move(request));
    book(*flight, started);
    if (!started) co_return std::move(started).error();
    StartedStream running = std::move(*started);
    std::unique_ptr<CompletionStream> stream =
        std::make_unique<GatewayStream>(std::move(flight), std::move(running));
    co_return std::move(stream);
}

Task<api::ProviderTest> GatewayImpl::testProvider(std::string name, CancelToken cancel) {
    const std::shared_ptr<const Routing> routing = m_routing;
    const std::shared_ptr<Provider> provider = routing->provider(name);
    if (!provider)
        co_return fail(ErrorCode::NotFound, "there is no usable provider \"" + name + "\"", "name");
    co_return co_await probe(provider, routing->firstModel(name), cancel);
}

// Streams and stops at the first event: the cheapest call that proves address, key and model. It takes no
// slot, so that a full queue does not look like a broken provider.
Task<api::ProviderTest> GatewayImpl::probe(std::shared_ptr<Provider> provider, std::string model,
                                           CancelToken cancel) {
    CallContext context;
    context.cancel = cancel;
    context.timeout = m_requestTimeout;
    context.requestId = newIdText("test_");
    std::optional<Error> failure;
    if (model.empty()) {
        auto listed = co_await provider->listModels(context);
        if (!listed) failure = listed.error();
        if (listed && listed->empty()) failure = fail(ErrorCode::ModelNotFound, "the server lists no models");
        if (listed && !listed->empty()) model = listed->front().id;
    }
    api::ProviderTest test;
    test.model = model;
    const SteadyTime begin = m_clock.now();
    if (!failure) {
        CompletionRequest request;
        request.model = std::move(model);
        request.body = Json::object();
        request.body["messages"] =
            Json::array({Json{{"role", "user"}, {"content", "Reply with the word OK."}}});
        auto started = co_await attemptOnce(*provider, std::move(request), context, m_timers,
                                            std::type_identity<StartedStream>());
        if (!started) failure = started.error();
    }
    if (failure && failure->code == ErrorCode::Cancelled) co_return std::move(*failure);
    test.latencyMs = std::chrono::duration_cast<Millis>(m_clock.now() - begin).count();
    test.ok = !failure;
    if (failure) {
        std::string message = failure->detail;
        if (message.empty()) message = api::errorText(failure->code, api::Language::English);
        test.error = api::ErrorInfo{std::string(toString(failure->code)), std::move(message)};
    }
    co_return test;
}

GatewayStats GatewayImpl::stats() const {
    const AdmissionStats admission = m_admission.stats();
    GatewayStats stats;
    stats.total = m_stats->total();
    stats.failed = m_stats->failed();
    stats.active = admission.running;
    stats.queued = admission.queued;
    stats.queueFull = admission.queueFull;
    stats.queueTimeout = admission.queueTimeout;
    stats.averageMs = m_stats->averageMs();
    stats.p95Ms = m_stats->p95Ms();
    stats.errorRate = m_stats->errorRate();
    return stats;
}

std::vector<BreakerInfo> GatewayImpl::breakers() const {
    return {};
}

Task<void> GatewayImpl::purgeCache() {
    co_return Result<void>();
}

void GatewayImpl::noteSystem(double, std::uint64_t) {}

void GatewayImpl::reconfigure(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers) {
    m_routing = std::make_shared<const Routing>(settings, std::move(providers));
    m_requestTimeout = settings.limits.requestTimeout;
    m_admission.setLimits(admissionLimits(settings));
}

void GatewayImpl::close() {
    m_admission.close();
}

std::unique_ptr<Gateway> makeGateway(const Settings& settings,
                                     std::vector<std::unique_ptr<Provider>> providers, Clock& clock,
                                     Timers& timers) {
    return std::make_unique<GatewayImpl>(settings, std::move(providers), clock, timers);
}

} // namespace exo
