#pragma once
// GET /metrics: everything the monitor knows as Prometheus text. io thread.

#include "core/api/Metrics.h"
#include "core/monitor/CallMetrics.h"
#include "core/monitor/HttpMetrics.h"

#include <string>

namespace exo::server {

// `calls` may be null.
std::string prometheusPage(const api::MetricsSnapshot& now, const CallMetrics* calls,
                           const HttpMetrics& http);

} // namespace exo::server
