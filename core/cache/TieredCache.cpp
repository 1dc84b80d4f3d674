#include "core/cache/TieredCache.h"

#include "core/base/Log.h"

#include <algorithm>
#include <random>

namespace exo {

namespace {

constexpr Millis k_staleFor{24 * 3600'000};
constexpr Millis k_sweepEvery{5000};

} // namespace

TieredCache::TieredCache(const Settings::Cache& settings, asio::io_context& io, Clock& clock, Timers& timers)
    : m_io(io)
    , m_clock(clock)
    , m_timers(timers)
    , m_local(std::make_shared<LocalCache>(settings.localSize, k_staleFor, clock, std::random_device()()))
    , m_size(settings.localSize) {
    useRedis(settings);
}

void TieredCache::useRedis(const Settings::Cache& settings) {
    m_settings = settings;
    m_redis.reset();
    if (settings.redisUrl.empty()) return;
    auto address = parseRedisUrl(settings.redisUrl.reveal());
    if (!address) return log::error("{}", address.error().detail);
    RedisOptions options;
    options.limits.connections = settings.redisMaxConnections;
    options.limits.lookup = settings.redisTimeout;
    options.limits.connect = std::max(options.limits.connect, settings.redisTimeout);
    options.size = settings.redisSize;
    options.staleFor = k_staleFor;
    options.purgedByOther = [local = std::weak_ptr(m_local), purges = m_purges] {
        ++*purges;
        if (const auto there = local.lock()) there->clear();
    };
    m_redis = std::make_unique<RedisCache>(m_io, std::move(*address), std::move(options), m_clock);
}

TieredCache::~TieredCache() {
    if (m_sweep != 0) m_timers.cancel(m_sweep);
}

void TieredCache::armSweep() {
    if (m_sweep != 0 || m_local->stats().entries == 0) return;
    m_sweep = m_timers.schedule(k_sweepEvery, [this] {
        m_sweep = 0;
        m_local->sweep();
        armSweep();
    });
}

bool TieredCache::hasRemote() const {
    return m_redis && m_redis->worthAsking();
}

Task<std::optional<CacheHit>> TieredCache::findRemote(CacheKey key, CancelToken cancel) {
    std::vector<CacheKey> keys(1, key);
    EXO_CO_TRY(auto hits, co_await findRemoteMany(std::move(keys), std::move(cancel)));
    co_return std::move(hits.front());
}

Task<std::vector<std::optional<CacheHit>>> TieredCache::findRemoteMany(std::vector<CacheKey> keys,
                                                                       CancelToken cancel) {
    std::vector<std::optional<CacheHit>> none(keys.size());
    if (!m_redis) co_return none;
    const auto local = m_local;
    const auto purges = m_purges;
    const std::uint64_t before = *purges;
    EXO_CO_TRY(auto hits, co_await m_redis->findMany(keys, std::move(cancel)));
    // What was purged while Redis was asked must not come back.
    if (*purges != before) co_return none;
    for (std::size_t i = 0; i < hits.size(); ++i)
        if (hits[i] && hits[i]->ttl > Millis(0))
            local->store(keys[i], hits[i]->value, hits[i]->ttl, hits[i]->age);
    co_return hits;
}

void TieredCache::store(const CacheKey& key, CacheValue value, Millis ttl) {
    if (m_redis) m_redis->store(key, value, ttl);
    m_local->store(key, std::move(value), ttl);
    armSweep();
}

void TieredCache::erase(const CacheKey& key) {
    m_local->erase(key);
    if (m_redis) m_redis->erase(key);
}

Task<void> TieredCache::purge() {
    ++*m_purges;
    m_local->clear();
    if (!m_redis) co_return Result<void>();
    co_return co_await m_redis->purge();
}

void TieredCache::close() {
    if (m_redis) m_redis->close();
}

void TieredCache::applyLimit() {
    m_local->setLimit(static_cast<std::uint64_t>(static_cast<double>(m_size) * m_share));
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
    const bool same = settings.redisUrl.equals(m_settings.redisUrl.reveal()) &&
                      settings.redisMaxConnections == m_settings.redisMaxConnections &&
                      settings.redisTimeout == m_settings.redisTimeout &&
                      settings.redisSize == m_settings.redisSize;
    if (!same) useRedis(settings);
}

CacheStats TieredCache::stats() const {
    const LocalCacheStats local = m_local->stats();
    CacheStats stats;
    stats.localHits = local.hits;
    stats.localMisses = local.misses;
    stats.localEvictions = local.evictions;
    stats.localExpired = local.expired;
    stats.localRejected = local.refused;
    stats.localBytes = local.bytes;
    stats.localLimit = local.limit;
    stats.localEntries = local.entries;
    if (!m_redis) return stats;
    const RedisCacheStats redis = m_redis->stats();
    stats.redis = redis.state;
    stats.redisReason = redis.reason;
    stats.redisHits = redis.hits;
    stats.redisMisses = redis.misses;
    stats.redisErrors = redis.errors;
    stats.redisDroppedWrites = redis.droppedWrites;
    return stats;
}

Result<void> checkCacheSettings(const Settings::Cache& settings) {
    if (settings.redisUrl.empty()) return {};
    EXO_TRY(const RedisAddress address, parseRedisUrl(settings.redisUrl.reveal()));
    (void)address;
    return {};
}

Result<std::unique_ptr<AnswerCache>> makeAnswerCache(const Settings::Cache& settings, asio::io_context& io,
                                                     Clock& clock, Timers& timers) {
    EXO_CHECK(checkCacheSettings(settings));
    std::unique_ptr<AnswerCache> cache = std::make_unique<TieredCache>(settings, io, clock, timers);
    return cache;
}

} // namespace exo
