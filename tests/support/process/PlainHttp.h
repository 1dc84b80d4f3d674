#pragma once
// A plain, blocking HTTP/1.1 client on POSIX sockets for tests and the benchmark: it shares no code with the
// product, so it judges from outside. One connection per request. Any thread.

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exo::test {

struct HttpReply {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers; // names in lower case
    std::string body;

    std::string header(std::string_view name) const; // empty when absent
};

struct HttpCall {
    std::string method = "GET";
    std::string url; // http://127.0.0.1:PORT/path
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::chrono::milliseconds timeout{30000}; // silence
};

// The connection was refused, broke, or was silent for too long.
class HttpFailure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Gets body bytes as they come; false closes the connection at once.
using OnBytes = std::function<bool(std::string_view)>;

HttpReply call(const HttpCall& request);
// The body goes to `onBytes`; the reply's own is filled as well.
HttpReply callStreaming(const HttpCall& request, const OnBytes& onBytes);

struct ServerEvent {
    std::string name;
    std::string data;
};
// Splits an event stream whose lines end with LF, as ours do.
class EventSplitter {
  public:
    std::vector<ServerEvent> feed(std::string_view bytes);

  private:
    std::string m_rest;
};

} // namespace exo::test
