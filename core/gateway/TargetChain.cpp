#include "core/gateway/TargetChain.h"

#include "core/gateway/ModelProbe.h"
#include "core/net/AsioTimers.h"
#include "core/providers/ModelTable.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace exo {

namespace {

constexpr Millis k_leastAttempt{1};

using FailOver = FailureVerdict::FailOver;

template <class Answer>
constexpr Awaited k_kindOf = std::is_same_v<Answer, StartedStream> ? Awaited::Stream : Awaited::Whole;

// What an attempt tells of the target's pace. A time-out counts where it had all its time, and the target has
// got the request (not retryable).
template <class Answer>
void notePace(AdaptiveLimit::Place& place, std::chrono::nanoseconds time, bool hadItsTime,
              const Result<Answer>& answer) {
    if (answer) return place.answered(time);
    const Error& error = answer.error();
    if (error.code == ErrorCode::UpstreamTimeout && !error.retryable && hadItsTime) place.gaveUp();
}

std::int64_t contextOf(const Target& target) {
    return target.contextTokens > 0 ? target.contextTokens : k_defaultContextTokens;
}

} // namespace

struct TargetChain::Progress {
    std::optional<Error> asked;   // of the first target that was asked and failed
    std::optional<Error> skipped; // of the passed-over target that is back first
    std::int64_t largerThan = 0;  // tokens of the context that was too small

    void skip(Error why) {
        const auto later = [](const Error& e) { return e.retryAfter.value_or(Millis::max()); };
        if (!skipped || later(why) < later(*skipped)) skipped = std::move(why);
    }
};

bool TargetChain::hasNext(const Flight& flight, const Progress& progress) const {
    for (std::size_t i = flight.at + 1; i < flight.targets->size(); ++i)
        if (progress.largerThan == 0 || contextOf((*flight.targets)[i]) > progress.largerThan) return true;
    return false;
}

// False: pass this target over.
bool TargetChain::enter(Flight& flight, Progress& progress) {
    const Target& target = flight.target();
    if (target.isLocal()) return true;
    if (auto why = m_states.parked(target)) {
        // A bad key may have been mended meanwhile: when there is nobody else, ask.
        const bool throttled = why->upstreamStatus == 429 && why->code != ErrorCode::InsufficientQuota;
        if (throttled || progress.asked || hasNext(flight, progress)) {
            progress.skip(std::move(*why));
            return false;
        }
    }
    if (takePermit(flight)) return true;
    Error open = fail(ErrorCode::CircuitOpen, target.name() + " is given a pause");
    open.retryable = true;
    open.retryAfter = std::max(m_states.breaker(target)->untilProbe(), Millis(1000));
    progress.skip(std::move(open));
    return false;
}

bool TargetChain::takePermit(Flight& flight) {
    if (flight.target().isLocal()) return true;
    const auto probing =
        isScout(flight) ? CircuitBreaker::Probing::Allowed : CircuitBreaker::Probing::Refused;
    flight.permit = m_states.breaker(flight.target())->enter(probing);
    return flight.permit.has_value();
}

// A caller of low priority that had to wait is no scout: where the machine is busy anyway, its call is the
// last that should be risked.
bool TargetChain::isScout(const Flight& flight) {
    const auto& shared = flight.call.shared;
    const Priority priority = shared ? shared->get() : flight.call.priority;
    return priority != Priority::Low || !flight.queued;
}

// In its place the list of models is asked for, or a target with such callers alone would never come back.
void TargetChain::probeBeside(const Flight& flight, const asio::any_io_executor& executor) {
    if (isScout(flight) || m_states.parked(flight.target())) return;
    auto permit = m_states.breaker(flight.target())->enter(CircuitBreaker::Probing::Allowed);
    if (!permit || !permit->isProbe()) return;
    asio::co_spawn(executor, probeModels(flight.target().provider, std::move(*permit), m_timers),
                   asio::detached);
}

