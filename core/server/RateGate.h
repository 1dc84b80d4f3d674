#pragma once
// How often one may ask: the rate of a key, or of an address where there is no key, on the routes of models
// and of session turns; and how often an address may try keys that are wrong. The settings are read for
// every request, a reload holds at once. With a Redis configured the requests of all servers that share it
// are counted there. io thread; owned by the server.

#include "core/cache/SharedRateLimiter.h"
#include "core/limits/RateLimiter.h"
#include "core/server/Router.h"
#include "core/server/Services.h"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace exo::server {

class RateGate {
  public:
    RateGate(asio::io_context& io, const Services& services)
        : m_io(io)
        , m_services(services)
        , m_keys(services.clock)
        , m_addresses(services.clock)
        , m_wrongKeys(services.clock) {
        (void)shared(); // connects before the first request
    }

    // Everything under /v1, and what makes a session answer. Looking things up is free.
    static bool counts(const Route& route);
    // Counts the request and gives its answer the headers of the limit. RateLimitExceeded.
    Result<void> admit(Exchange& exchange);
    // The same together with the other servers, when counts() are shared. One round trip to Redis, no longer
    // than cache.redis.timeout; what Redis does not tell is decided here.
    Task<void> admitTogether(Exchange& exchange);
    // Whether Redis is to be asked for this request. Follows the settings.
    bool shared();
    void close(); // lets go of Redis

    // An address that presented wrong keys as often as its rate allows: it may not have another one looked
    // up.
    Result<void> mayTryKey(Exchange& exchange);
    void noteWrongKey(const net::ServerRequest& request);

  private:
    struct Counted {
        bool byKey = false;
        std::string name; // of the key or the address
        Rate rate;
    };
    Rate generalRate() const;
    Counted countedOf(const Exchange& exchange) const;
    RateLimiter& limiterOf(const Counted& counted) { return counted.byKey ? m_keys : m_addresses; }
    void useRedis(const Settings::Cache& redis);
    void countedAlone(const Rate& rate);
    void noteDecision(std::string_view by) const;

    asio::io_context& m_io;
    const Services& m_services;
    RateLimiter m_keys, m_addresses, m_wrongKeys;
    std::shared_ptr<SharedRateLimiter> m_together; // empty: off
    Settings::Cache m_redis;                       // what it was made from
    bool m_wanted = false;                         // rateLimit.shared then
    bool m_closed = false;
    SteadyTime m_ownUntil{}; // until then Redis lacks requests that were counted here alone
};

} // namespace exo::server
