#include "core/cache/TieredCache.h"

#include <algorithm>
#include <random>

namespace exo {

namespace {

constexpr Millis k_staleFor{24 * 3600'000};
constexpr Millis k_sweepEvery{5000};

} // namespace

TieredCache::TieredCache(const Settings::Cache& settings, Clock& clock, Timers& timers)
    : m_timers(timers)
    , m_local(settings.localSize, k_staleFor, clock, std::random_device()())
    , m_size(settings.localSize) {}

TieredCache::~TieredCache() {
    if (m_sweep != 0) m_timers.cancel(m_sweep);
}

void TieredCache::armSweep() {
    if (m_sweep != 0 || m_local.stats().entries == 0) return;
    m_sweep = m_timers.schedule(k_sweepEvery, [this] {
        m_sweep = 0;
        m_local.sweep();
        armSweep();
    });
}

bool TieredCache::hasRemote() const {
    return false;
}

Task<std::optional<CacheHit>> TieredCache::findRemote(CacheKey, CancelToken) {
    co_return std::optional<CacheHit>();
}

void TieredCache::store(const CacheKey& key, CacheValue value, Millis ttl) {
    m_local.store(key, std::move(value), ttl);
    armSweep();
}

void TieredCache::erase(const CacheKey& key) {
    m_local.erase(key);
}

Task<void> TieredCache::purge() {
    m_local.clear();
    co_return Result<void>();
}

void TieredCache::applyLimit() {
    m_local.setLimit(static_cast<std::uint64_t>(static_cast<double>(m_size) * m_share));
}

void TieredCache::setPressure(double share) {
    share = std::clamp(share, 0.0, 1.0);
    if (share == m_share) return;
    m_share = share;
    applyLimit();
}

void TieredCache::reconfigure(const Settings::Cache& settings) {
    m_size = settings.localSize;
    applyLimit();
}

CacheStats TieredCache::stats() const {
    const LocalCacheStats local = m_local.stats();
    CacheStats stats;
    stats.localHits = local.hits;
    stats.localMisses = local.misses;
    stats.localEvictions = local.evictions;
    stats.localExpired = local.expired;
    stats.localRejected = local.refused;
    stats.localBytes = local.bytes;
    stats.localLimit = local.limit;
    stats.localEntries = local.entries;
    return stats;
}

Result<std::unique_ptr<AnswerCache>> makeAnswerCache(const Settings::Cache& settings, asio::io_context&,
                                                     Clock& clock, Timers& timers) {
    std::unique_ptr<AnswerCache> cache = std::make_unique<TieredCache>(settings, clock, timers);
    return cache;
}

} // namespace exo
