#pragma once
// The body of a Chat Completions request for an OpenAI-compatible server. Pure functions: any thread.

#include "core/base/Result.h"
#include "core/providers/Completion.h"
#include "core/providers/Upstream.h"

#include <optional>
#include <string>
#include <string_view>

namespace exo {

enum class StreamOptions { Ask, Omit }; // ask for the usage chunk, or not: some servers refuse the member

// Unknown members are forwarded as they are. InvalidRequest when there are no messages.
Result<std::string> openAiChatBody(const CompletionRequest& request, AnswerKind kind, StreamOptions options);

// The refusal of a server that does not know stream_options.
bool refusesStreamOptions(const Error& error);
enum class Origin { Written, Translated }; // the body's members: the client's own, or made from another API
// A body made by openAiChatBody without what the server refuses of it, where that is ours to change:
// stream_options, and in a translated body reasoning_effort and the name of max_tokens. nullopt: nothing is.
std::optional<std::string> withoutRefused(std::string_view body, const Error& refusal, Origin origin);

} // namespace exo
