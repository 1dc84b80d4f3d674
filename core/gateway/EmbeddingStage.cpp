#include "core/gateway/EmbeddingStage.h"

#include "core/gateway/CacheRules.h"
#include "core/providers/OpenAiEmbedding.h"
#include "core/providers/OpenAiFields.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace exo {

namespace {

constexpr std::size_t k_firstBatch = 2048; // OpenAI's limit; others say so when theirs is smaller
constexpr std::size_t k_maxVectorBytes = 256u << 20;
// Looks at Redis travel together, but their answers have to arrive within the time of one look.
constexpr std::size_t k_maxRemoteLooks = 1024;

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
    bool joined = false;      // a part was asked for by another call
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
        const CacheKey key = cacheKey(flight.call.family, flight.call.tenant, flight.first(), rest);
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

// What it took on is settled on every way out: with its vectors, with its failure, or as left undone.
struct EmbeddingStage::Claims {
    Claims(EmbeddingStage& s, Priority p)
        : stage(s)
        , priority(std::make_shared<SharedPriority>(p)) {}
    Claims(const Claims&) = delete;
    Claims& operator=(const Claims&) = delete;
    ~Claims() {
        for (const auto& [key, running] : mine) {
            const auto found = stage.m_running.find(key);
            if (found != stage.m_running.end() && found->second == running) stage.m_running.erase(found);
            running->done = true;
            if (!running->embedding) running->error = failure;
            running->changed.notify();
        }
    }
    void give(const CacheKey& key, const StoredEmbedding& embedding) {
        const auto found = mine.find(key);
        if (found != mine.end()) found->second->embedding = embedding;
    }

