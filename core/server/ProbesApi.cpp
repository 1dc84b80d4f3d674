#include "core/server/ProbesApi.h"

#include "core/base/Resources.h"
#include "core/base/Version.h"

namespace exo::server {

void ProbesApi::addRoutes(Router& router) {
    using Member = Task<void> (ProbesApi::*)(Exchange&);
    const auto add = [&](const char* pattern, Access access, Member handler) {
        router.add({"GET", pattern, access, [this, handler](Exchange& e) { return (this->*handler)(e); }});
    };
    add("/healthz", Access::Open, &ProbesApi::health);
    add("/readyz", Access::Open, &ProbesApi::ready);
    add("/version", Access::Open, &ProbesApi::version);
    add("/openapi.json", Access::Open, &ProbesApi::openApi);
    add("/api/v1/status", Access::Key, &ProbesApi::status);
}

Task<void> ProbesApi::health(Exchange& exchange) {
    const Json json{{"status", "ok"}};
    co_return co_await exchange.replyJson(200, json);
}

Task<void> ProbesApi::ready(Exchange& exchange) {
    const auto reason = m_services.notReady();
    if (!reason) {
        const Json json{{"status", "ready"}};
        co_return co_await exchange.replyJson(200, json);
    }
    exchange.headers.push_back({"Retry-After", "1"});
    const Json json{{"status", "unavailable"}, {"reason", *reason}};
    co_return co_await exchange.replyJson(503, json);
}

Task<void> ProbesApi::version(Exchange& exchange) {
    const Json json{{"name", "exobrain"}, {"version", std::string(k_version)}};
    co_return co_await exchange.replyJson(200, json);
}

Task<void> ProbesApi::openApi(Exchange& exchange) {
    const auto file = resource("openapi.json");
    if (!file) co_return fail(ErrorCode::Internal, "openapi.json is not in the binary");
    net::ServerResponse response;
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = std::string(*file);
    co_return co_await exchange.reply(std::move(response));
}

Task<void> ProbesApi::status(Exchange& exchange) {
    const Json json = api::toJson(m_services.status());
    co_return co_await exchange.replyJson(200, json);
}

} // namespace exo::server