void TargetChain::endPermit(Flight& flight, const Error& error) const {
    if (!flight.permit) return;
    const FailureVerdict verdict = judge(error);
    if (verdict.breaker)
        flight.permit->failure(*verdict.breaker, error.toLogString(), error.retryAfter);
    else
        flight.permit->ignore();
    flight.permit.reset();
}

std::optional<Millis> TargetChain::repeatAfter(const Flight& flight, const Error& error, int repeats,
                                               int made) {
    if (made > repeats || flight.call.context.cancel.cancelled()) return std::nullopt;
    const double jitter = std::uniform_real_distribution<double>(0, 1)(m_random);
    const Millis delay = repeatDelay(error, made, jitter);
    if (m_clock.now() + delay >= flight.budgetEnd()) return std::nullopt;
    return delay;
}

bool TargetChain::nextIsFree(const Flight& flight, const Progress& progress, Awaited kind) {
    for (std::size_t i = flight.at + 1; i < flight.targets->size(); ++i) {
        const Target& target = (*flight.targets)[i];
        if (progress.largerThan != 0 && contextOf(target) <= progress.largerThan) continue;
        if (target.isLocal()) continue; // its answer is no model's: worth the wait for one
        if (m_states.parked(target) || m_states.breaker(target)->untilProbe() > Millis(0)) continue;
        if (!m_states.limit(target, kind).saturated()) return true;
    }
    return false;
}

asio::awaitable<AdaptiveLimit::Place> TargetChain::takePlace(Flight& flight, Progress& progress,
                                                             Awaited kind) {
    const CancelToken cancel = flight.call.context.cancel;
    auto place = m_states.limit(flight.target(), kind).acquireNow(cancel);
    if (place && *place) co_return std::move(**place);
    flight.permit.reset(); // a probe is for those who can go
    if (!place && nextIsFree(flight, progress, kind)) {
        Error busy = fail(ErrorCode::QueueFull, flight.target().name() + " has as many calls as it answers");
        busy.retryable = true;
        busy.retryAfter = Millis(1000);
        progress.skip(std::move(busy));
        co_return AdaptiveLimit::Place();
    }
    if (!place) {
        flight.call.report->phase = CallPhase::Queued;
        const SteadyTime before = m_clock.now();
        AdmissionTicket ticket{flight.call.priority, flight.call.tenant, 0, flight.call.shared};
        place = co_await m_states.limit(flight.target(), kind).acquire(std::move(ticket), cancel);
        const auto waited = m_clock.now() - before;
        flight.waited += waited;
        flight.call.report->queueWait += std::chrono::duration_cast<Millis>(waited);
    }
    if (!*place) {
        if (place->error().code == ErrorCode::Cancelled)
            progress.asked = std::move(*place).error();
        else
            progress.skip(std::move(*place).error());
        co_return AdaptiveLimit::Place();
    }
    if (!enter(flight, progress)) co_return AdaptiveLimit::Place(); // it was closed meanwhile
    co_return std::move(**place);
}