    EmbeddingStage& stage;
    std::shared_ptr<SharedPriority> priority; // others may wait for what is asked for here
    std::map<CacheKey, std::shared_ptr<Running>> mine;
    Places places;
    std::optional<Error> failure;
};

void EmbeddingStage::abandon() {
    for (const auto& [key, running] : std::exchange(m_running, {}))
        running->changed.drop();
}

std::size_t EmbeddingStage::batchOf(const Target& target) const {
    const auto learnt = m_batches.find(target.name());
    return learnt == m_batches.end() ? k_firstBatch : learnt->second;
}

Result<void> EmbeddingStage::route(Flight& flight, const EmbeddingRequest& request) const {
    EXO_CHECK(m_pipeline->route(flight, request.model));
    Targets remote;
    std::ranges::copy_if(*flight.targets, std::back_inserter(remote),
                         [](const Target& target) { return !target.isLocal(); });
    flight.targets = std::make_shared<const Targets>(std::move(remote));
    if (!flight.targets->empty()) return {};
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
    report.provider = flight.first().provider->name();
    report.model = flight.first().model;
    co_await look(flight, job);
    job.batch = batchOf(flight.first());
    const bool complete = job.missing(1).empty();
    if (!complete && flight.call.cache.onlyIfCached)
        co_return fail(ErrorCode::NotCached, "not all of the embeddings are in the cache");
    if (flight.call.cache.write && !complete)
        report.cache = flight.call.cache.read ? CacheResult::Miss : CacheResult::Bypass;
    while (!job.missing(1).empty())
        EXO_CO_CHECK(co_await ask(flight, job));
    const bool asked = report.attempts > 0;
    if (!asked && job.joined) {
        report.cache = CacheResult::Coalesced;
        ++m_pipeline->counts.coalesced;
    }
    co_return job.result();
}

Task<void> EmbeddingStage::ask(Flight& flight, Job& job) {
    const bool shares = flight.call.cache.read && flight.call.cache.write;
    const std::string target = flight.first().name();
    Joined joined;
    {
        Claims claims(*this, flight.call.priority);
        for (const std::size_t place : job.missing(job.found.size())) {
            if (!shares) {
                claims.places.push_back(place);
                continue;
            }
            auto& running = m_running[job.keyOf(place, flight)];
            if (running) {
                running->priority->raise(flight.call.priority);
                joined.emplace_back(place, running);
                continue;
            }
            running = std::make_shared<Running>(claims.priority);
            claims.mine.emplace(job.keyOf(place, flight), running);
            claims.places.push_back(place);
        }
        auto fetched = co_await fetchAll(flight, job, claims);
        if (!fetched) {
            // The failure is everybody's; that this caller has left is only its own affair.
            if (fetched.error().code != ErrorCode::Cancelled) claims.failure = fetched.error();
            co_return fetched;
        }
    }
    if (flight.first().name() != target) co_return Result<void>(); // their vectors are another's
    co_return co_await join(flight, job, joined);
}

Task<void> EmbeddingStage::fetchAll(Flight& flight, Job& job, Claims& claims) {
    for (;;) {
        Places places;
        for (const std::size_t place : claims.places)
            if (!job.found[place] && places.size() < job.batch) places.push_back(place);
        if (places.empty()) co_return Result<void>();
        EXO_CO_CHECK(co_await fetch(flight, job, places, claims));
        if (job.bytes > k_maxVectorBytes)
            co_return fail(ErrorCode::InvalidRequest, "the vectors of so many inputs are too large together",
                           "input");
    }
}

// What comes of it is missing as before when the other call was left, or answered by another model.
Task<void> EmbeddingStage::join(const Flight& flight, Job& job, const Joined& joined) {
    const CancelToken cancel = flight.call.context.cancel;
    for (const auto& [place, running] : joined) {
        const auto wake = cancel.onCancel([running = running](CancelReason) { running->changed.notify(); });
        while (!running->done && !cancel.cancelled())
            co_await running->changed.wait();
        if (cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
        if (running->error) co_return *running->error;
        if (!running->embedding || job.found[place]) continue;
        job.joined = true;
        job.bytes += running->embedding->vector.size();
        job.found[place] = *running->embedding;
        job.cached[place] = 1; // as a hit it goes when another target answers the rest
    }
    co_return Result<void>();
}

asio::awaitable<void> EmbeddingStage::look(Flight& flight, Job& job) {
    AnswerCache* const cache = m_answers->cache();
    const CacheWish& wish = flight.call.cache;
    if (!cache || !wish.write || flight.first().cache == CachePolicy::Never) co_return;
    flight.call.report->cacheKey = keyPrefix(job.keyOf(0, flight));
    if (!wish.read) co_return;
    Places elsewhere;
    for (std::size_t i = 0; i < job.inputs.size(); ++i) {
        if (job.found[i]) continue;
        auto hit = cache->findLocal(job.keyOf(i, flight));
        if (hit && take(std::move(*hit), flight, job, i)) continue;
        if (elsewhere.size() < k_maxRemoteLooks) elsewhere.push_back(i);
    }
    if (!elsewhere.empty() && cache->hasRemote()) co_await lookRemote(flight, job, elsewhere);
}

asio::awaitable<void> EmbeddingStage::lookRemote(Flight& flight, Job& job, const Places& places) {
    std::vector<CacheKey> keys;
    for (const std::size_t place : places)
        keys.push_back(job.keyOf(place, flight));
    auto hits = co_await m_answers->cache()->findRemoteMany(std::move(keys), flight.call.context.cancel);
    for (std::size_t i = 0; hits && i < hits->size(); ++i)
        if (auto& hit = (*hits)[i]) (void)take(std::move(*hit), flight, job, places[i]);
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

Task<void> EmbeddingStage::fetch(Flight& flight, Job& job, const Places& places, Claims& claims) {
    GatewayCall call = flight.call;
    call.report = std::make_shared<CallReport>();
    call.shared = claims.priority;
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
        if (refusal == BatchRefusal::Inputs) m_batches[flight.first().name()] = job.batch;
        co_return Result<void>();
    }

    const bool another = own.at != 0;
    flight.targets =
        std::make_shared<const Targets>(1, own.target()); // vectors of two models cannot be compared
    if (another) {
        for (std::size_t i = 0; i < job.found.size(); ++i)
            if (std::exchange(job.cached[i], 0)) job.bytes -= std::exchange(job.found[i], {})->vector.size();
    }
    keep(flight, job, places, std::move(*result), claims);
    if (another) {
        co_await look(flight, job);
        report.cache = CacheResult::Miss; // of the target that was asked for
    }
    co_return Result<void>();
}

void EmbeddingStage::keep(const Flight& flight, Job& job, const Places& places, EmbeddingResult result,
                          Claims& claims) {
    const bool kept = flight.call.cache.write && flight.first().cache != CachePolicy::Never;
    AnswerCache* const cache = kept ? m_answers->cache() : nullptr;
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
        const CacheKey key = job.keyOf(places[i], flight);
        if (cache) cache->store(key, std::make_shared<const std::string>(encodeEmbedding(embedding)), m_ttl);
        claims.give(key, embedding);
        job.found[places[i]] = std::move(embedding);
    }
}

} // namespace exo
