#pragma once
// Outgoing HTTP behind one interface. Plain http without a proxy goes over sockets of our own (model servers
// on this machine and in its network: the cheapest way); everything else over libcurl multi driven by the io
// context: HTTP/2, TLS session reuse, HTTP and SOCKS proxies. Both pool connections. Lives on the io thread.

#include "core/base/Cancel.h"
#include "core/base/Clock.h"
#include "core/base/Secret.h"
#include "core/base/Task.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exo::net {

struct Header {
    std::string name;
    std::string value;
};

// First value of a header, names compared without case; empty when absent.
std::string_view findHeader(const std::vector<Header>& headers, std::string_view name);

struct ProxySettings {
    enum class Mode { None, System, Custom }; // System: http_proxy, https_proxy, all_proxy, no_proxy
    Mode mode = Mode::System;
    std::string url; // Custom: http://, https://, socks5://, socks5h://, with user:password@ when needed
};

struct HttpTimeouts {
    Millis connect{5000};
    Millis headers{30000}; // from the call to the last response header, connecting included
    Millis idle{30000};    // silence between two reads of the body; does not run while the reader is slow
    Millis total{0};       // whole exchange; 0 = none
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<Header> headers; // values with CR, LF or NUL are refused
    std::string body;
    HttpTimeouts timeouts;
    ProxySettings proxy;
    std::size_t maxBodyBytes = 64u << 20; // of the decoded response; UpstreamInvalidResponse past it
};

// A response whose headers have arrived. Destroying it before the end closes the connection to the upstream
// at once.
class HttpResponse {
  public:
    virtual ~HttpResponse() = default;
    virtual int status() const = 0;
    virtual const std::vector<Header>& headers() const = 0;
    // The next bytes of the body; empty at the end. At most ~256 KiB wait unread before the transfer is
    // paused. UpstreamTimeout (idle/total), UpstreamConnection (cut), Cancelled.
    virtual Task<std::string> read() = 0;
    // The rest of the body.
    virtual Task<std::string> readAll() = 0;
};

class HttpClient {
  public:
    virtual ~HttpClient() = default;
    // Returns when the headers are there, whatever the status. Redirects are not followed. Errors:
    // InvalidRequest (URL, header), UpstreamConnection, UpstreamTimeout, Cancelled. Cancelling the token also
    // ends a later read().
    virtual Task<std::unique_ptr<HttpResponse>> send(HttpRequest request, CancelToken cancel) = 0;
};

enum class HttpEngine { Auto, Curl }; // Curl: for everything

std::unique_ptr<HttpClient> makeHttpClient(asio::io_context& io, HttpEngine engine = HttpEngine::Auto);

} // namespace exo::net
