#pragma once
// POST /v1/messages and /v1/messages/count_tokens as Anthropic's clients speak them, over any provider. io
// thread.

#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

class MessagesApi {
  public:
    explicit MessagesApi(const Services& services)
        : m_services(services) {}
    void addRoutes(Router& router);

    // Whether errors of a path are told in this API's shape.
    static bool owns(std::string_view path);

  private:
    Task<void> create(Exchange& exchange);
    Task<void> countTokens(Exchange& exchange);

    const Services& m_services;
};

} // namespace exo::server
