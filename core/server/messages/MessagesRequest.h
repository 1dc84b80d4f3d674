#pragma once
// A request of Anthropic's Messages API in the neutral form. Pure translation of untrusted JSON. Shape:
// https://docs.anthropic.com/en/api/messages

#include "core/providers/Completion.h"

namespace exo::server {

struct MessagesCall {
    CompletionRequest request; // with the original, for providers that speak this API
    bool stream = false;
};

// InvalidRequest with `param`; Unsupported for tools that run at the provider.
Result<MessagesCall> parseMessagesCall(Json body);

// Input tokens of a request, estimated: POST /v1/messages/count_tokens.
Result<std::int64_t> countMessagesTokens(Json body);

} // namespace exo::server
