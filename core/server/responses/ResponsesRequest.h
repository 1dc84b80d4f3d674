#pragma once
// A request of OpenAI's Responses API in the neutral form. Pure translation of untrusted JSON. Shape:
// https://platform.openai.com/docs/api-reference/responses/create

#include "core/providers/Completion.h"

namespace exo::server {

struct ResponsesCall {
    CompletionRequest request;
    bool stream = false;
    Json echo; // members that the answer repeats: instructions, tools, temperature, …
};

// InvalidRequest with `param`; Unsupported for what needs answers kept at the server (previous_response_id,
// conversation, background, item references) and for tools that run at the provider. `store` is accepted and
// not done; the answer says so.
Result<ResponsesCall> parseResponsesCall(const Json& body);

} // namespace exo::server
