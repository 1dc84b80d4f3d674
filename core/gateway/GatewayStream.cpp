#include "core/gateway/GatewayStream.h"

#include "core/base/Log.h"
#include "core/base/TokenEstimate.h"
#include "core/gateway/Pipeline.h"

#include <algorithm>
#include <utility>

namespace exo {

namespace {

// Of all texts a request holds; the names of members and roles are left out.
std::int64_t inputTokens(const Json& value) {
    if (value.is_string()) return estimateTokens(value.get_ref<const std::string&>());
    std::int64_t tokens = 0;
    if (value.is_array())
        for (const Json& inner : value)
            tokens += inputTokens(inner);
    if (value.is_object())
        for (const char* key : {"content", "text", "arguments", "function", "tool_calls"})
            if (const Json* inner = member(value, key)) tokens += inputTokens(*inner);
    return tokens;
}

} // namespace

GatewayStream::GatewayStream(std::shared_ptr<Pipeline> pipeline, std::unique_ptr<Flight> flight,
                             StartedStream started, CompletionRequest request)
    : m_pipeline(std::move(pipeline))
    , m_flight(std::move(flight))
    , m_request(std::move(request)) {
    use(std::move(started));
    m_head = m_running.stream->head();
}

GatewayStream::~GatewayStream() {
    bookUsage();
}

void GatewayStream::count(const CompletionEvent& event) {
    if (const auto* text = std::get_if<TextDelta>(&event)) m_output += estimateTokens(text->text);
    if (const auto* text = std::get_if<ReasoningDelta>(&event)) m_output += estimateTokens(text->text);
    if (const auto* call = std::get_if<ToolCallDelta>(&event)) m_output += estimateTokens(call->arguments);
    if (const auto* usage = std::get_if<UsageDelta>(&event)) m_usage = usage->usage;
    m_finished = m_finished || std::holds_alternative<FinishDelta>(event);
}

// A stream that was left or cut costs what it has sent, although its upstream never came to say so.
void GatewayStream::bookUsage() {
    if (!m_usage && m_output > 0 && !m_flight->target().isLocal()) {
        const Json* messages = member(m_request.body, "messages");
        m_usage = api::Usage{messages ? inputTokens(*messages) : 0, 0, true};
        m_finished = false;
    }
    if (m_usage && !m_finished) m_usage->outputTokens = std::max(m_usage->outputTokens, m_output);
    if (m_usage) m_flight->stats->noteTokens(*m_usage);
    m_usage.reset();
    m_output = 0;
    m_finished = false;
}

// A probe has done its work with the first event; the end of a long answer is too far away.
void GatewayStream::use(StartedStream started) {
    m_running = std::move(started);
    m_first = std::move(m_running.first);
    if (!m_flight->permit || !m_flight->permit->isProbe()) return;
    m_flight->permit->success();
    m_flight->permit.reset();
}

std::optional<CompletionEvent> GatewayStream::takeReady() {
    if (m_failure || m_first || m_comparing) return std::nullopt;
    auto event = m_running.stream->takeReady();
    if (event) count(*event);
    if (event) m_delivered.add(*event);
    return event;
}

bool GatewayStream::endIsNext() const {
    return !m_failure && !m_first && !m_comparing && m_running.stream->endIsNext();
}

void GatewayStream::endPermit(const Error& error) {
    if (!m_flight->permit) return;
    const FailureVerdict verdict = judge(error);
    if (verdict.breaker)
        m_flight->permit->failure(*verdict.breaker, error.toLogString(), error.retryAfter);
    else
        m_flight->permit->ignore();
    m_flight->permit.reset();
}

// Whatever broke it, to its reader a stream that began and has no end is an interrupted one.
Error GatewayStream::broke(Error error) {
    m_flight->stats->failStream(error);
    const bool ours = error.code == ErrorCode::Cancelled || error.code == ErrorCode::ShuttingDown;
    if (!ours && error.code != ErrorCode::StreamInterrupted) {
        log::info("a stream broke off id={} {}", m_flight->call.context.requestId, error.toLogString());
        error.code = ErrorCode::StreamInterrupted;
    }
    m_failure = error;
    return error;
}

Task<std::optional<CompletionEvent>> GatewayStream::next() {
    if (m_failure) co_return *m_failure;
    for (;;) {
        Result<std::optional<CompletionEvent>> event = std::exchange(m_first, std::nullopt);
        if (!event->has_value()) {
            const ProviderWait wait(m_flight->clock, *m_running.meter);
            event = co_await m_running.stream->next();
            m_flight->call.report->overhead +=
                std::chrono::duration_cast<std::chrono::microseconds>(wait.elapsed() - wait.waited());
        }
        if (event && event->has_value()) count(**event);
        if (!event) {
            endPermit(event.error());
            if (m_flight->call.departure) (void)m_flight->call.departure->letGo();
            const bool resumed = co_await resume(event.error());
            if (!resumed) co_return broke(std::move(event).error());
            continue;
        }
        if (!event->has_value()) co_return ended();
        if (m_comparing) {
            event = compared(std::move(**event));
            if (event && !event->has_value()) continue;
        } else {
            m_delivered.add(**event);
        }
        co_return event;
    }
}

Result<std::optional<CompletionEvent>> GatewayStream::ended() {
    if (m_flight->permit) m_flight->permit->success();
    m_flight->permit.reset();
    if (m_comparing && !m_delivered.caughtUp())
        return broke(fail(ErrorCode::StreamInterrupted, "the answer asked for again is shorter"));
    return std::optional<CompletionEvent>();
}

// What of an event of the second answer is new to the reader.
Result<std::optional<CompletionEvent>> GatewayStream::compared(CompletionEvent event) {
    auto kept = m_delivered.filter(std::move(event));
    if (!kept) return broke(std::move(kept).error());
    if (kept->has_value() && m_before > 0 && !m_delivered.repeats()) addBefore(**kept);
    return kept;
}

// What the upstream counts is a question longer by the beginning and an answer shorter by it.
void GatewayStream::addBefore(CompletionEvent& event) const {
    auto* told = std::get_if<UsageDelta>(&event);
    if (!told) return;
    const std::int64_t moved = std::min(m_before, told->usage.inputTokens);
    told->usage.inputTokens -= moved;
    told->usage.outputTokens += moved;
    told->usage.estimated = true;
    if (!told->details.is_object()) return;
    told->details["prompt_tokens"] = told->usage.inputTokens;
    told->details["completion_tokens"] = told->usage.outputTokens;
}

bool GatewayStream::mayResume(const Error& error) const {
    if (m_flight->call.context.cancel.cancelled() || !m_delivered.resumable()) return false;
    switch (error.code) {
    case ErrorCode::StreamInterrupted:
    case ErrorCode::UpstreamTimeout:
    case ErrorCode::UpstreamConnection:
    case ErrorCode::UpstreamInvalidResponse: return true;
    case ErrorCode::UpstreamRejected: return error.upstreamStatus >= 500;
    default: return false;
    }
}

asio::awaitable<bool> GatewayStream::resume(const Error& error) {
    if (!mayResume(error)) co_return false;
    Flight& flight = *m_flight;
    const Target broken = flight.target();
    Targets others(flight.targets->begin() + static_cast<std::ptrdiff_t>(flight.at) + 1,
                   flight.targets->end());
    const bool healthy =
        !broken.isLocal() && m_pipeline->states.breaker(broken)->snapshot().state == BreakerState::Closed;
    if (!m_askedAgain && healthy) {
        others.push_back(broken);
        m_askedAgain = true;
    }
    if (others.empty()) co_return false;
    log::info("asking again for a stream that broke off id={} {}", flight.call.context.requestId,
              error.toLogString());
    m_running = {}; // its connection is closed before the next one is asked
    bookUsage();
    flight.targets = std::make_shared<const Targets>(std::move(others));
    flight.at = 0;
    flight.admitted = flight.clock.now(); // a budget of its own
    m_request.begun = m_delivered.continuable();
    auto started = co_await m_pipeline->chain.run<StartedStream>(flight, m_request);
    if (!started) co_return false;
    use(std::move(*started));
    m_delivered.beginComparison();
    m_before = 0;
    if (m_running.stream->continues()) {
        m_delivered.beginContinuation();
        m_before = estimateTokens(m_request.begun);
        flight.call.report->continued = true;
    }
    m_comparing = true;
    ++m_pipeline->counts.resumed;
    co_return true;
}

} // namespace exo
