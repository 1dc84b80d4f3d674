#include "core/net/HttpServer.h"

#include "core/base/Ids.h"
#include "core/base/Log.h"
#include "core/net/ServerConnection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/socket.h>

namespace exo::net {

namespace {

using Tcp = asio::ip::tcp;

constexpr Millis k_acceptPause{100};
constexpr Millis k_freshGrace{1000}; // for connections that were accepted just before a drain
constexpr Millis k_lateGrace{2000};  // for connections that came during a drain, once it is over

void closeOnExec(int fd) {
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

// The process or the machine is out of descriptors or buffers: accepting again at once would only spin.
bool isExhausted(const boost::system::error_code& error) {
    return error == boost::system::errc::too_many_files_open ||
           error == boost::system::errc::too_many_files_open_in_system ||
           error == boost::system::errc::no_buffer_space || error == boost::system::errc::not_enough_memory;
}

// For a connection that is over a cap: one attempt to say so, no waiting.
void turnAway(Tcp::socket& socket, const ServerState& server) {
    const ServerResponse response = server.failure(503, fail(ErrorCode::Overloaded, "too many connections"));
    const std::string id = newIdText("req_");
    ResponseFrame frame;
    frame.length = response.body.size();
    frame.requestId = id;
    frame.keepAlive = false;
    const std::string bytes = formatHead(503, response.headers, frame) + response.body;
    boost::system::error_code ignored;
    socket.write_some(asio::buffer(bytes), ignored);
    socket.shutdown(Tcp::socket::shutdown_send, ignored);
    socket.close(ignored);
}

void startConnection(const std::shared_ptr<ServerState>& server, Tcp::socket socket,
                     const Tcp::endpoint& peer) {
    boost::system::error_code ignored;
    closeOnExec(socket.native_handle());
    socket.set_option(Tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
    if (server->connections.size() >= static_cast<std::size_t>(server->limits.maxConnections)) {
        turnAway(socket, *server);
        return;
    }
    const asio::ip::address client = unmapped(peer.address());
    std::string bucket;
    if (!client.is_loopback() && !server->trusted.contains(client)) {
        bucket = clientBucket(client);
        if (!server->directClients.enter(bucket, server->limits.maxConnectionsPerClient)) {
            turnAway(socket, *server);
            return;
        }
    }
    auto connection =
        std::make_shared<ServerConnection>(server, std::move(socket), client, std::move(bucket));
    asio::co_spawn(server->io, ServerConnection::run(connection), asio::detached);
}

asio::awaitable<void> acceptLoop(std::shared_ptr<ServerState> server, std::shared_ptr<Tcp::acceptor> acceptor,
                                 CancelToken closed) {
    bool exhausted = false;
    while (acceptor->is_open()) {
        boost::system::error_code error;
        Tcp::socket socket(server->io);
        Tcp::endpoint peer;
        co_await acceptor->async_accept(socket, peer, asio::redirect_error(asio::use_awaitable, error));
        if (error && isExhausted(error)) {
            if (!exhausted) log::error("cannot accept connections: {}; trying again", error.message());
            exhausted = true;
            const Result<void> rested = co_await sleepFor(*server->timers, k_acceptPause, closed);
            if (!rested.ok()) co_return;
            continue;
        }
        if (error) continue; // the peer gave up before we came, or the acceptor was closed
        exhausted = false;
        startConnection(server, std::move(socket), peer);
    }
}

class BeastServer final : public HttpServer {
  public:
    BeastServer(asio::io_context& io, ServerLimits limits, Handler handler, ErrorBody errorBody)
        : m_state(std::make_shared<ServerState>(io, std::move(limits), std::move(handler),
                                                std::move(errorBody))) {}
    BeastServer(const BeastServer&) = delete;
    BeastServer& operator=(const BeastServer&) = delete;
    ~BeastServer() override {
        stopAccepting();
        m_state->draining = true;
        m_state->ending.cancel(CancelReason::Shutdown);
        forEachConnection([](ServerConnection& connection) {
            connection.cancelExchange(CancelReason::Shutdown);
            connection.closeNow();
        });
    }

    Result<void> listen(std::string_view address) override;
    Result<void> adopt(int fd) override;
    void setLimits(ServerLimits limits) override {
        m_state->trusted = TrustedProxies(limits.trustedProxies);
        m_state->limits = std::move(limits);
    }
    std::string url() const override;
    std::uint16_t port() const override { return m_local.port(); }
    asio::awaitable<void> drain(Millis grace) override;
    int connections() const override { return static_cast<int>(m_state->connections.size()); }

  private:
    void stopAccepting() {
        boost::system::error_code ignored;
        for (const auto& acceptor : m_acceptors)
            acceptor->close(ignored);
        m_acceptorClosed.cancel(CancelReason::Shutdown);
    }
    void startAccepting(std::shared_ptr<Tcp::acceptor> acceptor) {
        m_acceptors.push_back(acceptor);
        asio::co_spawn(m_state->io, acceptLoop(m_state, std::move(acceptor), m_acceptorClosed.token()),
                       asio::detached);
    }
    // Closing may remove a connection, and cancelling runs foreign code: walk over a copy that keeps all
    // alive.
    template <class Do>
    void forEachConnection(Do what) {
        std::vector<std::shared_ptr<ServerConnection>> all;
        for (ServerConnection* connection : m_state->connections)
            all.push_back(connection->shared_from_this());
        for (const auto& connection : all)
            what(*connection);
    }

    std::shared_ptr<ServerState> m_state;
    std::vector<std::shared_ptr<Tcp::acceptor>> m_acceptors;
    bool m_adopted = false;
    CancelSource m_acceptorClosed;
    Tcp::endpoint m_local;
};

Result<void> BeastServer::listen(std::string_view address) {
    if (!m_acceptors.empty())
        return fail(ErrorCode::InvalidRequest, "the server is listening already", "listen");
    EXO_TRY(const HostPort hostPort, parseHostPort(address));
    const auto host = parseAddress(hostPort.host == "localhost" ? "127.0.0.1" : hostPort.host);
    if (!host) return fail(ErrorCode::InvalidRequest, "listen needs an address, not a name", "listen");
    auto acceptor = std::make_shared<Tcp::acceptor>(m_state->io);
    const Tcp::endpoint endpoint(*host, hostPort.port);
    boost::system::error_code error;
    acceptor->open(endpoint.protocol(), error);
    if (!error) closeOnExec(acceptor->native_handle());
    if (!error) acceptor->set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(Tcp::acceptor::max_listen_connections, error);
    if (!error) m_local = acceptor->local_endpoint(error);
    if (error)
        return fail(ErrorCode::IoError, "cannot listen on " + std::string(address) + ": " + error.message());
    startAccepting(std::move(acceptor));
    return {};
}

Result<void> BeastServer::adopt(int fd) {
    int listens = 0;
    socklen_t size = sizeof listens;
    sockaddr_storage local{};
    socklen_t localSize = sizeof local;
    if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &localSize) != 0 ||
        (local.ss_family != AF_INET && local.ss_family != AF_INET6))
        return fail(ErrorCode::InvalidRequest,
                    "descriptor " + std::to_string(fd) + " is no TCP socket that listens", "listen");
    auto acceptor = std::make_shared<Tcp::acceptor>(m_state->io);
    boost::system::error_code error;
    acceptor->assign(local.ss_family == AF_INET ? Tcp::v4() : Tcp::v6(), fd, error);
    if (error) return fail(ErrorCode::IoError, "cannot take over the socket: " + error.message());
    closeOnExec(fd);
    const Tcp::endpoint endpoint = acceptor->local_endpoint(error);
    if (!m_adopted) m_local = endpoint;
    m_adopted = true;
    startAccepting(std::move(acceptor));
    return {};
}

std::string BeastServer::url() const {
    const std::string host = m_local.address().to_string();
    const std::string shown = m_local.address().is_v6() ? "[" + host + "]" : host;
    return "http://" + shown + ":" + std::to_string(m_local.port());
}

asio::awaitable<void> BeastServer::drain(Millis grace) {
    const auto state = m_state;
    if (m_adopted) stopAccepting();
    state->draining = true;
    forEachConnection([](ServerConnection& connection) { connection.closeIfKept(); });
    const auto closeFresh = state->timers->schedule(std::min(grace, k_freshGrace), [this] {
        forEachConnection([](ServerConnection& connection) { connection.closeIfIdle(); });
    });
    const auto cancelAll = state->timers->schedule(grace, [this] {
        m_state->ending.cancel(CancelReason::Shutdown);
        forEachConnection(
            [](ServerConnection& connection) { connection.cancelExchange(CancelReason::Shutdown); });
    });
    // A handler that was told and still holds a client that reads nothing must not hold the process.
    const auto closeAll = state->timers->schedule(grace + state->limits.writeTimeout, [this] {
        forEachConnection([](ServerConnection& connection) { connection.closeNow(); });
    });
    while (state->beforeDrain > 0) {
        state->left.reset();
        co_await state->left.wait();
    }
    stopAccepting();
    const auto closeLate = state->timers->schedule(k_lateGrace, [this] {
        forEachConnection([](ServerConnection& connection) { connection.closeNow(); });
    });
    forEachConnection([](ServerConnection& connection) { connection.closeIfIdle(); });
    while (!state->connections.empty()) {
        state->left.reset();
        co_await state->left.wait();
    }
    for (const auto timer : {closeFresh, cancelAll, closeAll, closeLate})
        state->timers->cancel(timer);
}

} // namespace

std::unique_ptr<HttpServer> makeHttpServer(asio::io_context& io, ServerLimits limits, Handler handler,
                                           ErrorBody errorBody) {
    return std::make_unique<BeastServer>(io, std::move(limits), std::move(handler), std::move(errorBody));
}

} // namespace exo::net
