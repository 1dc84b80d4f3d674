#include "tests/support/process/PlainHttp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

namespace exo::test {

namespace {

struct Target {
    std::string host;
    std::uint16_t port = 80;
    std::string path = "/";
};

Target parseUrl(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) throw HttpFailure("not an http:// address: " + std::string(url));
    url.remove_prefix(scheme.size());
    Target target;
    const auto slash = std::min(url.find('/'), url.size());
    const std::string_view authority = url.substr(0, slash);
    if (slash < url.size()) target.path = url.substr(slash);
    const auto colon = authority.rfind(':');
    target.host = authority.substr(0, colon);
    if (colon != std::string_view::npos)
        std::from_chars(authority.data() + colon + 1, authority.data() + authority.size(), target.port);
    return target;
}

class Socket {
  public:
    Socket(const Target& target, std::chrono::milliseconds timeout)
        : m_timeout(static_cast<int>(timeout.count())) {
        m_fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(target.port);
        const std::string host = target.host == "localhost" ? "127.0.0.1" : target.host;
        if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
            throw HttpFailure("no IPv4 address: " + host);
        const int on = 1;
        ::setsockopt(m_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(m_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            ::close(m_fd);
            throw HttpFailure("cannot connect");
        }
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { ::close(m_fd); }

    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t count = ::send(m_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) throw HttpFailure("the connection broke while sending");
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    // False at the end.
    bool receive(std::string& into) const {
        pollfd watched{m_fd, POLLIN, 0};
        int ready = 0;
        while ((ready = ::poll(&watched, 1, m_timeout)) < 0 && errno == EINTR) {
        }
        if (ready == 0) throw HttpFailure("nothing came for the whole time-out");
        std::array<char, 16384> chunk{};
        const ssize_t count = ::recv(m_fd, chunk.data(), chunk.size(), 0);
        if (count < 0) throw HttpFailure("the connection broke");
        into.append(chunk.data(), static_cast<std::size_t>(count));
        return count > 0;
    }

  private:
    int m_fd = -1;
    int m_timeout;
};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return out;
}

std::string requestBytes(const HttpCall& request, const Target& target) {
    std::string bytes = request.method + ' ' + target.path + " HTTP/1.1\r\nHost: " + target.host + ':' +
                        std::to_string(target.port) + "\r\nConnection: close\r\n";
    for (const auto& [name, value] : request.headers)
        bytes += name + ": " + value + "\r\n";
    if (!request.body.empty() || request.method == "POST")
        bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return bytes + "\r\n" + request.body;
}

HttpReply parseHead(std::string_view head) {
    HttpReply reply;
    auto end = head.find("\r\n");
    const std::string_view statusLine = head.substr(0, end);
    if (statusLine.size() < 12) throw HttpFailure("no status line");
    std::from_chars(statusLine.data() + 9, statusLine.data() + 12, reply.status);
    while (end != std::string_view::npos && end + 2 < head.size()) {
        head.remove_prefix(end + 2);
        end = head.find("\r\n");
        const std::string_view line = head.substr(0, end);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        std::string_view value = line.substr(colon + 1);
        while (value.starts_with(' '))
            value.remove_prefix(1);
        reply.headers.emplace_back(lower(line.substr(0, colon)), value);
    }
    return reply;
}

// Takes whole chunks from `input`; true once the last has come.
bool takeChunks(std::string& input, std::string& out) {
    while (true) {
        const auto end = input.find("\r\n");
        if (end == std::string::npos) return false;
        std::size_t size = 0;
        std::from_chars(input.data(), input.data() + end, size, 16);
        if (input.size() < end + 2 + size + 2) return false;
        out.append(input, end + 2, size);
        input.erase(0, end + 2 + size + 2);
        if (size == 0) return true;
    }
}

void receiveBody(const Socket& socket, std::string input, HttpReply& reply, const OnBytes& onBytes) {
    const bool chunked = lower(reply.header("transfer-encoding")) == "chunked";
    const std::string lengthText = reply.header("content-length");
    std::optional<std::size_t> length;
    if (!lengthText.empty()) length = std::stoull(lengthText);
    std::string fresh;
    while (true) {
        bool complete = false;
        if (chunked) {
            complete = takeChunks(input, fresh);
        } else {
            fresh += std::exchange(input, {});
            complete = length && reply.body.size() + fresh.size() >= *length;
        }
        reply.body += fresh;
        if (!fresh.empty() && onBytes && !onBytes(std::exchange(fresh, {}))) return;
        fresh.clear();
        if (complete) return;
        if (!socket.receive(input)) {
            if (chunked || length) throw HttpFailure("the body ended too early");
            return;
        }
    }
}

} // namespace

std::string HttpReply::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

HttpReply callStreaming(const HttpCall& request, const OnBytes& onBytes) {
    const Target target = parseUrl(request.url);
    const Socket socket(target, request.timeout);
    socket.send(requestBytes(request, target));
    std::string input;
    auto end = std::string::npos;
    while ((end = input.find("\r\n\r\n")) == std::string::npos)
        if (!socket.receive(input)) throw HttpFailure("the connection closed before an answer");
    HttpReply reply = parseHead(std::string_view(input).substr(0, end));
    if (reply.status != 204 && request.method != "HEAD")
        receiveBody(socket, input.substr(end + 4), reply, onBytes);
    return reply;
}

HttpReply call(const HttpCall& request) {
    return callStreaming(request, {});
}

std::vector<ServerEvent> EventSplitter::feed(std::string_view bytes) {
    m_rest += bytes;
    std::vector<ServerEvent> events;
    for (auto end = m_rest.find("\n\n"); end != std::string::npos; end = m_rest.find("\n\n")) {
        ServerEvent event;
        std::string_view block = std::string_view(m_rest).substr(0, end + 1);
        while (!block.empty()) {
            const std::string_view line = block.substr(0, block.find('\n'));
            block.remove_prefix(line.size() + 1);
            if (line.starts_with("event: ")) event.name = line.substr(7);
            if (line.starts_with("data: ")) event.data += line.substr(6);
        }
        m_rest.erase(0, end + 2);
        if (!event.name.empty() || !event.data.empty()) events.push_back(std::move(event));
    }
    return events;
}

} // namespace exo::test
