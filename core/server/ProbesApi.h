#pragma once
// /healthz, /readyz, /version, /openapi.json (no key) and /api/v1/status. io thread.

#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

class ProbesApi {
  public:
    explicit ProbesApi(const Services& services)
        : m_services(services) {}
    void addRoutes(Router& router);

  private:
    Task<void> health(Exchange& exchange);
    Task<void> ready(Exchange& exchange);
    Task<void> version(Exchange& exchange);
    Task<void> openApi(Exchange& exchange);
    Task<void> status(Exchange& exchange);

    const Services& m_services;
};

} // namespace exo::server
