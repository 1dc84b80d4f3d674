#pragma once
// The second level: finished answers in Redis, shared by all servers that know it. Nothing it does is waited
// for longer than a lookup may take, and no failure of it is a caller's. Keys are
// exobrain:<generation>:<SHA-256>; a purge is a new generation, which every server sees with its next lookup.
// io thread; owned by TieredCache.

#include "core/cache/AnswerCache.h"
#include "core/cache/RedisPool.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace exo {

struct RedisOptions {
    RedisLimits limits;
    std::uint64_t size = 1u << 30;       // what the configuration says Redis may use; only compared
    std::size_t maxQueued = 8u << 20;    // bytes of writes that wait
    Millis staleFor{24 * 3600'000};      // how long Redis keeps an entry past its end
    std::function<void()> purgedByOther; // another server has purged
};

struct RedisCacheStats {
    RedisState state = RedisState::Down;
    std::string reason; // why it is down
    std::int64_t hits = 0, misses = 0, errors = 0, droppedWrites = 0;
};

class RedisCache {
  public:
    RedisCache(asio::io_context& io, RedisAddress address, RedisOptions options, const Clock& clock);
    ~RedisCache();
    RedisCache(const RedisCache&) = delete;
    RedisCache& operator=(const RedisCache&) = delete;

    bool worthAsking() const; // up, or not known yet
    using Hits = std::vector<std::optional<CacheHit>>;
    // A miss after the time limit at the latest, at once while Redis is down. Never fails.
    Task<std::optional<CacheHit>> find(CacheKey key, CancelToken cancel);
    // The same for many keys, which travel together; one for each, in their order.
    Task<Hits> findMany(std::vector<CacheKey> keys, CancelToken cancel);
    // Waits in a queue; dropped when that is full, or when Redis is down.
    void store(const CacheKey& key, CacheValue value, Millis ttl);
    void erase(const CacheKey& key);
    // When Redis is down the purge is made up for as soon as it is back, before anything is read.
    Task<void> purge();
    void close();
    RedisCacheStats stats() const;
    std::size_t connections() const;

  private:
    struct Shared;
    std::shared_ptr<Shared> m_shared; // also the coroutines'
};

} // namespace exo
