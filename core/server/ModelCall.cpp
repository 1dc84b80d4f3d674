#include "core/server/ModelCall.h"

#include "core/server/CacheHeaders.h"

#include <algorithm>
#include <utility>

namespace exo::server {

namespace {

// A name from the configuration or an upstream; a header value must not carry control bytes.
std::string headerValue(std::string_view text) {
    std::string out(text.substr(0, 256));
    std::ranges::replace_if(
        out, [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, '?');
    return out;
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names)
        out += (out.empty() ? "" : ", ") + headerValue(name);
    return out;
}

void addReport(std::vector<net::Header>& headers, const CallReport& report) {
    addCacheHeaders(headers, report);
    if (report.simplified)
        headers.push_back({"x-exobrain-fallback", "simplified"});
    else if (!report.fallback.empty())
        headers.push_back({"x-exobrain-fallback", joined(report.fallback)});
    if (report.provider.empty()) return; // never reached a provider
    headers.push_back({"x-exobrain-provider", headerValue(report.provider)});
    headers.push_back({"x-exobrain-model", headerValue(report.model)});
    headers.push_back({"x-exobrain-attempts", std::to_string(report.attempts)});
    headers.push_back({"x-exobrain-overhead-us", std::to_string(report.overhead.count())});
}

} // namespace

GatewayCall makeCall(Exchange& exchange, const Services& services) {
    GatewayCall call;
    call.context.requestId = exchange.request.requestId;
    call.context.cancel = exchange.request.disconnected;
    call.context.timeout = services.settings().limits.requestTimeout;
    call.context.scope.owner = exchange.principal.owner.id;
    call.tenant = exchange.principal.tenant;
    call.priority = exchange.principal.priority;
    exchange.finalise = [report = call.report](Exchange& done) { addReport(done.headers, *report); };
    return call;
}

Error withReason(Error error, const CancelToken& cancel) {
    if (error.code != ErrorCode::Cancelled || cancel.reason() != CancelReason::Shutdown) return error;
    error.code = ErrorCode::ShuttingDown;
    return error;
}

} // namespace exo::server
