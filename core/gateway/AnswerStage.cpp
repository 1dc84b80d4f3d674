#include "core/gateway/AnswerStage.h"

#include "core/base/Log.h"
#include "core/gateway/AnswerCollector.h"
#include "core/gateway/StoredAnswer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

namespace exo {

namespace {

// Failures that another answer, if only an old one, is better than.
bool isOurTrouble(const Error& error) {
    switch (error.code) {
    case ErrorCode::CircuitOpen:
    case ErrorCode::Overloaded:
    case ErrorCode::QueueFull:
    case ErrorCode::QueueTimeout:
    case ErrorCode::InsufficientQuota: return true;
    default: return judge(error).failOver == FailureVerdict::FailOver::Yes;
    }
}

// What a caller learns of the call it shares; what it knows of the cache stays.
void copyReport(const CallReport& from, CallReport& to) {
    to.provider = from.provider;
    to.model = from.model;
    to.attempts = from.attempts;
    to.fallback = from.fallback;
    to.simplified = from.simplified;
    to.queueWait = from.queueWait;
    to.overhead = from.overhead;
    to.phase = from.phase;
}

void bookShared(Flight& flight, const SharedAnswer& answer) {
    copyReport(*answer.report(), *flight.call.report);
    flight.waited = flight.elapsed() - answer.report()->overhead; // the rest was the shared call's
    flight.bookSuccess();
}

Task<Completion> collect(SharedReader& reader, std::int64_t createdSeconds) {
    AnswerCollector collector;
    for (;;) {
        auto event = co_await reader.next();
        if (!event) co_return std::move(event).error();
        if (!event->has_value()) break;
        collector.add(**event);
    }
    co_return std::move(collector).finish(reader.head(), createdSeconds);
}

StoredIn originOf(const CacheHit& hit) {
    return hit.tier == CacheTier::Local ? StoredIn::Memory : StoredIn::Elsewhere;
}

template <class Answer>
Task<Answer> ready(Result<Answer> answer) {
    co_return answer;
}

// What was found without a call of its own, booked.
template <class Answer>
Result<Answer> give(Flight& flight, Result<std::optional<Completion>> found) {
    if (!found) {
        flight.bookFailure(found.error());
        return std::move(found).error();
    }
    flight.bookSuccess();
    if constexpr (std::is_same_v<Answer, Completion>)
        return std::move(**found);
    else
        return replay(**found);
}

// An event and what came together with it.
void addAll(SharedAnswer& answer, CompletionEvent first, CompletionStream& stream) {
    answer.add(std::move(first));
    while (!answer.crowded()) {
        auto more = stream.takeReady();
        if (!more) return;
        answer.add(std::move(*more));
    }
}

// Answers that call tools are kept for callers who want that, under a key of their own: nobody else gets one.
bool keepsCalls(const Flight& flight, const Json& body) {
    return flight.call.cache.evenRandom && (member(body, "tools") || member(body, "functions"));
}

CacheKey keyOf(const Flight& flight, const Target& target, const Json& body, const Json* native) {
    const std::string& family = flight.call.family;
    if (!keepsCalls(flight, body)) return cacheKey(family, flight.call.tenant, target, body, native);
    return cacheKey(family + "+calls", flight.call.tenant, target, body, native);
}

std::int64_t secondsOf(const Clock& clock) {
    return toUnixMillis(clock.wallNow()) / 1000;
}

} // namespace

AnswerStage::AnswerStage(std::shared_ptr<Pipeline> pipeline, std::unique_ptr<AnswerCache> cache,
                         const Settings& settings)
    : m_pipeline(std::move(pipeline))
    , m_cache(std::move(cache)) {
    reconfigure(settings);
}

void AnswerStage::reconfigure(const Settings& settings) {
    m_ttl = settings.cache.localTtl;
    m_staleIfError = settings.fallback.enableCache;
    if (m_cache) m_cache->reconfigure(settings.cache);
}

void AnswerStage::abandon() {
    for (const auto& [key, answer] : std::exchange(m_running, {}))
        answer->abandon();
}

// What comes from Redis is examined also when it is too old: from now on it is in memory.
std::optional<Completion> AnswerStage::take(Flight& flight, CacheHit hit, Plan& plan) const {
    const CacheWish& wish = flight.call.cache;
    const bool tooOld = wish.maxAge && hit.age > *wish.maxAge;
    const bool expired = hit.ttl < Millis(0);
    const bool staleIsFine = wish.maxStale && -hit.ttl <= *wish.maxStale;
    const bool usable = !tooOld && (!expired || staleIsFine);
    auto answer = usable || originOf(hit) == StoredIn::Elsewhere ? decodeAnswer(*hit.value, originOf(hit))
                                                                 : Result<Completion>(Completion());
    if (!answer) {
        m_cache->erase(plan.key);
        return std::nullopt;
    }
    if (!usable) {
        plan.stale = std::move(hit);
        return std::nullopt;
    }
    CallReport& report = *flight.call.report;
    report.cache = expired ? CacheResult::Stale : CacheResult::Hit;
    report.cacheAge = hit.age;
    report.cacheTtl = hit.ttl;
    report.provider = flight.first().provider->name();
    report.model = flight.first().model;
    return std::move(answer).value();
}

std::optional<Completion> AnswerStage::lookHere(Flight& flight, const CompletionRequest& request,
                                                Plan& plan) const {
    const CacheWish& wish = flight.call.cache;
    const Target& target = flight.first();
    const auto randomness = wish.evenRandom ? Randomness::Ignore : Randomness::Respect;
    const Json* native = request.anthropic.get();
    plan.cacheable = wish.write && !target.isLocal() && isCacheable(request.body, randomness, native);
    if (!plan.cacheable) return std::nullopt;
    plan.key = keyOf(flight, target, request.body, native);
    flight.call.report->cacheKey = keyPrefix(plan.key);
    flight.call.report->cache = wish.read ? CacheResult::Miss : CacheResult::Bypass;
    if (!m_cache || !wish.read) return std::nullopt;
    if (auto hit = m_cache->findLocal(plan.key)) return take(flight, std::move(*hit), plan);
    return std::nullopt;
}

Task<std::optional<Completion>> AnswerStage::lookThere(Flight& flight, Plan& plan) {
    if (plan.cacheable && flight.call.cache.read && m_cache && m_cache->hasRemote()) {
        auto hit = co_await m_cache->findRemote(plan.key, flight.call.context.cancel);
        if (hit && hit->has_value())
            if (auto answer = take(flight, std::move(**hit), plan)) co_return answer;
    }
    if (flight.call.cache.onlyIfCached)
        co_return fail(ErrorCode::NotCached, "the answer is not in the cache");
    co_return std::optional<Completion>();
}

bool AnswerStage::mayLookThere(const Flight& flight) const {
    return flight.call.cache.onlyIfCached || (m_cache && m_cache->hasRemote());
}

std::unique_ptr<SharedReader> AnswerStage::share(Flight& flight, CompletionRequest request, const Plan& plan,
                                                 SharedAnswer::Kind kind,
                                                 const asio::any_io_executor& executor) {
    const auto running = m_running.find(plan.key);
    if (running != m_running.end() && flight.call.cache.read && running->second->joinable()) {
        flight.call.report->cache = CacheResult::Coalesced;
        ++m_pipeline->counts.coalesced;
        running->second->priority()->raise(flight.call.priority);
        return running->second->join(flight.call.context.cancel, flight.call.departure);
    }
    auto answer = std::make_shared<SharedAnswer>(kind, flight.call.priority);
    auto reader = answer->join(flight.call.context.cancel, flight.call.departure);
    m_running[plan.key] = answer;
    GatewayCall call = flight.call;
    call.context.cancel = answer->token();
    call.departure = answer;
    call.shared = answer->priority();
    call.report = answer->report();
    auto own = std::make_unique<Flight>(std::move(call), m_pipeline->clock, m_pipeline->stats);
    own->targets = flight.targets;
    own->booked = true; // its callers book
    asio::co_spawn(executor,
                   feed(shared_from_this(), std::move(answer), std::move(own), std::move(request), plan.key),
                   asio::detached);
    return reader;
}

asio::awaitable<void> AnswerStage::feed(std::shared_ptr<AnswerStage> self,
                                        std::shared_ptr<SharedAnswer> answer, std::unique_ptr<Flight> flight,
                                        CompletionRequest request, CacheKey key) {
    if (answer->kind() == SharedAnswer::Kind::Whole)
        co_await feedWhole(*answer, *flight, request);
    else
        co_await feedStream(*answer, std::move(flight), std::move(request));
    const auto mine = self->m_running.find(key);
    if (mine != self->m_running.end() && mine->second == answer) self->m_running.erase(mine);
}

asio::awaitable<void> AnswerStage::feedWhole(SharedAnswer& answer, Flight& flight,
                                             const CompletionRequest& request) {
    auto completion = co_await m_pipeline->run<Completion>(flight, request);
    flight.slot.release();
    if (flight.permit && completion) flight.permit->success();
    flight.permit.reset();
    flight.noteOverhead();
    if (!completion) {
        answer.fail(std::move(completion).error());
        co_return;
    }
    store(flight, *completion, request.body, request.anthropic.get());
    answer.endWith(std::move(completion).value());
}

asio::awaitable<void> AnswerStage::feedStream(SharedAnswer& answer, std::unique_ptr<Flight> flight,
                                              CompletionRequest request) {
    const Flight& seen = *flight; // owned by the stream from now on
    const SharedJson body = request.body;
    const auto native = request.anthropic;
    const auto opened = co_await m_pipeline->open(std::move(flight), std::move(request));
    if (!opened) {
        answer.fail(opened.error());
        co_return;
    }
    CompletionStream& stream = **opened;
    answer.begin(stream.head());
    for (;;) {
        auto event = co_await stream.next();
        if (!event) {
            answer.fail(std::move(event).error());
            co_return;
        }
        if (!event->has_value()) break;
        addAll(answer, std::move(**event), stream);
        if (answer.crowded()) co_await answer.waitForRoom();
    }
    storeStreamed(answer, seen, body, native.get());
    answer.end();
}

void AnswerStage::storeStreamed(const SharedAnswer& answer, const Flight& flight, const Json& body,
                                const Json* native) {
    const auto* events = answer.all();
    if (!events) return;
    AnswerCollector collector;
    for (const CompletionEvent& event : *events)
        collector.add(event);
    store(flight, std::move(collector).finish(answer.head(), secondsOf(m_pipeline->clock)), body, native);
}

void AnswerStage::store(const Flight& flight, const Completion& completion, const Json& body,
                        const Json* native) {
    const Target& target = flight.target(); // the one that answered, which need not be the first
    if (!m_cache || target.isLocal() || flight.call.report->continued) return;
    if (target.cache == CachePolicy::Never) return;
    if (!mayStore(completion, keepsCalls(flight, body) ? ToolCalls::Keep : ToolCalls::Refuse)) return;
    std::string bytes = encodeAnswer(completion);
    if (bytes.size() > k_maxStoredAnswer) return;
    const CacheKey key = keyOf(flight, target, body, native);
    m_cache->store(key, std::make_shared<const std::string>(std::move(bytes)), m_ttl);
}

std::optional<Completion> AnswerStage::insteadOf(const Error& error, Flight& flight, const Plan& plan) const {
    if (!plan.stale || !m_staleIfError || !isOurTrouble(error)) return std::nullopt;
    auto answer = decodeAnswer(*plan.stale->value, originOf(*plan.stale));
    if (!answer) return std::nullopt;
    log::info("an expired answer stands in id={} {}", flight.call.context.requestId, error.toLogString());
    CallReport& report = *flight.call.report;
    report.cache = CacheResult::Stale;
    report.cacheAge = plan.stale->age;
    report.cacheTtl = plan.stale->ttl;
    flight.bookSuccess();
    return std::move(answer).value();
}

Task<Completion> AnswerStage::complete(CompletionRequest request, GatewayCall call) {
    return begin<Completion>(m_pipeline->takeOff(std::move(call)), std::move(request));
}

Task<std::unique_ptr<CompletionStream>> AnswerStage::stream(CompletionRequest request, GatewayCall call) {
    auto flight = m_pipeline->takeOff(std::move(call));
    flight->kind = CallStats::Kind::Stream;
    return begin<std::unique_ptr<CompletionStream>>(std::move(flight), std::move(request));
}

// No coroutine: what is in memory needs none, and any other way has its own.
template <class Answer>
Task<Answer> AnswerStage::begin(std::unique_ptr<Flight> flight, CompletionRequest request) {
    Plan plan;
    if (Result<void> routed = m_pipeline->route(*flight, request.model); !routed)
        return ready(give<Answer>(*flight, std::move(routed).error()));
    if (auto found = lookHere(*flight, request, plan)) return ready(give<Answer>(*flight, std::move(found)));
    if (mayLookThere(*flight))
        return beginThere<Answer>(shared_from_this(), std::move(flight), std::move(request), std::move(plan));
    return ask<Answer>(std::move(flight), std::move(request), std::move(plan));
}

template <class Answer>
Task<Answer> AnswerStage::beginThere(std::shared_ptr<AnswerStage> self, std::unique_ptr<Flight> flight,
                                     CompletionRequest request, Plan plan) {
    auto found = co_await self->lookThere(*flight, plan);
    if (!found || found->has_value()) co_return give<Answer>(*flight, std::move(found));
    co_return co_await self->ask<Answer>(std::move(flight), std::move(request), std::move(plan));
}

template <class Answer>
Task<Answer> AnswerStage::ask(std::unique_ptr<Flight> flight, CompletionRequest request, Plan plan) {
    if (plan.cacheable)
        return askTogether(shared_from_this(), std::move(flight), std::move(request), std::move(plan),
                           std::type_identity<Answer>());
    if constexpr (std::is_same_v<Answer, Completion>)
        return m_pipeline->whole(std::move(flight), std::move(request));
    else
        return m_pipeline->open(std::move(flight), std::move(request));
}

Task<Completion> AnswerStage::askTogether(std::shared_ptr<AnswerStage> self, std::unique_ptr<Flight> flight,
                                          CompletionRequest request, Plan plan,
                                          std::type_identity<Completion>) {
    const auto executor = co_await asio::this_coro::executor;
    const auto reader = self->share(*flight, std::move(request), plan, SharedAnswer::Kind::Whole, executor);
    Result<Completion> answer = Completion();
    if (reader->answer().kind() == SharedAnswer::Kind::Whole) {
        auto ended = co_await reader->ended();
        if (ended)
            answer = *reader->whole();
        else
            answer = std::move(ended).error();
    } else {
        answer = co_await collect(*reader, secondsOf(flight->clock));
    }
    if (answer) {
        bookShared(*flight, reader->answer());
        co_return answer;
    }
    copyReport(*reader->answer().report(), *flight->call.report);
    if (auto stale = self->insteadOf(answer.error(), *flight, plan)) co_return std::move(*stale);
    flight->bookFailure(answer.error());
    co_return answer;
}

Task<std::unique_ptr<CompletionStream>>
AnswerStage::askTogether(std::shared_ptr<AnswerStage> self, std::unique_ptr<Flight> flight,
                         CompletionRequest request, Plan plan,
                         std::type_identity<std::unique_ptr<CompletionStream>>) {
    const auto executor = co_await asio::this_coro::executor;
    auto reader = self->share(*flight, std::move(request), plan, SharedAnswer::Kind::Stream, executor);
    const bool whole = reader->answer().kind() == SharedAnswer::Kind::Whole;
    auto waiting = whole ? reader->ended() : reader->begun();
    auto there = co_await std::move(waiting);
    if (there) {
        bookShared(*flight, reader->answer());
        if (whole) co_return replay(*reader->whole());
        std::unique_ptr<CompletionStream> stream = std::move(reader);
        co_return std::move(stream);
    }
    copyReport(*reader->answer().report(), *flight->call.report);
    if (auto stale = self->insteadOf(there.error(), *flight, plan)) co_return replay(*stale);
    flight->bookFailure(there.error());
    co_return std::move(there).error();
}

} // namespace exo
