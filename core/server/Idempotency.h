#pragma once
// `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07) on the POST routes of /v1: the same key
// with the same request gives the same bytes, from an answer that is kept or is still coming in; with another
// request it is refused. Only answers that came to a proper end are kept. The settings are read for every
// request, a reload holds at once. io thread; owned by the server.

#include "core/server/Exchange.h"
#include "core/server/KeptAnswer.h"
#include "core/server/Router.h"
#include "core/server/Services.h"

#include <deque>
#include <map>
#include <memory>
#include <string>

namespace exo::server {

class Idempotency {
  public:
    explicit Idempotency(const Services& services)
        : m_services(services) {}

    static bool appliesTo(const Route& route, const net::ServerRequest& request);
    // In place of the handler. InvalidRequest (a bad key), KeyReused, Conflict (an answer too large to share
    // is on its way); else what the handler gives.
    Task<void> run(Exchange& exchange, const RouteHandler& handler);

    std::size_t kept() const { return m_order.size(); } // finished ones
    std::size_t keptBytes() const { return m_bytes; }

  private:
    struct Finished {
        std::string id;
        SteadyTime since;
    };
    using Answer = std::shared_ptr<KeptAnswer>;

    Task<void> lead(Exchange& exchange, const RouteHandler& handler, std::string id, Answer answer);
    Task<void> follow(Exchange& exchange, Answer answer) const;
    void settle(const std::string& id, const Answer& answer);
    void dropOld();

    const Services& m_services;
    std::map<std::string, Answer> m_answers; // by tenant and key
    std::deque<Finished> m_order;            // oldest first
    std::size_t m_bytes = 0;
};

} // namespace exo::server
