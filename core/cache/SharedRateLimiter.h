#pragma once
// The rate limit of several servers together: the exact window of RateLimiter, kept in the Redis they share
// by a script that counts and tells in one round trip. The clock is Redis' own. Nothing here fails a request:
// what Redis does not tell within the time limit is for the caller's own limiter to decide. io thread; owned
// by the server's RateGate.

#include "core/cache/RedisPool.h"
#include "core/limits/RateLimiter.h"

#include <memory>
#include <optional>
#include <string>

namespace exo {

class SharedRateLimiter {
  public:
    SharedRateLimiter(asio::io_context& io, RedisAddress address, RedisLimits limits, const Clock& clock);
    ~SharedRateLimiter(); // close()
    SharedRateLimiter(const SharedRateLimiter&) = delete;
    SharedRateLimiter& operator=(const SharedRateLimiter&) = delete;

    // Redis is up, or not known yet, and has not refused the script just now.
    bool worthAsking() const;
    // Counts one request of `name` unless it is refused. nullopt when Redis did not tell in time or told
    // something else. The limiter may be replaced meanwhile.
    Task<std::optional<RateVerdict>> count(std::string name, Rate rate, CancelToken cancel);
    void close();

  private:
    struct Shared;
    std::shared_ptr<Shared> m_shared; // also the coroutines'
};

// What the script returns, "allowed remaining untilMore untilFull"; nullopt for anything else.
std::optional<RateVerdict> parseRateReply(std::string_view text, const Rate& rate);

} // namespace exo
