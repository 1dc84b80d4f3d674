#pragma once
// The edge where foreign JSON enters. Parsing never throws, bounds nesting while it parses (nlohmann has no
// limit of its own and would overflow the stack), and typed getters say which field was wrong.

#include "core/base/Result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exo {

using Json = nlohmann::json;

struct JsonLimits {
    int maxDepth = 128;
    std::size_t maxBytes = 64u << 20;
    bool allowComments = false; // `//` and `/* */`, for configuration files only
};

// InvalidJson with the byte offset; invalid UTF-8 and duplicate keys in one object are errors too.
Result<Json> parseJson(std::string_view text, const JsonLimits& limits = {});

// Compact; bytes that are not UTF-8 become U+FFFD, so it cannot fail.
std::string dumpJson(const Json& value);

// Typed access to a member of an object. Missing (or null) required members and wrong types give
// InvalidRequest with `param` = the member's name; the optional forms give nullopt when the member is missing
// or null.
Result<std::string> getString(const Json& object, std::string_view key);
Result<std::int64_t> getInt(const Json& object, std::string_view key, std::int64_t min, std::int64_t max);
Result<std::optional<std::string>> optString(const Json& object, std::string_view key);
Result<std::optional<std::int64_t>> optInt(const Json& object, std::string_view key, std::int64_t min,
                                           std::int64_t max);
Result<std::optional<double>> optNumber(const Json& object, std::string_view key, double min, double max);
Result<std::optional<bool>> optBool(const Json& object, std::string_view key);

// For trusted or already checked data and for untrusted upstream events: the value, or the fallback when it
// is missing or of another type. Never throws. The string form returns a view into `object`.
std::string_view stringOr(const Json& object, std::string_view key, std::string_view fallback = {});
std::int64_t intOr(const Json& object, std::string_view key, std::int64_t fallback = 0);
bool boolOr(const Json& object, std::string_view key, bool fallback = false);
// The member when it is there and not null, else nullptr.
const Json* member(const Json& object, std::string_view key);

} // namespace exo
