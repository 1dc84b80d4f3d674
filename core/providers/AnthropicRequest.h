#pragma once
// OpenAI Chat Completions → Anthropic Messages (API version 2023-06-01). Pure functions: any thread.

#include "core/base/Result.h"
#include "core/providers/Completion.h"
#include "core/providers/Upstream.h"

#include <string>

namespace exo {

// InvalidRequest, naming the member, for what cannot be said in that API.
Result<Json> anthropicBody(const CompletionRequest& request, AnswerKind kind);

struct AnthropicConversation {
    std::string system;
    Json messages = Json::array(); // alternating roles, each with a list of content blocks
};
Result<AnthropicConversation> anthropicMessages(const Json& messages);

} // namespace exo
