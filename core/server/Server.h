#pragma once
// The HTTP face of the core: the table of routes over the services, access checks, error bodies, the access
// log. Lives on the io thread; the services and the authenticator outlive it.

#include "core/net/HttpServer.h"
#include "core/server/AnalysesApi.h"
#include "core/server/Auth.h"
#include "core/server/CacheApi.h"
#include "core/server/ChatCompletionsApi.h"
#include "core/server/Idempotency.h"
#include "core/server/ModelsApi.h"
#include "core/server/MonitorApi.h"
#include "core/server/OperationsApi.h"
#include "core/server/ProbesApi.h"
#include "core/server/RateGate.h"
#include "core/server/Router.h"
#include "core/server/Services.h"
#include "core/server/SessionsApi.h"
#include "core/server/TurnsApi.h"
#include "core/server/messages/MessagesApi.h"
#include "core/server/responses/ResponsesApi.h"

#include <memory>
#include <string>
#include <string_view>

namespace exo::server {

class Server {
  public:
    Server(asio::io_context& io, Services services, Authenticator& authenticator, net::ServerLimits limits);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    Result<void> listen(std::string_view address) { return m_http->listen(address); }
    // A socket the service manager opened, see net::HttpServer::adopt().
    Result<void> adopt(int fd) {
        m_adopted = true;
        return m_http->adopt(fd);
    }
    void setLimits(net::ServerLimits limits) { m_http->setLimits(std::move(limits)); }
    std::string url() const { return m_http->url(); }
    // /readyz says 503 until ready() and again from the start of drain().
    void ready() { m_phase = Phase::Serving; }
    // What runs may go on for `grace`, then streams end with an error frame. Until that is over probes are
    // answered, everything else that comes is refused (ShuttingDown); sockets that were handed over keep for
    // the next process whoever comes.
    asio::awaitable<void> drain(Millis grace);

    const Router& router() const { return m_router; }
    // One exchange; what the HTTP server calls.
    asio::awaitable<void> handle(net::ServerRequest& request, net::ResponseWriter& writer);

  private:
    enum class Phase : std::uint8_t { Starting, Serving, Draining };

    Task<void> dispatch(Exchange& exchange, const RouteMatch& match);
    Task<void> introduce(Exchange& exchange, const RouteMatch& match); // whoever is not known yet
    Task<void> route(Exchange& exchange, const RouteMatch& match);
    Task<void> countTogether(Exchange& exchange, const Route& route);
    Task<void> answer(Exchange& exchange, const Route& route);
    Task<Principal> authenticate(Exchange& exchange);
    static Task<void> tell(Exchange& exchange, const Error& error);
    std::optional<std::string> notReady() const;
    void record(const Exchange& exchange, const RouteMatch& match, const RecordingWriter& writer,
                const Result<void>& result, std::chrono::nanoseconds time) const;

    Services m_services;
    std::function<std::optional<std::string>()> m_storageNotReady;
    Authenticator& m_authenticator;
    RateGate m_rates;
    Idempotency m_idempotency;
    Phase m_phase = Phase::Starting;
    bool m_adopted = false;
    ChatCompletionsApi m_chatCompletions;
    MessagesApi m_messages;
    ResponsesApi m_responses;
    ModelsApi m_models;
    SessionsApi m_sessions;
    TurnsApi m_turns;
    OperationsApi m_operations;
    CacheApi m_cache;
    AnalysesApi m_analyses;
    ProbesApi m_probes;
    MonitorApi m_monitor;
    Router m_router;
    std::unique_ptr<net::HttpServer> m_http;
};

} // namespace exo::server
