#pragma once
// One attempt at one provider, for each kind of call. io thread.

#include "core/base/Clock.h"
#include "core/providers/Provider.h"

#include <memory>
#include <optional>

namespace exo {

// The attempt's own cancellation: the caller's, or the end of its time. Replaces the token in `context`.
class Deadline {
  public:
    Deadline(Timers& timers, CallContext& context, Millis limit);
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    ~Deadline() { met(); }

    // From now on there is no limit any more.
    void met();
    // A provider that was stopped by the deadline says Cancelled; the caller must hear of a time-out.
    Error explain(Error error) const;

  private:
    Timers& m_timers;
    CancelSource m_source;
    CancelToken m_caller;
    CancelRegistration m_outer;
    Timers::Id m_timer = 0;
};

// A stream whose first event is there.
struct StartedStream {
    std::unique_ptr<Deadline> deadline; // met; passes the caller's cancellation on
    std::unique_ptr<CompletionStream> stream;
    CompletionEvent first;
    std::shared_ptr<CallMeter> meter;
};

// UpstreamTimeout after `limit`, whatever the provider does about it.
Task<Completion> attemptOnce(Provider& provider, CompletionRequest request, CallContext context,
                             Timers& timers, Millis limit, std::type_identity<Completion>);
Task<EmbeddingResult> attemptOnce(Provider& provider, EmbeddingRequest request, CallContext context,
                                  Timers& timers, Millis limit, std::type_identity<EmbeddingResult>);
// `limit` bounds the wait for the first event; there is none on the whole, the provider bounds each silence.
Task<StartedStream> attemptOnce(Provider& provider, CompletionRequest request, CallContext context,
                                Timers& timers, Millis limit, std::type_identity<StartedStream>);

} // namespace exo
