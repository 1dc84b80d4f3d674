#pragma once
// /api/v1/metrics with its history and stream, /api/v1/alerts, /api/v1/log, and /metrics for Prometheus.
// io thread.

#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

class MonitorApi {
  public:
    explicit MonitorApi(const Services& services)
        : m_services(services) {}
    void addRoutes(Router& router);

  private:
    Task<void> call(Exchange& exchange, Task<void> (MonitorApi::*handler)(Exchange&));
    Task<void> snapshot(Exchange& exchange);
    Task<void> history(Exchange& exchange);
    // One event a second until the client goes or the server ends.
    Task<void> stream(Exchange& exchange);
    Task<void> alerts(Exchange& exchange);
    Task<void> log(Exchange& exchange);
    Task<void> prometheus(Exchange& exchange);

    const Services& m_services;
};

} // namespace exo::server
