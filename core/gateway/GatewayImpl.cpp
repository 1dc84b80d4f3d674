#include "core/gateway/GatewayImpl.h"

#include "core/api/ErrorMap.h"
#include "core/base/Ids.h"
#include "core/gateway/Attempt.h"

#include <algorithm>
#include <set>

namespace exo {

Task<Completion> GatewayImpl::complete(CompletionRequest request, GatewayCall call) {
    return m_answers->complete(std::move(request), std::move(call));
}

Task<std::unique_ptr<CompletionStream>> GatewayImpl::stream(CompletionRequest request, GatewayCall call) {
    return m_answers->stream(std::move(request), std::move(call));
}

Task<EmbeddingResult> GatewayImpl::embed(EmbeddingRequest request, GatewayCall call) {
    const auto embeddings = m_embeddings;
    co_return co_await embeddings->embed(std::move(request), std::move(call));
}

Task<std::vector<api::ModelInfo>> GatewayImpl::allModels() {
    const std::shared_ptr<const Routing> routing = m_pipeline->routing;
    const auto live = m_live;
    std::vector<api::ModelInfo> list = routing->models();
    std::set<std::string> taken;
    for (const api::ModelInfo& model : list)
        taken.insert(model.id);
    const std::vector<std::shared_ptr<Provider>> asked = routing->withoutList();
    for (const std::shared_ptr<Provider>& provider : asked) {
        auto listed = co_await live->of(provider);
        if (!listed) continue;
        for (api::ModelInfo& model : *listed) {
            const std::string full = provider->name() + "/" + model.id;
            auto target = routing->resolve(model.id);
            // The bare name where a request for it would come here, else the one that says whose it is.
            if (!target || target->provider != provider || target->model != model.id) {
                model.id = full;
                target = routing->resolve(full);
            }
            if (target) model.contextTokens = target->contextTokens;
            model.provider = provider->name();
            if (taken.insert(model.id).second) list.push_back(std::move(model));
        }
    }
    co_return list;
}

Task<api::ProviderTest> GatewayImpl::testProvider(std::string name, CancelToken cancel) {
    const std::shared_ptr<const Routing> routing = m_pipeline->routing;
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
    context.timeout = m_pipeline->requestTimeout;
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
    const SteadyTime begin = m_pipeline->clock.now();
    if (!failure) {
        CompletionRequest request;
        request.model = std::move(model);
        request.body = Json::object();
        request.body["messages"] =
            Json::array({Json{{"role", "user"}, {"content", "Reply with the word OK."}}});
        auto started = co_await attemptOnce(*provider, std::move(request), context, m_pipeline->timers,
                                            context.timeout, std::type_identity<StartedStream>());
        if (!started) failure = started.error();
    }
    if (failure && failure->code == ErrorCode::Cancelled) co_return std::move(*failure);
    test.latencyMs = std::chrono::duration_cast<Millis>(m_pipeline->clock.now() - begin).count();
    test.ok = !failure;
    if (failure) {
        std::string message = failure->detail;
        if (message.empty()) message = api::errorText(failure->code, api::Language::English);
        test.error = api::ErrorInfo{std::string(toString(failure->code)), std::move(message)};
    }
    co_return test;
}

GatewayStats GatewayImpl::stats() const {
    const AdmissionStats admission = m_pipeline->admission.stats();
    CallMetrics& calls = m_pipeline->stats->metrics();
    GatewayStats stats;
    stats.total = calls.total;
    stats.failed = calls.failed;
    stats.active = admission.running;
    stats.queued = admission.queued;
    stats.queueFull = admission.queueFull + m_pipeline->counts.targetsFull;
    stats.queueTimeout = admission.queueTimeout + m_pipeline->counts.targetsTimeout;
    stats.recent = calls.recent();
    stats.inputTokens = calls.inputTokens;
    stats.outputTokens = calls.outputTokens;
    stats.retries = calls.retries;
    stats.coalesced = m_pipeline->counts.coalesced;
    stats.resumed = m_pipeline->counts.resumed;
    stats.fallbacks = m_pipeline->counts.fallbacks;
    stats.simplified = m_pipeline->counts.simplified;
    if (const AnswerCache* cache = m_answers->cache()) stats.cache = cache->stats();
    stats.rejected = m_pipeline->overload.rejected();
    stats.badKeys = m_pipeline->states.badKeys();
    return stats;
}

Task<void> GatewayImpl::purgeCache() {
    const auto answers = m_answers;
    if (answers->cache()) co_return co_await answers->cache()->purge();
    co_return Result<void>();
}

void GatewayImpl::noteSystem(double cpuUsage, std::uint64_t memoryUsed) {
    m_pipeline->overload.sample(cpuUsage, memoryUsed);
    applyCacheShare();
}

void GatewayImpl::setCacheShare(double share) {
    m_cacheShare = share;
    applyCacheShare();
}

void GatewayImpl::applyCacheShare() {
    const double underLoad = m_pipeline->overload.step() == OverloadStep::None ? 1.0 : 0.5;
    if (m_answers->cache()) m_answers->cache()->setPressure(std::min(underLoad, m_cacheShare));
}

void GatewayImpl::reconfigure(const Settings& settings, std::vector<std::unique_ptr<Provider>> providers) {
    m_pipeline->reconfigure(settings, std::move(providers));
    m_answers->reconfigure(settings);
    m_embeddings->reconfigure(settings);
    m_live = std::make_shared<LiveModels>(m_pipeline->clock, m_pipeline->timers);
}

void GatewayImpl::close() {
    m_pipeline->admission.close();
    if (m_answers->cache()) m_answers->cache()->close();
}

GatewayImpl::~GatewayImpl() {
    close();
    m_answers->abandon();
    m_embeddings->abandon();
    m_live->abandon();
}

std::unique_ptr<Gateway> makeGateway(const Settings& settings,
                                     std::vector<std::unique_ptr<Provider>> providers, Clock& clock,
                                     Timers& timers, std::unique_ptr<AnswerCache> cache) {
    auto pipeline = std::make_shared<Pipeline>(settings, std::move(providers), clock, timers);
    auto answers = std::make_shared<AnswerStage>(pipeline, std::move(cache), settings);
    auto embeddings = std::make_shared<EmbeddingStage>(pipeline, answers, settings);
    return std::make_unique<GatewayImpl>(std::move(pipeline), std::move(answers), std::move(embeddings));
}

} // namespace exo
