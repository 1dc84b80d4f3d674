#include "core/gateway/Attempt.h"

namespace exo {

namespace {

// The attempt's own cancellation: the caller's, or the end of its time.
class Deadline {
  public:
    Deadline(Timers& timers, CallContext& context)
        : m_timers(timers) {
        m_outer = context.cancel.onCancel([this](CancelReason reason) { m_source.cancel(reason); });
        m_timer = m_timers.schedule(context.timeout, [this] { m_source.cancel(CancelReason::Deadline); });
        m_caller = context.cancel;
        context.cancel = m_source.token();
    }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    ~Deadline() { m_timers.cancel(m_timer); }

    // A provider that was stopped by the deadline says Cancelled; the caller must hear of a time-out.
    Error explain(Error error) const {
        if (error.code != ErrorCode::Cancelled || m_caller.cancelled()) return error;
        return fail(ErrorCode::UpstreamTimeout, "no complete answer in the time allowed");
    }

  private:
    Timers& m_timers;
    CancelSource m_source;
    CancelToken m_caller;
    CancelRegistration m_outer;
    Timers::Id m_timer = 0;
};

} // namespace

Task<Completion> attemptOnce(Provider& provider, CompletionRequest request, CallContext context,
                             Timers& timers, std::type_identity<Completion>) {
    const Deadline deadline(timers, context);
    auto answer = co_await provider.complete(std::move(request), std::move(context));
    if (!answer) co_return deadline.explain(std::move(answer).error());
    co_return answer;
}

Task<EmbeddingResult> attemptOnce(Provider& provider, EmbeddingRequest request, CallContext context,
                                  Timers& timers, std::type_identity<EmbeddingResult>) {
    const Deadline deadline(timers, context);
    auto answer = co_await provider.embed(std::move(request), std::move(context));
    if (!answer) co_return deadline.explain(std::move(answer).error());
    co_return answer;
}

Task<StartedStream> attemptOnce(Provider& provider, CompletionRequest request, CallContext context, Timers&,
                                std::type_identity<StartedStream>) {
    StartedStream started;
    started.meter = context.meter;
    auto opened = co_await provider.stream(std::move(request), std::move(context));
    if (!opened) co_return std::move(opened).error();
    started.stream = std::move(*opened);
    auto first = co_await started.stream->next();
    if (!first) co_return std::move(first).error();
    if (!first->has_value()) {
        Error empty = fail(ErrorCode::UpstreamInvalidResponse, "the answer is empty");
        empty.retryable = true;
        co_return empty;
    }
    started.first = std::move(**first);
    co_return std::move(started);
}

} // namespace exo
