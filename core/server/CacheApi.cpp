#include "core/server/CacheApi.h"

namespace exo::server {

namespace {

double rate(std::int64_t hits, std::int64_t misses) {
    return hits + misses == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(hits + misses);
}

Json toJson(const GatewayStats& stats) {
    const CacheStats& cache = stats.cache;
    Json local = {{"entries", cache.localEntries},     {"bytes", cache.localBytes},
                  {"limit", cache.localLimit},         {"hits", cache.localHits},
                  {"misses", cache.localMisses},       {"hitRate", rate(cache.localHits, cache.localMisses)},
                  {"evictions", cache.localEvictions}, {"expired", cache.localExpired},
                  {"refused", cache.localRejected}};
    Json redis = {{"state", std::string(toText(cache.redis))},
                  {"hits", cache.redisHits},
                  {"misses", cache.redisMisses},
                  {"hitRate", rate(cache.redisHits, cache.redisMisses)},
                  {"errors", cache.redisErrors},
                  {"droppedWrites", cache.redisDroppedWrites}};
    if (!cache.redisReason.empty()) redis["reason"] = cache.redisReason;
    return {{"local", std::move(local)}, {"redis", std::move(redis)}, {"coalesced", stats.coalesced}};
}

} // namespace

void CacheApi::addRoutes(Router& router) {
    router.add({"GET", "/api/v1/cache", Access::Key, [this](Exchange& e) { return show(e); }});
    router.add({"POST", "/api/v1/cache/purge", Access::Key, [this](Exchange& e) { return purge(e); }});
}

Task<void> CacheApi::show(Exchange& exchange) {
    const Json json = toJson(m_services.gateway.stats());
    co_return co_await exchange.replyJson(200, json);
}

Task<void> CacheApi::purge(Exchange& exchange) {
    EXO_CO_CHECK(co_await m_services.gateway.purgeCache());
    co_return co_await show(exchange);
}

} // namespace exo::server
