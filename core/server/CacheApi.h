#pragma once
// GET /api/v1/cache and POST /api/v1/cache/purge: what the answer cache holds and did. io thread.

#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

class CacheApi {
  public:
    explicit CacheApi(const Services& services)
        : m_services(services) {}
    void addRoutes(Router& router);

  private:
    Task<void> show(Exchange& exchange);
    Task<void> purge(Exchange& exchange);

    const Services& m_services;
};

} // namespace exo::server
