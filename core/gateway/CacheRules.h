#pragma once
// What of a call makes two calls the same to the cache, which requests may use it, and which answers may be
// kept. Pure functions: any thread.

#include "core/cache/AnswerCache.h"
#include "core/gateway/Gateway.h"
#include "core/gateway/Routing.h"

#include <string>
#include <string_view>

namespace exo {

// SHA-256 over a length-prefixed canonical form: schema version, API family, tenant, target, and the body
// with sorted members and shortest numbers, without what only concerns transport (stream, user, metadata …).
// Arrays keep their order, texts are taken byte by byte. Basis: RFC 8785.
CacheKey cacheKey(std::string_view family, std::string_view tenant, const Target& target, const Json& body,
                  const Json* native = nullptr);
// The first 16 hexadecimal digits.
std::string keyPrefix(const CacheKey& key);

// Whether the answer to this request may come from, and go into, a cache at all. `evenRandom`: the caller
// wants that also where a repeated question should give another answer.
// `native`: the same request in an Anthropic client's words.
enum class Randomness : std::uint8_t { Respect, Ignore };
bool isCacheable(const Json& body, Randomness randomness, const Json* native = nullptr);
// Complete, free of error and filter, not empty; with tool calls only where the caller wants these.
enum class ToolCalls : std::uint8_t { Refuse, Keep };
bool mayStore(const Completion& completion, ToolCalls calls = ToolCalls::Refuse);

} // namespace exo
