#pragma once
// The form of an entry in Redis: version, checksum over the rest and over the key it belongs to, times, and
// the value. Bytes from Redis are foreign bytes. Times are durations, counted by Redis' own expiry, so the
// clocks of the servers that share it need not agree. Pure functions.

#include "core/cache/AnswerCache.h"

#include <optional>
#include <string>
#include <string_view>

namespace exo {

struct RedisTimes {
    Millis ttl{0};      // for which it is fresh
    Millis age{0};      // it had when it was written
    Millis lifetime{0}; // after which Redis drops it
};

inline constexpr std::size_t k_largestRedisValue = 1u << 20; // of the value alone
inline constexpr std::size_t k_redisValueHead = 32;

std::string encodeRedisValue(const CacheKey& key, std::string_view value, const RedisTimes& times);
// `left`: until Redis drops it. nullopt for anything encodeRedisValue() has not written for this key.
std::optional<CacheHit> decodeRedisValue(const CacheKey& key, std::string_view bytes, Millis left);

} // namespace exo
