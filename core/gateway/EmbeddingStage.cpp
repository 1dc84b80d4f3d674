#include "core/gateway/EmbeddingStage.h"

#include "core/gateway/CacheRules.h"
#include "core/providers/OpenAiEmbedding.h"
#include "core/providers/OpenAiFields.h"

#include <algorithm>
#include <optional>

namespace exo {

namespace {

constexpr std::size_t k_firstBatch = 2048; // OpenAI's limit; others say so when theirs is smaller
constexpr std::size_t k_maxVectorBytes = 256u << 20;
// Each look at Redis is a round trip: for many inputs asking the model is not slower.
constexpr std::size_t k_maxRemoteLooks = 32;

bool isListOfInputs(const Json& input) {
    return input.is_array() && !input.empty() && !input.front().is_number();
}

std::size_t weightOf(const Json& input) {
    return 1 + (input.is_string() ? input.get_ref<const std::string&>().size() : input.size());
}

} // namespace

struct EmbeddingStage::Job {
    explicit Job(EmbeddingRequest request)
        : model(std::move(request.model))
        , rest(std::move(request.body))
        , isList(isListOfInputs(rest["input"])) {
        Json input = std::move(rest["input"]);
        if (isList)
            inputs = std::move(input.get_ref<Json::array_t&>());
        else
            inputs.push_back(std::move(input));
        found.resize(inputs.size());
        cached.resize(inputs.size());
    }

    std::string model;
    Json rest; // the members beside input
    bool isList;
    Json::array_t inputs;
    std::vector<std::optional<StoredEmbedding>> found;
    std::vector<char> cached; // whether that came from the cache
    std::size_t bytes = 0;    // of all vectors
    std::size_t batch = k_firstBatch;

