#include "core/server/RateGate.h"

#include "core/monitor/HttpMetrics.h"

#include <algorithm>
#include <string>
#include <utility>

namespace exo::server {

namespace {

std::int64_t wholeSeconds(Millis time) {
    return std::chrono::ceil<std::chrono::seconds>(time).count();
}

// As OpenAI writes times: "120ms", "7s", "6m0s", "1h0m0s".
std::string openAiDuration(Millis time) {
    if (time < Millis(1000)) return std::to_string(time.count()) + "ms";
    const std::int64_t all = wholeSeconds(time);
    std::string text = std::to_string(all % 60) + "s";
    if (all >= 60) text = std::to_string(all / 60 % 60) + "m" + text;
    if (all >= 3600) text = std::to_string(all / 3600) + "h" + text;
    return text;
}

// RateLimit's t is the moment Retry-After names, as its draft wants: when one more request is possible.
// OpenAI's reset is by its documentation the time until nothing counts any more.
void addHeaders(Exchange& exchange, const Rate& rate, const RateVerdict& verdict) {
    const std::string limit = std::to_string(rate.requests);
    const std::string remaining = std::to_string(verdict.remaining);
    auto& headers = exchange.headers;
    headers.push_back(
        {"RateLimit-Policy", "\"default\";q=" + limit + ";w=" + std::to_string(wholeSeconds(rate.window))});
    headers.push_back({"RateLimit", "\"default\";r=" + remaining +
                                        ";t=" + std::to_string(wholeSeconds(verdict.untilMore))});
    headers.push_back({"x-ratelimit-limit-requests", limit});
    headers.push_back({"x-ratelimit-remaining-requests", remaining});
    headers.push_back({"x-ratelimit-reset-requests", openAiDuration(verdict.untilFull)});
}

Error refuse(Exchange& exchange, const char* whose, Millis wait, std::string why) {
    exchange.headers.push_back({"x-exobrain-limit", whose});
    exchange.headers.push_back({"retry-after-ms", std::to_string(wait.count())});
    Error error = fail(ErrorCode::RateLimitExceeded, std::move(why) + "; the next is possible in " +
                                                         std::to_string(wholeSeconds(wait)) + " s");
    error.retryable = true;
    error.retryAfter = wait;
    return error;
}

std::string describe(const Rate& rate) {
    const std::string time = rate.window % std::chrono::seconds(1) == Millis(0)
                                 ? std::to_string(wholeSeconds(rate.window)) + " s"
                                 : std::to_string(rate.window.count()) + " ms";
    return std::to_string(rate.requests) + " requests in " + time;
}

Result<void> settle(Exchange& exchange, bool byKey, const Rate& rate, const RateVerdict& verdict) {
    addHeaders(exchange, rate, verdict);
    if (verdict.allowed) return {};
    return refuse(exchange, byKey ? "key" : "address", verdict.untilMore,
                  std::string("this ") + (byKey ? "API key" : "address") + " may make " + describe(rate));
}

} // namespace

bool RateGate::counts(const Route& route) {
    if (route.pattern.starts_with("/v1/")) return true;
    return route.method == "POST" && route.pattern.starts_with("/api/v1/sessions/{id}/messages");
}

Rate RateGate::generalRate() const {
    const auto& rateLimit = m_services.settings().rateLimit;
    return {rateLimit.maxRequests, rateLimit.window};
}

RateGate::Counted RateGate::countedOf(const Exchange& exchange) const {
    const Principal& principal = exchange.principal;
    const bool byKey = !principal.tenant.empty();
    return {byKey, byKey ? principal.tenant : clientOfAddress(exchange.request.remoteAddress),
            principal.rate.value_or(generalRate())};
}

Result<void> RateGate::admit(Exchange& exchange) {
    const Counted counted = countedOf(exchange);
    if (m_together) {
        countedAlone(counted.rate);
        noteDecision("local");
    }
    return settle(exchange, counted.byKey, counted.rate,
                  limiterOf(counted).count(counted.name, counted.rate));
}

// The own limiter knows what this server let through, so that it goes on from there when Redis is away, and
// still refuses what Redis has not seen when it is back.
Task<void> RateGate::admitTogether(Exchange& exchange) {
    const Counted counted = countedOf(exchange);
    RateLimiter& own = limiterOf(counted);
    if (m_services.clock.now() < m_ownUntil) {
        const RateVerdict known = own.look(counted.name, counted.rate);
        if (!known.allowed) {
            noteDecision("local");
            co_return settle(exchange, counted.byKey, counted.rate, known);
        }
    }
    const auto together = m_together; // a reload may replace it
    std::string name = (counted.byKey ? "key:" : "address:") + counted.name;
    const auto told = co_await together->count(std::move(name), counted.rate, exchange.request.disconnected);
    noteDecision(told.ok() && *told ? "redis" : "local");
    if (told.ok() && *told) {
        if ((*told)->allowed) (void)own.count(counted.name, counted.rate);
        co_return settle(exchange, counted.byKey, counted.rate, **told);
    }
    countedAlone(counted.rate);
    co_return settle(exchange, counted.byKey, counted.rate, own.count(counted.name, counted.rate));
}

bool RateGate::shared() {
    const Settings::Cache& redis = m_services.settings().cache;
    const bool wanted = m_services.settings().rateLimit.shared;
    const bool same = wanted == m_wanted && redis.redisUrl.equals(m_redis.redisUrl.reveal()) &&
                      redis.redisMaxConnections == m_redis.redisMaxConnections &&
                      redis.redisTimeout == m_redis.redisTimeout;
    if (!same) {
        m_redis = redis;
        m_wanted = wanted;
        m_together.reset();
        if (wanted && !redis.redisUrl.empty() && !m_closed) useRedis(redis);
    }
    return m_together && m_together->worthAsking();
}

void RateGate::useRedis(const Settings::Cache& redis) {
    auto address = parseRedisUrl(redis.redisUrl.reveal());
    if (!address) return; // the cache has said so
    RedisLimits limits;
    limits.connections = redis.redisMaxConnections;
    limits.lookup = redis.redisTimeout;
    limits.connect = std::max(limits.connect, limits.lookup);
    limits.purpose = "to count requests of all servers";
    m_together = std::make_shared<SharedRateLimiter>(m_io, std::move(*address), limits, m_services.clock);
}

void RateGate::close() {
    m_closed = true;
    if (m_together) m_together->close();
}

void RateGate::noteDecision(std::string_view by) const {
    if (m_services.monitoring) m_services.monitoring->http().sharedLimit.add({by});
}

void RateGate::countedAlone(const Rate& rate) {
    m_ownUntil = std::max(m_ownUntil, m_services.clock.now() + rate.window);
}

Result<void> RateGate::mayTryKey(Exchange& exchange) {
    const auto verdict = m_wrongKeys.look(clientOfAddress(exchange.request.remoteAddress), generalRate());
    if (verdict.allowed) return {};
    return refuse(exchange, "address", verdict.untilMore, "too many wrong API keys came from this address");
}

void RateGate::noteWrongKey(const net::ServerRequest& request) {
    (void)m_wrongKeys.count(clientOfAddress(request.remoteAddress), generalRate());
}

} // namespace exo::server
