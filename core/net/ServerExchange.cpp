// The part of a connection that runs while a handler does: watching for the client to leave, and event
// streams.

#include "core/base/Log.h"
#include "core/net/ServerConnection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>

namespace exo::net {

namespace {

constexpr std::size_t k_watchRead = 128;      // mostly nothing comes
constexpr std::size_t k_maxAhead = 32u << 10; // of pipelined requests while a handler runs
constexpr Millis k_watchDelay{200};           // most calls are over by then and need no watch

class Stream final : public SseStream {
  public:
    explicit Stream(std::shared_ptr<ServerConnection> connection)
        : m_connection(std::move(connection)) {}
    Task<void> write(std::string bytes) override { return m_connection->writeEvents(std::move(bytes)); }
    Task<void> end(std::string bytes) override { return m_connection->endStream(std::move(bytes)); }

  private:
    std::shared_ptr<ServerConnection> m_connection;
};

class Writer final : public ResponseWriter {
  public:
    explicit Writer(ServerConnection& connection)
        : m_connection(connection) {}
    Task<void> send(ServerResponse response) override {
        return m_connection.sendResponse(std::move(response));
    }
    Task<std::unique_ptr<SseStream>> startSse(std::vector<Header> headers) override {
        EXO_CO_CHECK(co_await m_connection.startStream(std::move(headers)));
        std::unique_ptr<SseStream> stream = std::make_unique<Stream>(m_connection.shared_from_this());
        co_return stream;
    }
    void keepAliveWith(std::string_view event) override { m_connection.keepAliveWith(event); }
    bool committed() const override { return m_connection.committed(); }

