#pragma once
// Counts and times of HTTP exchanges. Recording is lock-free from any thread; routeP95Ms() is for one thread.
// Owned by the monitor, fed by the server.

#include "core/monitor/Histogram.h"
#include "core/monitor/LabelledCounter.h"

#include <string_view>

namespace exo {

class HttpMetrics {
  public:
    explicit HttpMetrics(const Clock& clock)
        : m_routes(routes, clock) {}

    struct Exchange {
        std::string_view route; // the pattern, "-" for none
        std::string_view model; // of a model call
        int status = 0;
        std::string_view origin; // none | client | gateway | upstream | guardrail: whose failure
        bool callsModel = false;
        bool streamed = false;
        std::chrono::nanoseconds time{0};
    };
    void record(const Exchange& exchange);
    double routeP95Ms() { return m_routes.recent().quantileMs(0.95); }

    LabelledCounter requests;    // route, model, status, origin
    LabelledCounter disconnects; // phase
    LabelledCounter sharedLimit; // who decided a request of the shared limit: redis, local
    Histogram modelCalls;        // the whole exchange
    Histogram routes;            // those that call no model, streams left out

  private:
    HistogramWindow m_routes;
};

} // namespace exo