template <class Answer, class Request>
Task<Answer> TargetChain::atTarget(Flight& flight, const Request& request, bool last,
                                   AdaptiveLimit::Place& place) {
    constexpr bool k_stream = std::is_same_v<Answer, StartedStream>;
    CallReport& report = *flight.call.report;
    report.provider = flight.target().provider->name();
    report.model = flight.target().model;
    for (int made = 1;; ++made) {
        ++report.attempts;
        CallContext context = flight.call.context;
        context.meter = std::make_shared<CallMeter>();
        const auto left = std::chrono::duration_cast<Millis>(flight.budgetEnd() - m_clock.now());
        Millis limit = std::min(context.timeout, std::max(left, k_leastAttempt));
        if (k_stream && !last) limit = std::min(limit, m_firstToken);
        if (!k_stream) context.timeout = limit;
        report.phase = CallPhase::Upstream;
        if (flight.call.departure) flight.call.departure->hold();
        const ProviderWait wait(m_clock, *context.meter);
        const std::shared_ptr<CallMeter> meter = context.meter;
        Request mine = request;
        mine.model = report.model;
        auto answer = co_await attemptOnce(*flight.target().provider, std::move(mine), std::move(context),
                                           m_timers, limit, std::type_identity<Answer>());
        flight.waited += wait.waited();
        if (place.held()) notePace(place, wait.elapsed(), left > limit, answer);
        if (answer) co_return answer;
        flight.stats->noteUpstreamError(report.provider, answer.error());
        if (flight.call.departure) (void)flight.call.departure->letGo();

        const FailureVerdict verdict = judge(answer.error());
        const int repeats = last ? verdict.repeats : std::min(verdict.repeats, 1);
        const auto delay = repeatAfter(flight, answer.error(), repeats, made);
        if (!delay) co_return std::move(answer).error();
        report.phase = CallPhase::Backoff;
        ++flight.stats->metrics().retries;
        const SteadyTime before = m_clock.now();
        auto slept = co_await net::sleepFor(m_timers, *delay, flight.call.context.cancel);
        flight.waited += m_clock.now() - before;
        if (!slept) co_return std::move(slept).error();
        endPermit(flight, answer.error());
        if (!takePermit(flight)) co_return std::move(answer).error(); // that failure has opened the breaker
    }
}

template <class Answer, class Request>
Task<Answer> TargetChain::run(Flight& flight, const Request& request) {
    Progress progress;
    CallReport& report = *flight.call.report;
    for (; flight.at < flight.targets->size(); ++flight.at) {
        if (progress.largerThan != 0 && contextOf(flight.target()) <= progress.largerThan) continue;
        if (!enter(flight, progress)) {
            probeBeside(flight, co_await asio::this_coro::executor);
            report.fallback.push_back(flight.target().name());
            continue;
        }
        AdaptiveLimit::Place place;
        if (m_states.adapts() && !flight.target().isLocal()) {
            place = co_await takePlace(flight, progress, k_kindOf<Answer>);
            if (!place.held()) {
                report.fallback.push_back(flight.target().name());
                if (flight.call.context.cancel.cancelled()) break;
                continue;
            }
        }
        const bool last = !hasNext(flight, progress);
        auto answer = co_await atTarget<Answer, Request>(flight, request, last, place);
        if (answer) {
            m_states.noteAnswer(flight.target());
            if (!report.fallback.empty()) report.fallback.push_back(flight.target().name());
            co_return answer;
        }
        const Error& error = answer.error();
        const FailureVerdict verdict = judge(error);
        endPermit(flight, error);
        m_states.park(flight.target(), verdict, error);
        report.fallback.push_back(flight.target().name());
        const bool bySelf = error.code == ErrorCode::Cancelled || error.code == ErrorCode::ContentFilter;
        if (bySelf) progress.asked = error;
        if (!progress.asked) progress.asked = error;
        if (verdict.failOver == FailOver::No) break;
        if (verdict.failOver == FailOver::LargerContext)
            progress.largerThan = std::max(progress.largerThan, contextOf(flight.target()));
        if (m_clock.now() >= flight.budgetEnd() || flight.call.context.cancel.cancelled()) break;
    }
    if (report.fallback.size() == 1) report.fallback.clear(); // there was no chain
    if (progress.asked) co_return std::move(*progress.asked);
    if (progress.skipped) co_return std::move(*progress.skipped);
    co_return fail(ErrorCode::NoProvider);
}

template Task<Completion> TargetChain::run<Completion, CompletionRequest>(Flight&, const CompletionRequest&);
template Task<StartedStream> TargetChain::run<StartedStream, CompletionRequest>(Flight&,
                                                                                const CompletionRequest&);
template Task<EmbeddingResult> TargetChain::run<EmbeddingResult, EmbeddingRequest>(Flight&,
                                                                                   const EmbeddingRequest&);

} // namespace exo
