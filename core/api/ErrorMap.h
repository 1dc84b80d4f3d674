#pragma once
// The two tables about errors: code → HTTP status and OpenAI error type, code → sentence for a person in zh
// and en.

#include "core/base/Error.h"
#include "core/base/Json.h"

#include <string>
#include <string_view>

namespace exo::api {

struct HttpError {
    int status;
    std::string_view type; // OpenAI's error.type
};
HttpError httpError(ErrorCode code);

enum class Language { English, Chinese };
// What happened and what to do, for a person; never contains `detail`.
std::string errorText(ErrorCode code, Language language);

// {"error":{"message","type","param","code"}} as OpenAI's clients read it.
Json openAiError(const Error& error);
// {"type":"error","error":{"type","message"}} as Anthropic's clients read it.
Json anthropicError(const Error& error);
// The way back, for clients of our API: status and body → Error.
Error errorFromResponse(int status, const Json& body);

} // namespace exo::api
