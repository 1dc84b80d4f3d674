#pragma once
// Commands to bytes and bytes to replies in Redis' protocol (RESP 2), by hiredis. Lists are refused, as no
// command of ours is answered by one, and so is a reply that grows beyond what we ever ask for. Not
// thread-safe.

#include "core/base/Result.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct redisReader;

namespace exo {

struct RedisReply {
    enum class Kind : std::uint8_t { Text, Integer, Nil, Error };
    Kind kind = Kind::Nil;
    std::string text; // of Text and Error
    std::int64_t number = 0;

    bool isError() const { return kind == Kind::Error; }
};

// Appends one command with its arguments, which may be any bytes.
void appendRedisCommand(std::string& out, std::initializer_list<std::string_view> arguments);

class RedisReader {
  public:
    static constexpr std::size_t k_largestReply = (1u << 20) + (64u << 10);

    RedisReader();
    // UpstreamInvalidResponse for what is no reply we could have asked for; the reader is of no use then.
    Result<void> feed(std::string_view bytes);
    // nullopt: more bytes are needed.
    Result<std::optional<RedisReply>> next();
    std::size_t pending() const { return m_pending; } // bytes of a reply that is not whole yet

  private:
    struct Free {
        void operator()(redisReader* reader) const;
    };
    std::unique_ptr<redisReader, Free> m_reader;
    std::size_t m_pending = 0;
};

} // namespace exo
