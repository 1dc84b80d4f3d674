#pragma once
// How often one may ask: the rate of a key, or of an address where there is no key, on the routes of models
// and of session turns; and how often an address may try keys that are wrong. The settings are read for
// every request, a reload holds at once. io thread; owned by the server.

#include "core/limits/RateLimiter.h"
#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

class RateGate {
  public:
    explicit RateGate(const Services& services)
        : m_services(services)
        , m_keys(services.clock)
        , m_addresses(services.clock)
        , m_wrongKeys(services.clock) {}

    // Everything under /v1, and what makes a session answer. Looking things up is free.
    static bool counts(const Route& route);
    // Counts the request and gives its answer the headers of the limit. RateLimitExceeded.
    Result<void> admit(Exchange& exchange);

    // An address that presented wrong keys as often as its rate allows: it may not have another one looked
    // up.
    Result<void> mayTryKey(Exchange& exchange);
    void noteWrongKey(const net::ServerRequest& request);

  private:
    Rate generalRate() const;

    const Services& m_services;
    RateLimiter m_keys, m_addresses, m_wrongKeys;
};

} // namespace exo::server
