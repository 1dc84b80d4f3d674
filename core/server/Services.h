#pragma once
// What the routes work on, handed in by whoever composes the server. References outlive it. io thread.

#include "core/analysis/engine/AnalysisService.h"
#include "core/api/Types.h"
#include "core/base/Clock.h"
#include "core/config/Settings.h"
#include "core/gateway/Gateway.h"
#include "core/monitor/Monitoring.h"
#include "core/sessions/ChatService.h"
#include "core/sessions/SessionService.h"

#include <functional>
#include <optional>
#include <string>

namespace exo::server {

struct Services {
    Gateway& gateway;
    SessionService& sessions;
    ChatService& chat;
    Clock& clock;
    std::function<const Settings&()> settings; // the current ones: a reload replaces them
    std::function<api::ServiceStatus()> status;
    // Why the service should get no traffic; nullopt when it is ready.
    std::function<std::optional<std::string>()> notReady;
    Monitoring* monitoring = nullptr;    // without it the routes of the monitor are NotFound
    AnalysisService* analyses = nullptr; // without it its routes are not there
};

} // namespace exo::server
