#pragma once
// The body of a Chat Completions request for an OpenAI-compatible server. Pure functions: any thread.

#include "core/base/Result.h"
#include "core/providers/Completion.h"
#include "core/providers/Upstream.h"

#include <string>

namespace exo {

enum class StreamOptions { Ask, Omit }; // ask for the usage chunk, or not: some servers refuse the member

// Unknown members are forwarded as they are. InvalidRequest when there are no messages.
Result<std::string> openAiChatBody(CompletionRequest request, AnswerKind kind, StreamOptions options);

// The refusal of a server that does not know stream_options.
bool refusesStreamOptions(const Error& error);
// A body made by openAiChatBody, for such a server.
std::string withoutStreamOptions(std::string_view body);

} // namespace exo
