#pragma once
// What the routes of model calls share: the gateway's call made from a request, and the headers that report
// on it.

#include "core/server/AnswerEvents.h"
#include "core/server/Exchange.h"
#include "core/server/Services.h"

#include <memory>

namespace exo::server {

// From the principal, the request's id and cancellation, and the settings. Also arranges that the answer, an
// error too, carries x-exobrain-provider, -model, -attempts and -overhead-us, what the cache had to do with
// it, and x-exobrain-fallback: the targets of the chain, or "simplified" when the local assistant stood in.
GatewayCall makeCall(Exchange& exchange, const Services& services);

// One streamed call, from the request to the end of its event stream. Until the first event the status line
// is not committed: a failure before it is a plain HTTP error.
Task<void> streamAnswer(Exchange& exchange, Gateway& gateway, CompletionRequest request, GatewayCall call,
                        std::unique_ptr<AnswerEvents> events);

// What the messages of a chat request say, images left out.
std::string textOfMessages(const Json& messages);

// Cancelled says nothing about why; a drain that ran out of patience is ShuttingDown to the client.
Error withReason(Error error, const CancelToken& cancel);

} // namespace exo::server
