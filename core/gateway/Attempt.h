#pragma once
// One attempt at one provider, for each kind of call. io thread.

#include "core/base/Clock.h"
#include "core/providers/Provider.h"

#include <memory>
#include <optional>

namespace exo {

// A stream whose first event is there.
struct StartedStream {
    std::unique_ptr<CompletionStream> stream;
    CompletionEvent first;
    std::shared_ptr<CallMeter> meter;
};

// UpstreamTimeout after `context.timeout`, whatever the provider does about it.
Task<Completion> attemptOnce(Provider& provider, CompletionRequest request, CallContext context,
                             Timers& timers, std::type_identity<Completion>);
Task<EmbeddingResult> attemptOnce(Provider& provider, EmbeddingRequest request, CallContext context,
                                  Timers& timers, std::type_identity<EmbeddingResult>);
// No limit on the whole; the provider bounds the wait for headers and each silence.
Task<StartedStream> attemptOnce(Provider& provider, CompletionRequest request, CallContext context,
                                Timers& timers, std::type_identity<StartedStream>);

} // namespace exo
