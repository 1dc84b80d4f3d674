#include "core/server/Server.h"

#include "core/base/Log.h"
#include "core/monitor/HttpMetrics.h"
#include "core/server/Errors.h"
#include "core/server/messages/MessagesAnswer.h"

#include <chrono>
#include <exception>
#include <utility>

namespace exo::server {

namespace {

constexpr int k_clientClosed = 499; // nginx's number for "nobody was left to answer"
constexpr Millis k_backSoon{2000};  // when to try again while the server ends: most ends are restarts

Error notFound(const net::ServerRequest& request, const RouteMatch& match) {
    const std::string what = request.method + " " + request.path;
    if (match.pathKnown())
        return fail(ErrorCode::MethodNotAllowed, "this address does not accept " + request.method);
    return fail(ErrorCode::UnknownUrl, "unknown request URL: " + what);
}

void logAccess(const net::ServerRequest& request, std::string_view pattern, int status, double ms,
               std::uint64_t bytes) {
    log::info("{} {} {} {:.1f}ms {}B id={}", request.method, pattern, status, ms, bytes, request.requestId);
}

// Whose failure a status is.
std::string_view originOf(const Result<void>& result, int status) {
    if (status < 400) return "none";
    if (!result.ok()) {
        const Error& error = result.error();
        if (error.code == ErrorCode::ContentFilter) return "guardrail";
        if (error.upstreamStatus != 0) return "upstream";
        switch (error.code) {
        case ErrorCode::UpstreamTimeout:
        case ErrorCode::UpstreamConnection:
        case ErrorCode::UpstreamInvalidResponse:
        case ErrorCode::UpstreamRejected:
        case ErrorCode::StreamInterrupted: return "upstream";
        default: break;
        }
    }
    return status < 500 ? "client" : "gateway";
}

std::string_view phaseName(const CallReport* report) {
    switch (report ? report->phase : CallPhase::Arrived) {
    case CallPhase::Queued: return "queued";
    case CallPhase::Upstream: return "upstream";
    case CallPhase::Backoff: return "backoff";
    case CallPhase::Arrived: break;
    }
    return "other";
}

Task<void> refuse(Error error) {
    co_return error;
}

net::ServerResponse protocolError(int, const Error& error) {
    return errorResponse(error);
}

} // namespace

Server::Server(asio::io_context& io, Services services, Authenticator& authenticator,
               net::ServerLimits limits)
    : m_services(std::move(services))
    , m_storageNotReady(std::exchange(m_services.notReady, [this] { return notReady(); }))
    , m_authenticator(authenticator)
    , m_rates(io, m_services)
    , m_idempotency(m_services)
    , m_chatCompletions(m_services)
    , m_messages(m_services)
    , m_responses(m_services)
    , m_models(m_services)
    , m_sessions(m_services)
    , m_turns(m_services)
    , m_operations(m_services)
    , m_cache(m_services)
    , m_analyses(m_services)
    , m_probes(m_services)
    , m_monitor(m_services) {
    m_monitor.addRoutes(m_router);
    m_probes.addRoutes(m_router);
    m_chatCompletions.addRoutes(m_router);
    m_messages.addRoutes(m_router);
    m_responses.addRoutes(m_router);
    m_models.addRoutes(m_router);
    m_sessions.addRoutes(m_router);
    m_turns.addRoutes(m_router);
    m_operations.addRoutes(m_router);
    m_cache.addRoutes(m_router);
    m_analyses.addRoutes(m_router);
    m_http = net::makeHttpServer(
        io, std::move(limits),
        [this](net::ServerRequest& request, net::ResponseWriter& writer) { return handle(request, writer); },
        protocolError);
}

std::optional<std::string> Server::notReady() const {
    if (m_phase == Phase::Starting) return "starting";
    if (m_phase == Phase::Draining) return "draining";
    return m_storageNotReady ? m_storageNotReady() : std::nullopt;
}

asio::awaitable<void> Server::drain(Millis grace) {
    m_phase = Phase::Draining;
    co_await m_http->drain(grace);
    m_rates.close();
}

// No coroutines where the key is known and requests are counted here: their frames would last as long as the
// answer.
Task<void> Server::dispatch(Exchange& exchange, const RouteMatch& match) {
    exchange.headers.reserve(24);
    exchange.headers.push_back({"X-Content-Type-Options", "nosniff"});
    // With a socket that was handed over nobody new comes: who is connected is served to the end.
    if (m_phase == Phase::Draining && !m_adopted && (!match.route || match.route->access != Access::Open)) {
        Error ending = fail(ErrorCode::ShuttingDown);
        ending.retryable = true;
        ending.retryAfter = k_backSoon;
        return refuse(std::move(ending));
    }
    const bool guarded =
        match.route ? match.route->access == Access::Key : Authenticator::guards(exchange.request.path);
    if (!guarded) return route(exchange, match);
    auto known = m_authenticator.authenticateNow(exchange.request);
    if (!known) return introduce(exchange, match);
    exchange.principal = std::move(*known);
    exchange.headers.push_back({"Cache-Control", "no-store"});
    return route(exchange, match);
}

Task<void> Server::introduce(Exchange& exchange, const RouteMatch& match) {
    EXO_CO_TRY(exchange.principal, co_await authenticate(exchange));
    exchange.headers.push_back({"Cache-Control", "no-store"});
    co_return co_await route(exchange, match);
}

Task<void> Server::route(Exchange& exchange, const RouteMatch& match) {
    if (!match.route) {
        if (!match.allow.empty()) exchange.headers.push_back({"Allow", match.allow});
        return refuse(notFound(exchange.request, match));
    }
    if (RateGate::counts(*match.route)) {
        if (m_rates.shared()) return countTogether(exchange, *match.route);
        if (auto counted = m_rates.admit(exchange); !counted) return refuse(std::move(counted).error());
    }
    return answer(exchange, *match.route);
}

Task<void> Server::countTogether(Exchange& exchange, const Route& route) {
    EXO_CO_CHECK(co_await m_rates.admitTogether(exchange));
    co_return co_await answer(exchange, route);
}

Task<void> Server::answer(Exchange& exchange, const Route& route) {
    if (Idempotency::appliesTo(route, exchange.request)) return m_idempotency.run(exchange, route.handler);
    return route.handler(exchange);
}

// Guessing is slowed down; a key that was proven once goes through, whoever shares its address.
Task<Principal> Server::authenticate(Exchange& exchange) {
    const bool presentsKey = !presentedKey(exchange.request).empty();
    if (presentsKey && !m_authenticator.knowsKeyOf(exchange.request))
        EXO_CO_CHECK(m_rates.mayTryKey(exchange));
    auto principal = co_await m_authenticator.authenticate(exchange.request);
    if (presentsKey && !principal.ok() && principal.error().code == ErrorCode::InvalidApiKey)
        m_rates.noteWrongKey(exchange.request);
    co_return principal;
}

void Server::record(const Exchange& exchange, const RouteMatch& match, const RecordingWriter& writer,
                    const Result<void>& result, std::chrono::nanoseconds time) const {
    if (!m_services.monitoring) return;
    HttpMetrics& metrics = m_services.monitoring->http();
    const bool gone = !result.ok() && exchange.request.disconnected.reason() == CancelReason::ClientGone;
    const CallReport* report = exchange.report.get();
    HttpMetrics::Exchange done;
    done.route = match.route ? std::string_view(match.route->pattern) : "-";
    done.model = report ? std::string_view(report->model) : std::string_view();
    done.status = gone ? k_clientClosed : writer.status();
    done.origin = originOf(result, done.status);
    done.callsModel = report || (match.route && RateGate::counts(*match.route));
    done.streamed = writer.streamed();
    done.time = time;
    metrics.record(done);
    if (gone) metrics.disconnects.add({writer.streamed() ? "streaming" : phaseName(report)});
}

Task<void> Server::tell(Exchange& exchange, const Error& error) {
    const net::ServerRequest& request = exchange.request;
    if (error.code == ErrorCode::Internal) log::error("id={} {}", request.requestId, error.toLogString());
    net::ServerResponse response =
        MessagesApi::owns(request.path) ? messagesError(error, request.requestId) : errorResponse(error);
    exchange.finaliseOnce();
    for (auto& header : exchange.headers)
        if (net::findHeader(response.headers, header.name).empty())
            response.headers.push_back(std::move(header));
    return exchange.writer.send(std::move(response));
}

asio::awaitable<void> Server::handle(net::ServerRequest& request, net::ResponseWriter& writer) {
    const SteadyTime start = m_services.clock.now();
    RecordingWriter recorder(writer);
    RouteMatch match = m_router.find(request.method, request.path);
    Exchange exchange{request, recorder, {}, std::move(match.params), {}, {}, {}};
    Result<void> result;
    try {
        result = co_await dispatch(exchange, match);
    } catch (const std::exception& error) { // a bug of ours must not end the connection without an answer
        result = fail(ErrorCode::Internal, error.what());
    }
    const bool clientGone = !result.ok() && request.disconnected.reason() == CancelReason::ClientGone;
    if (!result.ok() && !recorder.committed() && !clientGone) {
        auto told = tell(exchange, result.error());
        (void)co_await std::move(told);
    }
    record(exchange, match, recorder, result, m_services.clock.now() - start);
    const std::chrono::duration<double, std::milli> took = m_services.clock.now() - start;
    const int status = clientGone ? k_clientClosed : recorder.status();
    logAccess(request, match.route ? std::string_view(match.route->pattern) : "-", status, took.count(),
              recorder.bytes());
}

} // namespace exo::server
