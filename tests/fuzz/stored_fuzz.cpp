// What comes from Redis, which others may write to: replies in pieces, the entry of the second level, and the
// answer in it. No crash, no entry that was not written by us for this very key, no unbounded buffer.
#include "core/cache/RedisValue.h"
#include "core/cache/RedisWire.h"
#include "core/gateway/StoredAnswer.h"

#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace exo;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void readReplies(std::string_view text) {
    RedisReader reader;
    const std::size_t piece = text.empty() ? 1 : 1 + static_cast<unsigned char>(text[0]) % 64;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        if (!reader.feed(text.substr(at, piece)).ok()) return;
        for (;;) {
            const auto reply = reader.next();
            if (!reply.ok()) return;
            if (!reply->has_value()) break;
            require((*reply)->text.size() <= text.size());
        }
        require(reader.pending() <= text.size());
    }
}

void readEntry(std::string_view text) {
    CacheKey key{};
    if (const auto hit = decodeRedisValue(key, text, Millis(1000))) {
        require(hit->age >= Millis(0));
        const Millis lifetime = hit->age + Millis(1000);
        require(lifetime >= Millis(1000));
        require(hit->value->size() + k_redisValueHead == text.size());
    }
    // The same bytes as the value of an entry that is good: they come back, and are an answer or are not.
    const std::string bytes = encodeRedisValue(key, text, {Millis(5000), Millis(0), Millis(9000)});
    const auto hit = decodeRedisValue(key, bytes, Millis(8000));
    require(hit && *hit->value == text && hit->age == Millis(1000) && hit->ttl == Millis(4000));
    key[0] = 1;
    require(!decodeRedisValue(key, bytes, Millis(8000)));
}

void readAnswer(std::string_view text) {
    const auto answer = decodeAnswer(text, StoredIn::Elsewhere);
    if (!answer.ok()) return;
    const std::string bytes = encodeAnswer(*answer);
    const auto again = decodeAnswer(bytes, StoredIn::Elsewhere);
    require(again.ok() && encodeAnswer(*again) == bytes);
    (void)replay(*answer);
}

std::string withSum(const char* form, std::string_view text) {
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
    std::string out = form;
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(sum >> shift & 0xff);
    return out.append(text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    readReplies(text);
    if (size <= k_largestRedisValue) readEntry(text);
    readAnswer(text);
    readAnswer(withSum("EXA1", text)); // what the checksum keeps away as a rule
    readAnswer(withSum("EXA3", text));
    return 0;
}
