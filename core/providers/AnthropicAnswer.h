#pragma once
// Finished answers of Anthropic's Messages API in OpenAI's shape. Pure functions: any thread.

#include "core/providers/OpenAiAnswer.h"

namespace exo {

// UpstreamInvalidResponse when it is no message; the mapped error for {"type":"error"}.
Result<Completion> anthropicCompletion(std::string_view text, const AnswerDefaults& defaults);

// stop | length | tool_calls | content_filter; empty for an empty reason.
std::string anthropicFinishReason(std::string_view stopReason);

// Takes over the counts that are there; message_start and message_delta each bring some.
struct AnthropicUsage {
    std::int64_t input = 0, output = 0, cacheRead = 0, cacheWrite = 0;
    bool seen = false;

    void read(const Json& usage);
    api::Usage total() const;   // tokens read from or written to the cache are input too
    Json openAiNumbers() const; // prompt_tokens, completion_tokens, …
};

} // namespace exo
