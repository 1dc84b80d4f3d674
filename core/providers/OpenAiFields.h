#pragma once
// The pieces of OpenAI's answers that both the streamed and the finished form have, read from untrusted JSON
// in all the dialects of compatible servers. Pure functions: any thread.

#include "core/base/Json.h"
#include "core/providers/Completion.h"

#include <string>
#include <string_view>
#include <vector>

namespace exo {

inline constexpr int k_maxIndex = 127; // of choices and of tool calls
inline constexpr std::int64_t k_maxCount = 1'000'000'000'000;

struct SaidText {
    std::string text;
    std::string reasoning;
};
// `content` as string, null or list of parts, and reasoning_content / reasoning / thinking beside it.
SaidText readText(const Json& messageOrDelta);

// A member that should be a string but comes as an object from some servers (tool call arguments).
std::string textOrJson(const Json& object, std::string_view key);

// stop | length | tool_calls | content_filter | function_call; empty when there is none yet; "error" when the
// upstream gave up in the middle.
std::string readFinishReason(const Json& choice);

// Identifiers of an upstream: bounded, without control characters.
std::string readName(const Json& object, std::string_view key);

// prompt_tokens/completion_tokens, or input_tokens/output_tokens; clamped to 0 … 10^12.
api::Usage readUsage(const Json& usage);
// The object's numbers, nested objects of numbers included; everything else dropped.
Json usageNumbers(const Json& usage);

// A finished answer as the events its stream would have had.
std::vector<CompletionEvent> eventsOf(const Completion& completion);

// Retryable UpstreamInvalidResponse.
Error invalidAnswer(std::string detail);

} // namespace exo
