#pragma once
// Where Redis is and who we are there: redis://[user:password@]host[:port][/db], rediss:// the same over TLS,
// unix://[user:password@]/path[?db=N]. Basis: the provisional URI scheme "redis" at IANA. A plain value.

#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace exo {

struct RedisAddress {
    enum class Kind : std::uint8_t { Tcp, Tls, Unix };
    Kind kind = Kind::Tcp;
    std::string host; // without brackets
    std::uint16_t port = 6379;
    std::string path; // of the socket
    std::string user; // empty: Redis' "default"
    Secret password;
    int database = 0;

    // For logs: neither user nor password.
    std::string shown() const;
};

// ConfigError; the detail never repeats the text, which may hold a password.
Result<RedisAddress> parseRedisUrl(std::string_view url);

} // namespace exo
