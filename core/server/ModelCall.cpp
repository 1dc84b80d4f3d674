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

using StreamStep = Result<std::optional<CompletionEvent>>;

bool goesOn(const StreamStep& step) {
    return step.ok() && step.value().has_value();
}

// Of an event and of what came together with it, which goes on together.
std::string framesOf(const CompletionEvent& event, CompletionStream& upstream, AnswerEvents& events) {
    std::string frames;
    frames.reserve(k_usualFrame);
    events.onEvent(event, upstream.head(), frames);
    while (frames.size() < k_mostAtOnce) {
        const auto more = upstream.takeReady();
        if (!more) break;
        events.onEvent(*more, upstream.head(), frames);
    }
    return frames;
}

// Of the end, whatever it is.
std::string lastFrames(StreamStep step, AnswerEvents& events, Exchange& exchange) {
    if (step.ok()) return events.finish();
    const Error error = withReason(std::move(step).error(), exchange.request.disconnected);
    log::warn("stream broke off id={} {}", exchange.request.requestId, error.toLogString());
    exchange.answerBroken = true;
    return events.fail(error);
}

// Streams are many and long: the gateway has what the request says.
void forgetRequest(net::ServerRequest& request) {
    std::string().swap(request.body);
    std::vector<net::Header>().swap(request.headers);
}

// Whoever asked for it has left.
asio::awaitable<void> readToEnd(CompletionStream& upstream) {
    for (;;) {
        const auto step = co_await upstream.next();
        if (!goesOn(step)) co_return;
    }
}

// Its frame is there as long as the stream: what only opens it is none of its parameters.
Task<void> passStream(Exchange& exchange, Task<std::unique_ptr<CompletionStream>> opening, bool drains,
                      std::unique_ptr<AnswerEvents> events) {
    const CancelToken& disconnected = exchange.request.disconnected;
    const auto opened = co_await std::move(opening);
    if (!opened.ok()) co_return withReason(opened.error(), disconnected);
    CompletionStream& upstream = **opened;
    forgetRequest(exchange.request);
    std::unique_ptr<net::SseStream> sse;
    Result<void> written;
    while (written.ok()) {
        auto step = co_await upstream.next();
        if (!sse) {
            if (!step.ok()) co_return withReason(std::move(step).error(), disconnected);
            auto started = co_await exchange.startSse();
            if (!started.ok()) {
                written = std::move(started).error();
                break;
            }
            sse = std::move(*started);
        }
        std::string frames;
        if (goesOn(step)) {
            frames = framesOf(**step, upstream, *events);
            if (upstream.endIsNext()) step = co_await upstream.next();
        }
        if (!step.ok() && disconnected.reason() == CancelReason::ClientGone)
            co_return std::move(step).error(); // nobody is left to tell
        if (!goesOn(step)) {
            frames += lastFrames(std::move(step), *events, exchange);
            co_return co_await sse->end(std::move(frames));
        }
        if (!frames.empty()) written = co_await sse->write(std::move(frames));
    }
    if (drains) co_await readToEnd(upstream);
    co_return written;
}

} // namespace

Task<void> streamAnswer(Exchange& exchange, Gateway& gateway, CompletionRequest request, GatewayCall call,
                        std::unique_ptr<AnswerEvents> events) {
    const bool drains = call.drains;
    return passStream(exchange, gateway.stream(std::move(request), std::move(call)), drains,
                      std::move(events));
}

Error withReason(Error error, const CancelToken& cancel) {
    if (error.code != ErrorCode::Cancelled || cancel.reason() != CancelReason::Shutdown) return error;
    error.code = ErrorCode::ShuttingDown;
    return error;
}

} // namespace exo::server
