#pragma once
// What a request says about the cache, and what a response tells of it. Pure functions: any thread.

#include "core/gateway/Gateway.h"
#include "core/net/HttpServer.h"

#include <vector>

namespace exo::server {

// `Cache-Control` (RFC 9111, 5.2.1: no-cache, no-store, max-age, max-stale, only-if-cached; others are
// ignored), `x-exobrain-cache: on`, or `off`, which says the same as no-store, and the body's `cache` object
// ("no-cache", "no-store", "s-maxage"), which is taken out of it. The stricter word holds, also against
// models.cache: "off" against "always", "never" against "on". InvalidRequest names the field.
Result<CacheWish> takeCacheWish(const net::ServerRequest& request, Json& body);

// x-exobrain-cache, x-exobrain-cache-key, Age and Cache-Status (RFC 9211).
void addCacheHeaders(std::vector<net::Header>& headers, const CallReport& report);

} // namespace exo::server