    EmbeddingRequest requestFor(const Places& places) {
        EmbeddingRequest request{model, rest};
        Json& input = request.body["input"];
        if (!isList)
            input = inputs.front();
        else
            for (const std::size_t place : places)
                input.push_back(inputs[place]);
        return request;
    }
    CacheKey keyOf(std::size_t place, const Flight& flight) {
        const std::string format(stringOr(rest, "encoding_format"));
        rest.erase("encoding_format"); // both come from the same vector
        rest["input"] = inputs[place];
        const CacheKey key = cacheKey(flight.call.family, flight.call.tenant, flight.targets.front(), rest);
        rest.erase("input");
        if (!format.empty()) rest["encoding_format"] = format;
        return key;
    }
    Places missing(std::size_t most) const {
        Places places;
        for (std::size_t i = 0; i < found.size() && places.size() < most; ++i)
            if (!found[i]) places.push_back(i);
        return places;
    }
    EmbeddingResult result() {
        EmbeddingResult result;
        result.model = found.front()->model;
        for (auto& embedding : found) {
            result.usage.inputTokens += embedding->tokens;
            result.vectors.push_back(std::move(embedding->vector));
        }
        return result;
    }
};

std::size_t EmbeddingStage::batchOf(const Target& target) const {
    const auto learnt = m_batches.find(target.name());
    return learnt == m_batches.end() ? k_firstBatch : learnt->second;
}

Result<void> EmbeddingStage::route(Flight& flight, const EmbeddingRequest& request) const {
    EXO_CHECK(m_pipeline->route(flight, request.model));
    std::erase_if(flight.targets, [](const Target& target) { return target.isLocal(); });
    if (!flight.targets.empty()) return {};
    flight.call.report->simplified = false; // nobody stands in for a model here
    return fail(ErrorCode::NoProvider, "the local assistant makes no embeddings");
}

Task<EmbeddingResult> EmbeddingStage::embed(EmbeddingRequest request, GatewayCall call) {
    const auto flight = m_pipeline->takeOff(std::move(call));
    Result<EmbeddingResult> result = EmbeddingResult();
    if (Result<void> routed = route(*flight, request); !routed) {
        result = std::move(routed).error();
    } else {
        Job job(std::move(request));
        result = co_await answer(*flight, job);
    }
    if (result)
        flight->bookSuccess();
    else
        flight->bookFailure(result.error());
    co_return result;
}

Task<EmbeddingResult> EmbeddingStage::answer(Flight& flight, Job& job) {
    CallReport& report = *flight.call.report;
    report.provider = flight.targets.front().provider->name();
    report.model = flight.targets.front().model;
    co_await look(flight, job);
    job.batch = batchOf(flight.targets.front());
    Places places = job.missing(job.batch);
    if (!places.empty() && flight.call.cache.onlyIfCached)
        co_return fail(ErrorCode::NotCached, "not all of the embeddings are in the cache");
    if (flight.call.cache.write && !places.empty())
        report.cache = flight.call.cache.read ? CacheResult::Miss : CacheResult::Bypass;
    while (!places.empty()) {
        EXO_CO_CHECK(co_await fetch(flight, job, places));
        if (job.bytes > k_maxVectorBytes)
            co_return fail(ErrorCode::InvalidRequest, "the vectors of so many inputs are too large together",
                           "input");
        places = job.missing(job.batch);
    }
    co_return job.result();
}

asio::awaitable<void> EmbeddingStage::look(Flight& flight, Job& job) {
    AnswerCache* const cache = m_answers->cache();
    const CacheWish& wish = flight.call.cache;
    if (!cache || !wish.write) co_return;
    flight.call.report->cacheKey = keyPrefix(job.keyOf(0, flight));
    if (!wish.read) co_return;
    std::size_t remoteLooks = 0;
    for (std::size_t i = 0; i < job.inputs.size(); ++i) {
        if (job.found[i]) continue;
        const CacheKey key = job.keyOf(i, flight);
        auto hit = cache->findLocal(key);
        if (hit && take(std::move(*hit), flight, job, i)) continue;
        if (!cache->hasRemote() || ++remoteLooks > k_maxRemoteLooks) continue;
        auto remote = co_await cache->findRemote(key, flight.call.context.cancel);
        if (remote && remote->has_value()) (void)take(std::move(**remote), flight, job, i);
    }
}

bool EmbeddingStage::take(CacheHit hit, const Flight& flight, Job& job, std::size_t place) {
    const CacheWish& wish = flight.call.cache;
    const bool expired = hit.ttl < Millis(0);
    if (wish.maxAge && hit.age > *wish.maxAge) return false;
    if (expired && !(wish.maxStale && -hit.ttl <= *wish.maxStale)) return false;
    auto embedding = decodeEmbedding(*hit.value);
    if (!embedding) return false;
    CallReport& report = *flight.call.report;
    const bool first = report.cache != CacheResult::Hit && report.cache != CacheResult::Stale;
    report.cache = expired || report.cache == CacheResult::Stale ? CacheResult::Stale : CacheResult::Hit;
    report.cacheAge = std::max(report.cacheAge, hit.age);
    report.cacheTtl = first ? hit.ttl : std::min(report.cacheTtl, hit.ttl);
    job.bytes += embedding->vector.size();
    job.found[place] = std::move(embedding).value();
    job.cached[place] = 1;
    return true;
}

Task<void> EmbeddingStage::fetch(Flight& flight, Job& job, const Places& places) {
    GatewayCall call = flight.call;
    call.report = std::make_shared<CallReport>();
    Flight own(std::move(call), m_pipeline->clock, m_pipeline->stats);
    own.targets = flight.targets;
    own.booked = true; // the whole is booked once
    const EmbeddingRequest request = job.requestFor(places);
    auto result = co_await m_pipeline->finish<EmbeddingResult>(own, request);
    CallReport& report = *flight.call.report;
    flight.waited += own.waited;
    report.attempts += own.call.report->attempts;
    report.queueWait += own.call.report->queueWait;
    report.provider = own.call.report->provider;
    report.model = own.call.report->model;
    if (!own.call.report->fallback.empty()) report.fallback = own.call.report->fallback;
    if (result && result->vectors.size() != places.size())
        co_return invalidAnswer("the answer has not one embedding for each input");
    if (!result) {
        const BatchRefusal refusal = batchRefusal(result.error());
        if (refusal == BatchRefusal::None || places.size() == 1) co_return std::move(result).error();
        job.batch = places.size() / 2;
        // How many tokens fit says nothing about the next call, whose inputs are others.
        if (refusal == BatchRefusal::Inputs) m_batches[flight.targets.front().name()] = job.batch;
        co_return Result<void>();
    }

    const bool another = own.at != 0;
    flight.targets.assign(1, own.target()); // vectors of two models cannot be compared
    if (another) {
        for (std::size_t i = 0; i < job.found.size(); ++i)
            if (std::exchange(job.cached[i], 0)) job.bytes -= std::exchange(job.found[i], {})->vector.size();
    }
    keep(flight, job, places, std::move(*result));
    if (another) {
        co_await look(flight, job);
        report.cache = CacheResult::Miss; // of the target that was asked for
    }
    co_return Result<void>();
}

void EmbeddingStage::keep(const Flight& flight, Job& job, const Places& places, EmbeddingResult result) {
    AnswerCache* const cache = flight.call.cache.write ? m_answers->cache() : nullptr;
    std::int64_t whole = 0, before = 0; // weight of the inputs; tokens given to those before
    for (const std::size_t place : places)
        whole += static_cast<std::int64_t>(weightOf(job.inputs[place]));
    std::int64_t weight = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        // The upstream counts the batch: each input gets its share, and together they are the sum.
        weight += static_cast<std::int64_t>(weightOf(job.inputs[places[i]]));
        const auto upTo = static_cast<std::int64_t>(static_cast<double>(result.usage.inputTokens) *
                                                    static_cast<double>(weight) / static_cast<double>(whole));
        StoredEmbedding embedding{result.model, std::exchange(before, upTo), std::move(result.vectors[i])};
        embedding.tokens = upTo - embedding.tokens;
        job.bytes += embedding.vector.size();
        if (cache)
            cache->store(job.keyOf(places[i], flight),
                         std::make_shared<const std::string>(encodeEmbedding(embedding)), m_ttl);
        job.found[places[i]] = std::move(embedding);
    }
}

} // namespace exo
