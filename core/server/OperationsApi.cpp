#include "core/server/OperationsApi.h"

#include <string>

namespace exo::server {

namespace {

const char* nameOf(BreakerState state) {
    switch (state) {
    case BreakerState::Closed: return "closed";
    case BreakerState::HalfOpen: return "half-open";
    case BreakerState::Open: break;
    }
    return "open";
}

Json timeOrNull(const std::optional<WallTime>& time) {
    return time ? Json(api::formatTime(*time)) : Json();
}

Json toJson(const BreakerInfo& info) {
    Json json = Json::object();
    json["provider"] = info.provider;
    json["model"] = info.model;
    json["state"] = nameOf(info.breaker.state);
    json["failureRate"] = info.breaker.failureRate;
    json["calls"] = info.breaker.calls;
    json["reason"] = info.breaker.reason.empty() ? Json() : Json(info.breaker.reason);
    json["openedAt"] = timeOrNull(info.breaker.openedAt);
    json["retryAt"] = timeOrNull(info.breaker.retryAt);
    for (const auto& [kind, now] : info.concurrency)
        json["concurrency"][toText(kind)] = {
            {"limit", now.limit}, {"active", now.inFlight}, {"queued", now.waiting}};
    return json;
}

} // namespace

void OperationsApi::addRoutes(Router& router) {
    router.add(
        {"GET", "/api/v1/breakers", Access::Key, [this](Exchange& exchange) { return breakers(exchange); }});
}

Task<void> OperationsApi::breakers(Exchange& exchange) {
    Json body = Json::object();
    body["breakers"] = Json::array();
    for (const auto& info : m_services.gateway.breakers())
        body["breakers"].push_back(toJson(info));
    co_return co_await exchange.replyJson(200, body);
}

} // namespace exo::server
