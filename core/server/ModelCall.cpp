#include "core/server/ModelCall.h"

#include "core/base/Log.h"
#include "core/server/CacheHeaders.h"

#include <algorithm>
#include <utility>

namespace exo::server {

namespace {

constexpr std::size_t k_usualFrame = 512;       // bytes
constexpr std::size_t k_mostAtOnce = 16u << 10; // of frames in one write

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
    call.drains = services.settings().server.onDisconnect == "drain";
    call.ending = exchange.request.ending;
    call.context.scope.owner = exchange.principal.owner.id;
    call.tenant = exchange.principal.tenant;
    call.priority = exchange.principal.priority;
    exchange.report = call.report;
    exchange.finalise = [](Exchange& done) { addReport(done.headers, *done.report); };
    return call;
}

std::string textOfMessages(const Json& messages) {
    std::string text;
    for (const Json& message : messages) {
        text += stringOr(message, "content");
        const Json* parts = member(message, "content");
        if (!parts || !parts->is_array()) continue;
        for (const Json& part : *parts)
            text += stringOr(part, "text");
    }
    return text;
}

namespace {

// Whoever asked for it has left.
asio::awaitable<Error> readToEnd(CompletionStream& upstream, Error left) {
    for (;;) {
        auto event = co_await upstream.next();
        if (!event.ok() || !event.value().has_value()) co_return left;
    }
}

} // namespace

Task<void> streamAnswer(Exchange& exchange, Gateway& gateway, CompletionRequest request, GatewayCall call,
                        AnswerEvents& events) {
    const CancelToken& disconnected = exchange.request.disconnected;
    const bool drains = call.drains;
    auto opened = co_await gateway.stream(std::move(request), std::move(call));
    if (!opened.ok()) co_return withReason(std::move(opened).error(), disconnected);
    const auto upstream = std::move(opened).value();
    std::string().swap(exchange.request.body); // streams are many and long: the gateway has what it says
    auto event = co_await upstream->next();
    if (!event.ok()) co_return withReason(std::move(event).error(), disconnected);

    auto started = co_await exchange.startSse();
    if (!started && drains) co_return co_await readToEnd(*upstream, std::move(started).error());
    EXO_CO_TRY(const auto sse, std::move(started));
    while (event.ok() && event.value().has_value()) {
        std::string frames;
        frames.reserve(k_usualFrame);
        events.onEvent(*event.value(), upstream->head(), frames);
        while (frames.size() < k_mostAtOnce) { // what came together goes on together
            const auto more = upstream->takeReady();
            if (!more) break;
            events.onEvent(*more, upstream->head(), frames);
        }
        if (!frames.empty()) {
            auto written = co_await sse->write(std::move(frames));
            if (!written && drains) co_return co_await readToEnd(*upstream, std::move(written).error());
            EXO_CO_CHECK(std::move(written));
        }
        event = co_await upstream->next();
    }
    std::string last;
    if (event.ok()) {
        last = events.finish();
    } else if (disconnected.reason() == CancelReason::ClientGone) { // nobody is left to tell
        co_return std::move(event).error();
    } else {
        const Error error = withReason(std::move(event).error(), disconnected);
        log::warn("stream broke off id={} {}", exchange.request.requestId, error.toLogString());
        last = events.fail(error);
        exchange.answerBroken = true;
    }
    EXO_CO_CHECK(co_await sse->write(std::move(last)));
    co_return co_await sse->end();
}

Error withReason(Error error, const CancelToken& cancel) {
    if (error.code != ErrorCode::Cancelled || cancel.reason() != CancelReason::Shutdown) return error;
    error.code = ErrorCode::ShuttingDown;
    return error;
}

} // namespace exo::server
