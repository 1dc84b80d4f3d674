#pragma once
// From what an upstream says when it fails to an Error: status, body, headers, or an error inside a 200
// stream. The vendors agree on little, so codes, types and the usual sentences are all looked at. Pure
// functions: any thread.

#include "core/base/Clock.h"
#include "core/base/Json.h"
#include "core/net/HttpClient.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

inline constexpr std::size_t k_maxErrorBody = 64u << 10;

// A response that is not 2xx. The body is kept for pass-through when it is a JSON object or array.
Error errorFromResponse(int status, const std::vector<net::Header>& headers, std::string body, WallTime now);

// The `error` member (or Anthropic's error event) inside an answer whose status was 200: an object or a
// string.
Error errorFromMember(const Json& error);

// retry-after-ms, else Retry-After as seconds (fractions too) or as an HTTP date (RFC 9110, 5.6.7); at most a
// day.
std::optional<Millis> parseRetryAfter(const std::vector<net::Header>& headers, WallTime now);

// Replaces every occurrence of `secret`; nothing when it is too short to be one.
void scrub(std::string& text, std::string_view secret, std::string_view replacement);

} // namespace exo
