#pragma once
// Incoming HTTP/1.1 on Boost.Beast with every limit of a server that faces foreign bytes: sizes, time-outs,
// connection caps, strict framing. Lives on the io thread; each connection is one coroutine.

#include "core/base/Cancel.h"
#include "core/base/Clock.h"
#include "core/base/Task.h"
#include "core/net/HttpClient.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace exo::net {

struct ServerRequest {
    std::string method;
    std::string target; // as received: path and query
    std::string path;   // percent-decoded, never contains NUL, ".." is refused
    std::string query;  // still encoded
    std::vector<Header> headers;
    std::string body;              // complete, already decompressed, within the limit
    std::string remoteAddress;     // the client: the forwarded address when the peer is a trusted proxy
    bool remoteIsLoopback = false; // of the direct peer
    std::string requestId;         // the client's x-request-id when it is sane, else a new one
    // Fires with ClientGone when the client closes (half-closing after the request counts: it cannot be told
    // from leaving), with Shutdown at the end of a drain.
    CancelToken disconnected;
    CancelToken ending; // fires with Shutdown at the end of a drain, also when the client has gone before

    std::string_view header(std::string_view name) const { return findHeader(headers, name); }
    std::string queryValue(std::string_view key) const; // decoded; empty when absent
};

struct ServerResponse {
    int status = 200;
    std::vector<Header> headers; // Content-Length, Date, x-request-id and Connection are added
    std::string body;
};

// An open event stream. write() returns when the bytes are with the kernel, so a slow reader slows its
// writer; at most one write is under way. Errors: Cancelled (client gone or taking nothing in for the write
// time-out; one that reads slowly is waited for).
class SseStream {
  public:
    virtual ~SseStream() = default;
    virtual Task<void> write(std::string bytes) = 0; // whole events, see formatSse
    virtual Task<void> end(std::string bytes) = 0;   // after the last events, if there are any
};

// Where a handler puts its one answer. x-request-id is added to every response.
class ResponseWriter {
  public:
    virtual ~ResponseWriter() = default;
    virtual Task<void> send(ServerResponse response) = 0;
    // Commits status and headers: 200, text/event-stream, no-cache, X-Accel-Buffering: no. They go together
    // with what is written at once, or alone. While nothing is written for 15 s a comment keeps the
    // connection alive. A stream that is not ended looks cut to its reader.
    virtual Task<std::unique_ptr<SseStream>> startSse(std::vector<Header> headers) = 0;
    // An event to send instead of that comment, for the stream that is started next. It must stay for ever.
    virtual void keepAliveWith(std::string_view event) = 0;
    virtual bool committed() const = 0;
};

using Handler = std::function<asio::awaitable<void>(ServerRequest&, ResponseWriter&)>;

struct ServerLimits {
    std::size_t maxRequestLine = 8u << 10;
    std::size_t maxHeaderBytes = 32u << 10;
    int maxHeaders = 100;
    std::uint64_t maxBody = 10u << 20; // counted after decompression
    Millis headerTimeout{10000};
    Millis bodyIdleTimeout{15000};
    Millis keepAliveTimeout{75000};
    Millis writeTimeout{30000};
    Millis commentInterval{15000}; // of silence in an event stream, then a comment keeps it alive
    int maxConnections = 4096;
    int maxConnectionsPerClient = 64; // loopback and trusted proxies are not capped themselves
    std::vector<std::string> trustedProxies;
};

// Turns a protocol failure (413, 431, 400, 408, 503) that never reaches the handler into a body.
using ErrorBody = std::function<ServerResponse(int status, const Error& error)>;

class HttpServer {
  public:
    virtual ~HttpServer() = default;
    // "127.0.0.1:8686", "[::1]:0", "0.0.0.0:80". Port 0 lets the system choose. IoError when it cannot be
    // bound.
    virtual Result<void> listen(std::string_view address) = 0;
    // Takes over a TCP socket that listens already: the service manager's. It goes on collecting connections
    // after us, so a drain stops taking them at once. May be called for several. InvalidRequest for any other
    // descriptor, which then stays the caller's.
    virtual Result<void> adopt(int fd) = 0;
    // From the next request on.
    virtual void setLimits(ServerLimits limits) = 0;
    virtual std::string url() const = 0; // "http://127.0.0.1:8686", of the first socket
    virtual std::uint16_t port() const = 0;
    // Idle connections close; running exchanges may go on for `grace`, then their tokens fire with Shutdown.
    // Meanwhile new connections are still served, one request each, so that probes see what is going on.
    // When the last exchange that ran is over nobody is accepted any more; completes when the last
    // connection is gone.
    virtual asio::awaitable<void> drain(Millis grace) = 0;
    virtual int connections() const = 0;
};

std::unique_ptr<HttpServer> makeHttpServer(asio::io_context& io, ServerLimits limits, Handler handler,
                                           ErrorBody errorBody);

// Splits "host:port" (IPv6 in brackets); InvalidRequest otherwise.
struct HostPort {
    std::string host;
    std::uint16_t port = 0;
};
Result<HostPort> parseHostPort(std::string_view text);
bool isLoopbackHost(std::string_view host); // 127/8, ::1, localhost

} // namespace exo::net
