#pragma once
// The turns of a session as event streams: send, regenerate, edit; and cancel. A turn that fails before its
// user message is durable is a plain HTTP error. io thread.

#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

class TurnsApi {
  public:
    explicit TurnsApi(const Services& services)
        : m_services(services) {}
    void addRoutes(Router& router);

  private:
    Task<void> send(Exchange& exchange);
    Task<void> regenerate(Exchange& exchange);
    Task<void> edit(Exchange& exchange);
    Task<void> cancel(Exchange& exchange);

    const Services& m_services;
};

} // namespace exo::server
