#include "core/gateway/Attempt.h"

namespace exo {

Deadline::Deadline(Timers& timers, CallContext& context, Millis limit)
    : m_timers(timers)
    , m_caller(context.cancel) {
    m_outer = context.cancel.onCancel([this](CancelReason reason) { m_source.cancel(reason); });
    m_timer = m_timers.schedule(limit, [this] {
        m_timer = 0;
        m_source.cancel(CancelReason::Deadline);
    });
    context.cancel = m_source.token();
}

void Deadline::met() {
    if (m_timer != 0) m_timers.cancel(m_timer);
    m_timer = 0;
}

Error Deadline::explain(Error error) const {
    if (error.code != ErrorCode::Cancelled || m_caller.cancelled()) return error;
    return fail(ErrorCode::UpstreamTimeout, "no answer in the time allowed");
}

Task<Completion> attemptOnce(Provider& provider, CompletionRequest request, CallContext context,
                             Timers& timers, Millis limit, std::type_identity<Completion>) {
    const Deadline deadline(timers, context, limit);
    auto answer = co_await provider.complete(std::move(request), std::move(context));
    if (!answer) co_return deadline.explain(std::move(answer).error());
    co_return answer;
}

Task<EmbeddingResult> attemptOnce(Provider& provider, EmbeddingRequest request, CallContext context,
                                  Timers& timers, Millis limit, std::type_identity<EmbeddingResult>) {
    const Deadline deadline(timers, context, limit);
    auto answer = co_await provider.embed(std::move(request), std::move(context));
    if (!answer) co_return deadline.explain(std::move(answer).error());
    co_return answer;
}

Task<StartedStream> attemptOnce(Provider& provider, CompletionRequest request, CallContext context,
                                Timers& timers, Millis limit, std::type_identity<StartedStream>) {
    StartedStream started;
    started.meter = context.meter;
    started.deadline = std::make_unique<Deadline>(timers, context, limit);
    auto opened = co_await provider.stream(std::move(request), std::move(context));
    if (!opened) co_return started.deadline->explain(std::move(opened).error());
    started.stream = std::move(*opened);
    auto first = co_await started.stream->next();
    if (!first) co_return started.deadline->explain(std::move(first).error());
    if (!first->has_value()) {
        Error empty = fail(ErrorCode::UpstreamInvalidResponse, "the answer is empty");
        empty.retryable = true;
        co_return empty;
    }
    started.deadline->met();
    started.first = std::move(**first);
    co_return std::move(started);
}

} // namespace exo
