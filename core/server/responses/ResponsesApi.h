#pragma once
// POST /v1/responses as OpenAI's clients speak it, over any provider. Nothing is kept at the server. io
// thread.

#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

class ResponsesApi {
  public:
    explicit ResponsesApi(const Services& services)
        : m_services(services) {}
    void addRoutes(Router& router);

  private:
    Task<void> create(Exchange& exchange);

    const Services& m_services;
};

} // namespace exo::server
