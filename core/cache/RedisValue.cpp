#include "core/cache/RedisValue.h"

#include "core/base/BigEndian.h"

#include <zlib.h>

#include <algorithm>

namespace exo {

namespace {

// "EXR1", CRC-32 of key and all that follows, then ttl, age and lifetime in ms; numbers are big-endian.
constexpr std::string_view k_magic = "EXR1";
constexpr std::size_t k_sumAt = 4;
constexpr std::size_t k_timesAt = 8;
constexpr std::int64_t k_longest = 400ll * 86400'000; // no time of ours is longer

std::uint32_t sumOf(const CacheKey& key, std::string_view rest) {
    uLong sum = crc32(0, key.data(), static_cast<uInt>(key.size()));
    sum = crc32(sum, reinterpret_cast<const Bytef*>(rest.data()), static_cast<uInt>(rest.size()));
    return static_cast<std::uint32_t>(sum);
}

bool isTime(std::uint64_t number) {
    return number <= static_cast<std::uint64_t>(k_longest);
}

} // namespace

std::string encodeRedisValue(const CacheKey& key, std::string_view value, const RedisTimes& times) {
    const auto put = [](std::string& out, Millis time) {
        appendBigEndian(out, static_cast<std::uint64_t>(std::clamp<std::int64_t>(time.count(), 0, k_longest)),
                        8);
    };
    std::string rest;
    rest.reserve(k_redisValueHead + value.size());
    put(rest, times.ttl);
    put(rest, times.age);
    put(rest, times.lifetime);
    rest += value;
    std::string head(k_magic);
    appendBigEndian(head, sumOf(key, rest), 4);
    return rest.insert(0, head);
}

std::optional<CacheHit> decodeRedisValue(const CacheKey& key, std::string_view bytes, Millis left) {
    if (bytes.size() < k_redisValueHead || !bytes.starts_with(k_magic)) return std::nullopt;
    if (bytes.size() > k_redisValueHead + k_largestRedisValue) return std::nullopt;
    if (sumOf(key, bytes.substr(k_timesAt)) != bigEndianAt(bytes, k_sumAt, 4)) return std::nullopt;
    const std::uint64_t ttl = bigEndianAt(bytes, k_timesAt, 8);
    const std::uint64_t age = bigEndianAt(bytes, k_timesAt + 8, 8);
    const std::uint64_t lifetime = bigEndianAt(bytes, k_timesAt + 16, 8);
    if (!isTime(ttl) || !isTime(age) || !isTime(lifetime)) return std::nullopt;
    const Millis elapsed = Millis(static_cast<std::int64_t>(lifetime)) - left;
    if (left < Millis(0) || elapsed < Millis(0)) return std::nullopt; // somebody else has set its end
    CacheHit hit;
    hit.value = std::make_shared<const std::string>(bytes.substr(k_redisValueHead));
    hit.age = Millis(static_cast<std::int64_t>(age)) + elapsed;
    hit.ttl = Millis(static_cast<std::int64_t>(ttl)) - elapsed;
    hit.tier = CacheTier::Redis;
    return hit;
}

} // namespace exo
