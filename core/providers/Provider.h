#pragma once
// A language-model provider. Implementations translate between the neutral form and one wire protocol and map
// every failure to an Error; they do not retry, queue, cache or fall back, that is the gateway's. io thread.

#include "core/base/Cancel.h"
#include "core/base/Clock.h"
#include "core/providers/Completion.h"

#include <memory>
#include <string>
#include <vector>

namespace exo {

// What our own retrieval may look at on behalf of a call.
struct RetrievalScope {
    std::string project;  // absolute path of a folder, empty = none
    std::string owner;    // whose sessions; see sessions/Owner.h
    SessionId exclude;    // the session that asks: not a source for itself
    bool sessions = true; // false: project and help only
};

// Time spent waiting for somebody else, added up by whoever waits: the rest of a call is our own overhead.
struct CallMeter {
    std::chrono::nanoseconds waited{0};
};

struct CallContext {
    std::string requestId;
    CancelToken cancel;
    Millis timeout{30000}; // per attempt; in a stream: wait for headers, and each later silence
    RetrievalScope scope;
    std::shared_ptr<CallMeter> meter; // may be empty
};

class Provider {
  public:
    virtual ~Provider() = default;
    virtual const std::string& name() const = 0; // as configured
    virtual const std::string& type() const = 0; // openai | anthropic | llama | local

    virtual Task<Completion> complete(CompletionRequest request, CallContext context) = 0;
    // Returns when the upstream accepted the request (2xx headers).
    virtual Task<std::unique_ptr<CompletionStream>> stream(CompletionRequest request,
                                                           CallContext context) = 0;
    virtual Task<EmbeddingResult> embed(EmbeddingRequest request, CallContext context) = 0; // Unsupported
    // What the upstream says it has; the configured list is the gateway's business.
    virtual Task<std::vector<api::ModelInfo>> listModels(CallContext context) = 0;
};

} // namespace exo
