#pragma once
// GET /v1/models, GET /v1/models/{id}, POST /v1/embeddings. io thread.

#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

class ModelsApi {
  public:
    explicit ModelsApi(const Services& services)
        : m_services(services) {}
    void addRoutes(Router& router);

  private:
    Task<void> list(Exchange& exchange);
    Task<void> get(Exchange& exchange);
    Task<void> embed(Exchange& exchange);

    const Services& m_services;
};

Result<EmbeddingRequest> parseEmbeddingCall(Json body);

} // namespace exo::server
