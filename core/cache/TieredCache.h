#pragma once
// The answer cache of the program: memory before Redis. io thread; owned by the gateway.

#include "core/cache/AnswerCache.h"
#include "core/cache/LocalCache.h"
#include "core/cache/RedisCache.h"

#include <memory>

namespace exo {

class TieredCache final : public AnswerCache {
  public:
    TieredCache(const Settings::Cache& settings, asio::io_context& io, Clock& clock, Timers& timers);
    ~TieredCache() override;

    std::optional<CacheHit> findLocal(const CacheKey& key) override { return m_local->find(key); }
    Task<std::optional<CacheHit>> findRemote(CacheKey key, CancelToken cancel) override;
    Task<std::vector<std::optional<CacheHit>>> findRemoteMany(std::vector<CacheKey> keys,
                                                              CancelToken cancel) override;
    bool hasRemote() const override;
    void store(const CacheKey& key, CacheValue value, Millis ttl) override;
    void erase(const CacheKey& key) override;
    Task<void> purge() override;
    void setPressure(double share) override;
    CacheStats stats() const override;
    void reconfigure(const Settings::Cache& settings) override;
    void close() override;

  private:
    void useRedis(const Settings::Cache& settings);
    void armSweep();
    void applyLimit();

    asio::io_context& m_io;
    Clock& m_clock;
    Timers& m_timers;
    std::shared_ptr<LocalCache> m_local; // also of the coroutines that look into Redis
    std::unique_ptr<RedisCache> m_redis; // empty: off
    Settings::Cache m_settings;
    std::shared_ptr<std::uint64_t> m_purges = std::make_shared<std::uint64_t>(0);
    std::uint64_t m_size;
    double m_share = 1;
    Timers::Id m_sweep = 0; // runs while there is something to sweep
};

} // namespace exo
