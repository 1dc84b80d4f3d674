#pragma once
// The two-level store of finished answers: memory (W-TinyLFU, bounded in real bytes), then Redis. Values are
// opaque bytes; what may be stored and under which key is the gateway's business. io thread.

#include "core/base/Cancel.h"
#include "core/base/Clock.h"
#include "core/base/Task.h"
#include "core/config/Settings.h"

#include <boost/asio/io_context.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

using CacheKey = std::array<std::uint8_t, 32>; // SHA-256
using CacheValue = std::shared_ptr<const std::string>;

enum class CacheTier : std::uint8_t { Local, Redis };

struct CacheHit {
    CacheValue value;
    Millis age{0}; // since it was stored
    Millis ttl{0}; // what is left; negative when it is stale
    CacheTier tier = CacheTier::Local;
};

enum class RedisState : std::uint8_t { Off, Up, Down };
std::string_view toText(RedisState state); // off | up | down

struct CacheStats {
    std::int64_t localHits = 0, localMisses = 0, localEvictions = 0, localExpired = 0, localRejected = 0;
    std::int64_t redisHits = 0, redisMisses = 0, redisErrors = 0, redisDroppedWrites = 0;
    std::uint64_t localBytes = 0, localLimit = 0;
    std::int64_t localEntries = 0;
    RedisState redis = RedisState::Off;
    std::string redisReason; // why it is down
};

class AnswerCache {
  public:
    virtual ~AnswerCache() = default;

    // Only memory; never waits. Also gives stale entries (ttl < 0), kept up to a day past their end.
    virtual std::optional<CacheHit> findLocal(const CacheKey& key) = 0;
    // Redis, when it is there: answers within its time limit (50 ms) or says nothing. A hit is also put into
    // memory. At once nullopt while Redis is off or down.
    virtual Task<std::optional<CacheHit>> findRemote(CacheKey key, CancelToken cancel) = 0;
    // The same for many keys, within the time limit of one look; a result for each, in their order.
    virtual Task<std::vector<std::optional<CacheHit>>> findRemoteMany(std::vector<CacheKey> keys,
                                                                      CancelToken cancel) = 0;
    virtual bool hasRemote() const = 0; // worth asking now

    // Into both levels; the write to Redis goes its own way and may be dropped. Too large values are refused
    // silently (counted).
    virtual void store(const CacheKey& key, CacheValue value, Millis ttl) = 0;
    virtual void erase(const CacheKey& key) = 0;
    // Everything, in memory and in Redis (only keys of ours).
    virtual Task<void> purge() = 0;

    // The share of the configured size that memory may use, 0–1: pressure on the machine lowers it.
    virtual void setPressure(double share) = 0;
    virtual CacheStats stats() const = 0;
    // A new size of the memory; another Redis takes the place of the one before. Settings that
    // checkCacheSettings() refuses leave Redis off.
    virtual void reconfigure(const Settings::Cache& settings) = 0;
    // Before the event loop ends: lets go of Redis, drops what was not written yet.
    virtual void close() {}
};

// ConfigError for a Redis URL that cannot be understood.
Result<void> checkCacheSettings(const Settings::Cache& settings);
// ConfigError as above. `io`, `clock` and `timers` must outlive it.
Result<std::unique_ptr<AnswerCache>> makeAnswerCache(const Settings::Cache& settings, asio::io_context& io,
                                                     Clock& clock, Timers& timers);

} // namespace exo
