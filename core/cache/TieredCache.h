#pragma once
// The answer cache of the program: memory before Redis. io thread; owned by the gateway.

#include "core/cache/AnswerCache.h"
#include "core/cache/LocalCache.h"

#include <memory>

namespace exo {

class TieredCache final : public AnswerCache {
  public:
    TieredCache(const Settings::Cache& settings, Clock& clock, Timers& timers);
    ~TieredCache() override;

    std::optional<CacheHit> findLocal(const CacheKey& key) override { return m_local.find(key); }
    Task<std::optional<CacheHit>> findRemote(CacheKey key, CancelToken cancel) override;
    bool hasRemote() const override;
    void store(const CacheKey& key, CacheValue value, Millis ttl) override;
    void erase(const CacheKey& key) override;
    Task<void> purge() override;
    void setPressure(double share) override;
    CacheStats stats() const override;
    void reconfigure(const Settings::Cache& settings) override;

  private:
    void armSweep();
    void applyLimit();

    Timers& m_timers;
    LocalCache m_local;
    std::uint64_t m_size;
    double m_share = 1;
    Timers::Id m_sweep = 0; // runs while there is something to sweep
};

} // namespace exo
