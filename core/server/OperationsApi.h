#pragma once
// /api/v1/breakers: what the gateway's protection does. io thread.

#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

class OperationsApi {
  public:
    explicit OperationsApi(const Services& services)
        : m_services(services) {}
    void addRoutes(Router& router);

  private:
    Task<void> breakers(Exchange& exchange);

    const Services& m_services;
};

} // namespace exo::server