  private:
    ServerConnection& m_connection;
};

} // namespace

asio::awaitable<void> ServerConnection::runHandler(ServerRequest& request) {
    m_cancel.emplace();
    request.disconnected = m_cancel->token();
    request.ending = m_server->ending.token();
    m_mayWatch = true;
    setDeadline(OnDeadline::WatchClient, k_watchDelay);
    Writer writer(*this);
    try {
        co_await m_server->handler(request, writer);
    } catch (const std::exception& error) {
        log::error("[{}] {} {}: the handler threw: {}", m_requestId, request.method, request.path,
                   error.what());
    } catch (...) {
        log::error("[{}] {} {}: the handler threw", m_requestId, request.method, request.path);
    }
}

// Leaves the connection ready for the next request, or marked for closing.
asio::awaitable<void> ServerConnection::finishExchange() {
    while (m_writing)
        co_await m_writeEnded.wait();
    if (m_streaming && !m_gone) (void)co_await writePart({}, false);
    if (!m_committed && !m_gone) {
        const Result<void> sent = co_await sendResponse(m_server->failure(500, fail(ErrorCode::Internal)));
        if (!sent.ok()) m_gone = true;
    }
    leaveStream();
    co_await stopWatching();
    tidyUp();
}

// A stream that was not ended must look cut to its reader: no last chunk.
void ServerConnection::leaveStream() {
    if (m_streaming) m_gone = true;
    m_streaming = false;
    m_watchdog.clear();
}

void ServerConnection::tidyUp() {
    leaveStream();
    m_mayWatch = false;
    m_cancel.reset();
    if (!m_forwardedBucket.empty()) m_server->forwardedClients.leave(std::exchange(m_forwardedBucket, {}));
}

// Reads ahead: more bytes are a pipelined request and kept; the end of the input means that the client has
// gone. (A client that half-closes after its request and still waits for the answer is treated as gone, too.)
// The request before has been taken out of m_in, and nobody else touches it until stopWatching().
void ServerConnection::watchClient() {
    if (m_watching || !m_mayWatch || m_gone || m_in.size() >= k_maxAhead) return;
    m_watching = true;
    if (m_in.size() == 0) {
        m_in.clear();
        m_in.shrink_to_fit(); // long calls wait in thousands; their buffers should not
    }
    m_socket.async_read_some(m_in.prepare(k_watchRead),
                             [self = shared_from_this()](boost::system::error_code error, std::size_t count) {
                                 self->m_watching = false;
                                 self->m_in.commit(count);
                                 if (!self->m_mayWatch)
                                     self->m_watchEnded.notify();
                                 else if (error == asio::error::operation_aborted)
                                     return;
                                 else if (error)
                                     self->clientGone();
                                 else
                                     self->watchClient();
                             });
}

asio::awaitable<void> ServerConnection::stopWatching() {
    m_mayWatch = false;
    if (!m_watching) co_return;
    boost::system::error_code ignored;
    m_socket.cancel(ignored);
    m_watchEnded.reset();
    while (m_watching)
        co_await m_watchEnded.wait();
}

void ServerConnection::clientGone() {
    m_gone = true;
    if (m_cancel) m_cancel->cancel(CancelReason::ClientGone);
}

Task<void> ServerConnection::startStream(std::vector<Header> headers) {
    if (m_committed) co_return fail(ErrorCode::Internal, "a response was sent already");
    if (m_gone) co_return fail(ErrorCode::Cancelled);
    m_committed = true;
    m_streaming = true;
    if (m_http10 || m_server->draining) m_keepAlive = false;
    const Header own[] = {{"Content-Type", "text/event-stream; charset=utf-8"},
                          {"Cache-Control", "no-cache"},
                          {"X-Accel-Buffering", "no"}};
    for (const Header& header : own) {
        if (findHeader(headers, header.name).empty()) headers.push_back(header);
    }
    const BodyFraming framing = m_http10 ? BodyFraming::UntilClose : BodyFraming::Chunked;
    m_streamHead = formatHead(200, headers, frame(framing, 0));
    // A turn of the event loop later: most streams have their first event by then.
    asio::post(m_socket.get_executor(), [self = shared_from_this()] {
        if (self->m_streamHead.empty() || self->m_writing || self->m_gone) return;
        asio::co_spawn(self->m_socket.get_executor(), writeHead(self), asio::detached);
    });
    watchClient();
    setDeadline(OnDeadline::Comment, m_server->limits.commentInterval);
    co_return Result<void>();
}

ServerConnection::Buffers ServerConnection::framed(std::string_view head, std::string_view bytes,
                                                   ChunkSize& size, bool last) const {
    Buffers buffers{asio::buffer(head)};
    if (m_head) return buffers;
    buffers[2] = asio::buffer(bytes);
    if (m_http10) return buffers;
    constexpr std::string_view k_end = "\r\n0\r\n\r\n"; // of a chunk, and the last chunk
    if (bytes.empty()) {
        if (last) buffers[3] = asio::buffer(k_end.substr(2));
        return buffers;
    }
    char* end = std::to_chars(size.data(), size.data() + 16, bytes.size(), 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    buffers[1] = asio::buffer(size.data(), static_cast<std::size_t>(end - size.data()));
    buffers[3] = asio::buffer(last ? k_end : k_end.substr(0, 2));
    return buffers;
}

// Nobody else is writing. What is left of the head goes first.
asio::awaitable<bool> ServerConnection::writePart(std::string_view bytes, bool last) {
    const std::string head = std::exchange(m_streamHead, {});
    ChunkSize size{};
    Buffers buffers = framed(head, bytes, size, last);
    if (asio::buffer_size(buffers) == 0) co_return true;
    m_writing = true;
    std::optional<bool> written = writeNow(buffers);
    if (!written) written = co_await writeRest(buffers);
    m_writing = false;
    m_writeEnded.notify();
    co_return *written;
}

asio::awaitable<void> ServerConnection::writeHead(std::shared_ptr<ServerConnection> self) {
    if (!self->m_writing) (void)co_await self->writePart({}, false);
}

Task<void> ServerConnection::writeEvents(std::string bytes) {
    const auto self = shared_from_this();
    while (m_writing)
        co_await m_writeEnded.wait();
    if (m_gone || !m_streaming) co_return fail(ErrorCode::Cancelled);
    const bool written = co_await writePart(bytes, false);
    if (!written) co_return fail(ErrorCode::Cancelled);
    setDeadline(OnDeadline::Comment, m_server->limits.commentInterval);
    co_return Result<void>();
}

asio::awaitable<void> ServerConnection::writeComment(std::shared_ptr<ServerConnection> self) {
    if (self->m_writing || !self->m_streaming || self->m_gone || self->m_head) co_return;
    const bool written = co_await self->writePart(self->m_filler, false);
    if (written && self->m_streaming)
        self->setDeadline(OnDeadline::Comment, self->m_server->limits.commentInterval);
}

Task<void> ServerConnection::endStream(std::string bytes) {
    const auto self = shared_from_this();
    while (m_writing)
        co_await m_writeEnded.wait();
    if (m_gone || !m_streaming) co_return fail(ErrorCode::Cancelled);
    m_streaming = false;
    m_watchdog.clear();
    const bool written = co_await writePart(bytes, true);
    if (!written) co_return fail(ErrorCode::Cancelled);
    co_return Result<void>();
}

} // namespace exo::net
