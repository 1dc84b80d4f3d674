#pragma once
// What people paste as "base URL": a host, a host with /v1, a full /v1/chat/completions, with or without a
// trailing slash. One function turns all of them into one base; every call to a provider builds its URL from
// it.

#include "core/base/Result.h"

#include <string>
#include <string_view>

namespace exo::net {

enum class ApiFamily { OpenAi, Anthropic };

// "https://api.example.com/v1" for any of the forms above; a scheme is added (https; http for loopback and
// private addresses), a query or fragment, credentials in the URL, and schemes other than http/https are
// InvalidRequest. A path that already names a version (/v1, /v4, /v1beta/openai, /api/paas/v4, …) is kept as
// it is; no path gets /v1.
Result<std::string> normaliseEndpoint(std::string_view text, ApiFamily family = ApiFamily::OpenAi);

// normalised base + "/chat/completions" and so on.
std::string endpointUrl(std::string_view base, std::string_view path);

} // namespace exo::net
