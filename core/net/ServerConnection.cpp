#include "core/net/ServerConnection.h"

#include "core/base/Ids.h"
#include "core/base/Log.h"
#include "core/net/ReadSome.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <utility>

namespace exo::net {

namespace {

constexpr std::string_view k_comment = ": keep-alive\n\n";
constexpr std::size_t k_readSize = 4u << 10;
constexpr std::size_t k_bodyReadSize = 64u << 10;
constexpr std::size_t k_maxUnparsed = 16u << 10; // a chunk header or trailers longer than this are an attack
constexpr std::size_t k_lingerBytes = 64u << 10;
constexpr Millis k_lingerTime{2000};
constexpr int k_looksAtWrite = 4; // in the time a client may take nothing

std::string_view viewOf(const boost::beast::flat_buffer& buffer) {
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

bool isSaneId(std::string_view id) {
    return !id.empty() && id.size() <= 128 &&
           id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") ==
               std::string_view::npos;
}

} // namespace

ServerConnection::ServerConnection(std::shared_ptr<ServerState> server, asio::ip::tcp::socket socket,
                                   asio::ip::address peer, std::string bucket)
    : m_server(std::move(server))
    , m_socket(std::move(socket))
    , m_peer(std::move(peer))
    , m_bucket(std::move(bucket))
    , m_watchdog(*m_server->timers, [this] { onDeadline(); })
    , m_late(m_server->draining) {
    m_server->connections.insert(this);
    if (!m_late) ++m_server->beforeDrain;
}

ServerConnection::~ServerConnection() {
    leave();
}

// At the end of run(), not only in the destructor: a handler may have left its stream with somebody else.
void ServerConnection::leave() {
    if (!std::exchange(m_registered, false)) return;
    m_server->connections.erase(this);
    if (!m_bucket.empty()) m_server->directClients.leave(m_bucket);
    if (!m_forwardedBucket.empty()) m_server->forwardedClients.leave(m_forwardedBucket);
    if (!m_late) --m_server->beforeDrain;
    m_server->left.notify();
}

asio::awaitable<void> ServerConnection::run(std::shared_ptr<ServerConnection> self) {
    try {
        co_await self->serve();
    } catch (const std::exception& error) {
        log::error("a connection ended with an exception: {}", error.what());
    }
    self->closeNow();
    self->leave();
}

asio::awaitable<void> ServerConnection::serve() {
    for (;;) {
        const bool again = co_await exchange();
        if (!again) co_return;
    }
}

asio::awaitable<bool> ServerConnection::exchange() {
    m_http10 = m_head = m_committed = m_streaming = false;
    m_requestId.clear();
    m_filler = k_comment;
    RequestParser parser(m_server->limits);
    std::optional<Problem> problem = co_await readHead(parser);
    const bool askedToGoOn = parser.expectsContinue() && m_in.size() == 0;
    if (!problem) problem = takeBody(parser);
    if (!problem && !parser.done()) problem = co_await readBody(parser, askedToGoOn);
    if (!problem) problem = identify(parser.request());
    if (problem) {
        co_await answerProblem(std::move(*problem));
        co_return false;
    }
    m_keepAlive = parser.keepAlive();
    co_await runHandler(parser.request());
    if (m_writing || m_watching || !m_committed)
        co_await finishExchange();
    else
        tidyUp();
    m_served = true;
    if (m_gone) co_return false;
    if (!m_keepAlive) co_await linger();
    co_return m_keepAlive;
}

asio::awaitable<std::optional<Problem>> ServerConnection::readHead(RequestParser& parser) {
    const ServerLimits& limits = m_server->limits;
    HeadScanner scanner(headLimits(limits));
    m_idle = m_in.size() == 0;
    setDeadline(OnDeadline::StopIo, m_first || !m_idle ? limits.headerTimeout : limits.keepAliveTimeout);
    m_first = false;
    for (;;) {
        while (scanner.size() == 0 && viewOf(m_in).starts_with("\r\n"))
            m_in.consume(2); // RFC 9112, 2.2
        if (auto problem = scanner.scan(viewOf(m_in))) co_return problem;
        if (scanner.complete()) break;
        if (m_idle && m_server->draining && m_served) co_return Problem{};
        boost::system::error_code error;
        const auto space = m_in.prepare(k_readSize);
        const std::size_t count = co_await readSome(m_socket, space, error);
        m_in.commit(count);
        const bool filled = !error && count > 0;
        if (!filled && m_timedOut && m_in.size() > 0)
            co_return Problem{408, fail(ErrorCode::InvalidRequest, "the request did not arrive in time")};
        if (!filled) co_return Problem{};
        if (m_idle) setDeadline(OnDeadline::StopIo, limits.headerTimeout);
        m_idle = false;
    }
    m_watchdog.clear();
    auto problem = parser.parseHead(viewOf(m_in).substr(0, scanner.size()));
    m_in.consume(scanner.size());
    m_http10 = parser.isHttp10();
    m_head = parser.request().method == "HEAD";
    const std::string_view id = parser.request().header("x-request-id");
    if (isSaneId(id)) m_requestId = id;
    co_return problem;
}

// Of the body, what has come together with the head: mostly all of it.
std::optional<Problem> ServerConnection::takeBody(RequestParser& parser) {
    std::optional<Problem> problem;
    if (parser.done()) return problem;
    if (m_in.size() > 0) m_in.consume(parser.parseBody(viewOf(m_in), problem));
    if (!problem && parser.done()) problem = parser.decodeBody();
    return problem;
}

asio::awaitable<std::optional<Problem>> ServerConnection::readBody(RequestParser& parser, bool askedToGoOn) {
    static constexpr std::string_view goOn = "HTTP/1.1 100 Continue\r\n\r\n";
    if (askedToGoOn) {
        const Buffers interim{asio::buffer(goOn)};
        const bool written = co_await writeAll(interim);
        if (!written) co_return Problem{};
    }
    std::optional<Problem> problem;
    while (!problem && !parser.done()) {
        if (m_in.size() > k_maxUnparsed)
            co_return Problem{400, fail(ErrorCode::InvalidRequest, "malformed body")};
        setDeadline(OnDeadline::StopIo, m_server->limits.bodyIdleTimeout);
        boost::system::error_code error;
        const auto space = m_in.prepare(k_bodyReadSize);
        const std::size_t count = co_await readSome(m_socket, space, error);
        m_in.commit(count);
        const bool filled = !error && count > 0;
        m_watchdog.clear();
        if (!filled && m_timedOut)
            co_return Problem{408, fail(ErrorCode::InvalidRequest, "the body did not arrive in time")};
        if (!filled) co_return Problem{};
        problem = takeBody(parser);
    }
    co_return problem;
}

// Who asks, under which id; counts clients behind a trusted proxy.
std::optional<Problem> ServerConnection::identify(ServerRequest& request) {
    const bool trusted = m_server->trusted.contains(m_peer);
    const asio::ip::address client = trusted ? m_server->trusted.client(m_peer, request.headers) : m_peer;
    if (client != m_peer) {
        request.remoteAddress = client.to_string();
    } else {
        if (m_peerText.empty()) m_peerText = m_peer.to_string();
        request.remoteAddress = m_peerText;
    }
    request.remoteIsLoopback = m_peer.is_loopback();
    if (m_requestId.empty()) m_requestId = newIdText("req_");
    request.requestId = m_requestId;
    if (client == m_peer || client.is_loopback()) return std::nullopt;
    std::string bucket = clientBucket(client);
    if (!m_server->forwardedClients.enter(bucket, m_server->limits.maxConnectionsPerClient))
        return Problem{503, fail(ErrorCode::Overloaded, "too many requests of this client at once")};
    m_forwardedBucket = std::move(bucket);
    return std::nullopt;
}

asio::awaitable<void> ServerConnection::answerProblem(Problem problem) {
    m_keepAlive = false;
    if (problem.status == 0) co_return;
    if (m_requestId.empty()) m_requestId = newIdText("req_");
    ServerResponse response = m_server->failure(problem.status, *problem.error);
    Result<void> sent = co_await sendResponse(std::move(response));
    if (sent.ok()) co_await linger();
}

ResponseFrame ServerConnection::frame(BodyFraming framing, std::size_t length) const {
    ResponseFrame result;
    result.framing = framing;
    result.length = length;
    result.requestId = m_requestId;
    result.http10 = m_http10;
    result.keepAlive = m_keepAlive;
    return result;
}

Task<void> ServerConnection::sendResponse(ServerResponse response) {
    if (m_committed) co_return fail(ErrorCode::Internal, "a response was sent already");
    if (m_gone) co_return fail(ErrorCode::Cancelled);
    m_committed = true;
    if (m_server->draining) m_keepAlive = false;
    const int status = response.status >= 200 && response.status <= 599 ? response.status : 500;
    const bool bodiless = status == 204 || status == 304;
    const std::string head =
        formatHead(status, response.headers,
                   frame(bodiless ? BodyFraming::None : BodyFraming::Length, response.body.size()));
    const bool withBody = !bodiless && !m_head;
    Buffers buffers{asio::buffer(head), withBody ? asio::buffer(response.body) : asio::const_buffer()};
    std::optional<bool> written = writeNow(buffers);
    if (!written) {
        m_writing = true;
        written = co_await writeRest(buffers);
        m_writing = false;
    }
    if (!*written) co_return fail(ErrorCode::Cancelled);
    co_return Result<void>();
}

void ServerConnection::advance(Buffers& buffers, std::size_t count) {
    for (asio::const_buffer& buffer : buffers) {
        const std::size_t step = std::min(count, buffer.size());
        buffer += step;
        count -= step;
    }
}

// Most answers fit into the socket's buffer: the first attempt is made at once, without a turn of the event
// loop. nullopt: some of it is left, in `buffers`.
std::optional<bool> ServerConnection::writeNow(Buffers& buffers) {
    boost::system::error_code error;
    const std::size_t count = m_socket.write_some(buffers, error);
    if (error && error != asio::error::would_block) {
        clientGone();
        return false;
    }
    if (!error && count == asio::buffer_size(buffers)) return true;
    advance(buffers, count);
    return std::nullopt;
}

asio::awaitable<bool> ServerConnection::writeRest(Buffers buffers) {
    boost::system::error_code error;
    while (!error && asio::buffer_size(buffers) > 0) {
        watchWrite();
        const std::size_t count =
            co_await m_socket.async_write_some(buffers, asio::redirect_error(asio::use_awaitable, error));
        m_watchdog.clear();
        advance(buffers, count);
    }
    if (error) clientGone();
    co_return !error;
}

asio::awaitable<bool> ServerConnection::writeAll(Buffers buffers) {
    if (const auto written = writeNow(buffers)) co_return *written;
    co_return co_await writeRest(buffers);
}

// Reads and drops what still comes, so that the kernel does not answer it with a reset that overtakes our
// last bytes.
asio::awaitable<void> ServerConnection::linger() {
    boost::system::error_code error;
    m_socket.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    setDeadline(OnDeadline::StopIo, k_lingerTime);
    m_in.consume(m_in.size());
    for (std::size_t dropped = 0; !error && dropped < k_lingerBytes;) {
        const auto space = m_in.prepare(k_readSize);
        dropped += co_await m_socket.async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
    }
    m_watchdog.clear();
}

void ServerConnection::setDeadline(OnDeadline what, Millis delay) {
    m_onDeadline = what;
    m_timedOut = false;
    m_watchdog.set(delay);
}

int ServerConnection::unread() {
    int bytes = 0;
    return ::ioctl(m_socket.native_handle(), SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

// A socket is writable again only when a third of its buffer, which may be megabytes, is free: a client that
// reads slowly takes longer for that than one may take that reads nothing.
void ServerConnection::watchWrite() {
    m_tookAt = std::chrono::steady_clock::now();
    m_unread = unread();
    setDeadline(OnDeadline::LookAtWrite, m_server->limits.writeTimeout / k_looksAtWrite);
}

void ServerConnection::lookAtWrite() {
    const Millis timeout = m_server->limits.writeTimeout;
    const auto now = std::chrono::steady_clock::now();
    const int before = std::exchange(m_unread, unread());
    if (m_unread < before) m_tookAt = now;
    const auto left = std::chrono::ceil<Millis>(m_tookAt + timeout - now);
    if (left > Millis(0))
        return setDeadline(OnDeadline::LookAtWrite, std::min(left, timeout / k_looksAtWrite));
    boost::system::error_code ignored;
    m_timedOut = true;
    m_socket.cancel(ignored);
}

void ServerConnection::onDeadline() {
    boost::system::error_code ignored;
    switch (m_onDeadline) {
    case OnDeadline::StopIo:
        m_timedOut = true;
        m_socket.cancel(ignored);
        return;
    case OnDeadline::LookAtWrite: lookAtWrite(); return;
    case OnDeadline::WatchClient: watchClient(); return;
    case OnDeadline::Comment:
        if (!m_writing && m_streaming)
            asio::co_spawn(m_socket.get_executor(), writeComment(shared_from_this()), asio::detached);
        return;
    }
}

void ServerConnection::closeIfKept() {
    if (m_served) closeIfIdle();
}

void ServerConnection::closeIfIdle() {
    boost::system::error_code ignored;
    if (m_idle) m_socket.cancel(ignored);
}

void ServerConnection::cancelExchange(CancelReason reason) {
    if (m_cancel)
        m_cancel->cancel(reason);
    else
        closeNow();
}

void ServerConnection::closeNow() {
    boost::system::error_code ignored;
    m_gone = true;
    m_watchdog.clear();
    m_socket.close(ignored);
}

} // namespace exo::net
