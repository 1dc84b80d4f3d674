#pragma once
// One accepted connection: a coroutine that reads a request, runs the handler, writes the answer, and starts
// over. Kept alive by its coroutine and by an event stream a handler still holds. Lives on the io thread.

#include "core/net/RequestParser.h"
#include "core/net/ResponseHead.h"
#include "core/net/ServerState.h"
#include "core/net/Watchdog.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <array>

namespace exo::net {

class ServerConnection : public std::enable_shared_from_this<ServerConnection> {
  public:
    // `bucket` is what the peer was counted as in directClients; empty when it is not counted.
    ServerConnection(std::shared_ptr<ServerState> server, asio::ip::tcp::socket socket,
                     asio::ip::address peer, std::string bucket);
    ServerConnection(const ServerConnection&) = delete;
    ServerConnection& operator=(const ServerConnection&) = delete;
    ~ServerConnection();

    // Serves until the connection ends. `self` keeps it alive.
    static asio::awaitable<void> run(std::shared_ptr<ServerConnection> self);

    // For drain(): ends the connection if no request is under way; the first kind spares those that have not
    // asked anything yet.
    void closeIfKept();
    void closeIfIdle();
    // Tells the running handler, or ends the connection when there is none.
    void cancelExchange(CancelReason reason);
    void closeNow();

    // For the ResponseWriter and the SseStream of the running exchange.
    Task<void> sendResponse(ServerResponse response);
    Task<void> startStream(std::vector<Header> headers);
    Task<void> writeEvents(std::string bytes);
    Task<void> endStream(std::string bytes);
    bool committed() const { return m_committed; }
    void keepAliveWith(std::string_view event) { m_filler = event; }

  private:
    enum class OnDeadline { StopIo, LookAtWrite, WatchClient, Comment };
    using Buffers = std::array<asio::const_buffer, 4>;
    using ChunkSize = std::array<char, 20>; // with its CRLF

    asio::awaitable<void> serve();
    void leave();
    asio::awaitable<bool> exchange();
    asio::awaitable<std::optional<Problem>> readHead(RequestParser& parser);
    std::optional<Problem> takeBody(RequestParser& parser);
    asio::awaitable<std::optional<Problem>> readBody(RequestParser& parser, bool askedToGoOn);
    asio::awaitable<void> answerProblem(Problem problem);
    std::optional<Problem> identify(ServerRequest& request);
    asio::awaitable<void> runHandler(ServerRequest& request);
    asio::awaitable<void> finishExchange();
    void leaveStream();
    void tidyUp();
    static void advance(Buffers& buffers, std::size_t count);
    std::optional<bool> writeNow(Buffers& buffers);
    asio::awaitable<bool> writeRest(Buffers buffers);
    asio::awaitable<bool> writeAll(Buffers buffers);
    // As it goes over the wire; `size` and `head` must stay as long as the buffers.
    Buffers framed(std::string_view head, std::string_view bytes, ChunkSize& size, bool last) const;
    asio::awaitable<bool> writePart(std::string_view bytes, bool last);
    static asio::awaitable<void> writeHead(std::shared_ptr<ServerConnection> self);
    static asio::awaitable<void> writeComment(std::shared_ptr<ServerConnection> self);
    asio::awaitable<void> linger();

    void setDeadline(OnDeadline what, Millis delay);
    void onDeadline();
    void watchWrite();
    void lookAtWrite();
    int unread(); // bytes the kernel still has for the client
    void watchClient();
    asio::awaitable<void> stopWatching();
    void clientGone();
    ResponseFrame frame(BodyFraming framing, std::size_t length) const;

    std::shared_ptr<ServerState> m_server;
    asio::ip::tcp::socket m_socket;
    asio::ip::address m_peer;
    std::string m_peerText;        // made for the first request
    std::string m_bucket;          // counted in directClients
    std::string m_forwardedBucket; // counted in forwardedClients during an exchange
    boost::beast::flat_buffer m_in;
    Watchdog m_watchdog;
    OnDeadline m_onDeadline = OnDeadline::StopIo;
    SteadyTime m_tookAt{};                // the client took something of what is being written
    int m_unread = 0;                     // at the last look
    std::optional<CancelSource> m_cancel; // of the running exchange
    std::string m_requestId;
    std::string m_streamHead;  // of a stream of which nothing is written yet
    std::string_view m_filler; // of the silence in a stream
    Event m_watchEnded;
    Event m_writeEnded;
    const bool m_late; // accepted while the server drains
    bool m_first = true;
    bool m_served = false; // a request has been answered
    bool m_idle = false;   // waiting for the first byte of a request
    bool m_timedOut = false;
    bool m_gone = false; // nothing can be written any more
    bool m_http10 = false;
    bool m_head = false; // HEAD: headers only
    bool m_keepAlive = true;
    bool m_committed = false;
    bool m_streaming = false;
    bool m_writing = false;
    bool m_registered = true;
    bool m_watching = false;
    bool m_mayWatch = false;
};

} // namespace exo::net
