#include "tests/fault/RawCall.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>

namespace exo::test {

namespace {

using Clock = std::chrono::steady_clock;

void sendAll(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) throw std::runtime_error("the connection broke while sending");
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

bool complete(std::string_view received) {
    const auto head = received.find("\r\n\r\n");
    if (head == std::string_view::npos) return false;
    const std::string_view body = received.substr(head + 4);
    const auto length = received.find("Content-Length: ");
    if (length == std::string_view::npos || length > head) return body.ends_with("0\r\n\r\n");
    std::size_t bytes = 0;
    std::from_chars(received.data() + length + 16, received.data() + head, bytes);
    return body.size() >= bytes;
}

} // namespace

std::pair<std::string, std::uint16_t> hostAndPort(std::string_view url) {
    url.remove_prefix(std::string_view("http://").size());
    url = url.substr(0, url.find('/'));
    const auto colon = url.find(':');
    std::uint16_t port = 0;
    std::from_chars(url.data() + colon + 1, url.data() + url.size(), port);
    return {std::string(url.substr(0, colon)), port};
}

RawCall::RawCall(const RawRequest& request) {
    const auto [host, port] = hostAndPort(request.url);
    const std::string path = request.url.substr(request.url.find('/', 7));
    std::string head =
        request.method + " " + path + " HTTP/1.1\r\nHost: " + host + ":" + std::to_string(port) +
        "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(request.body.size()) +
        "\r\n";
    for (const auto& [name, value] : request.headers)
        head += name + ": " + value + "\r\n";
    m_fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (m_fd < 0) throw std::runtime_error("socket");
    if (request.receiveBuffer > 0)
        ::setsockopt(m_fd, SOL_SOCKET, SO_RCVBUF, &request.receiveBuffer, sizeof request.receiveBuffer);
    const int on = 1;
    ::setsockopt(m_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    try {
        if (::connect(m_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot connect to " + request.url);
        sendAll(m_fd, head + "\r\n" + request.body);
    } catch (...) {
        leave();
        throw;
    }
}

RawCall& RawCall::operator=(RawCall&& other) noexcept {
    leave();
    m_fd = std::exchange(other.m_fd, -1);
    m_received = std::move(other.m_received);
    return *this;
}

long RawCall::read(std::size_t most, std::chrono::milliseconds timeout) {
    pollfd watched{m_fd, POLLIN, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(timeout.count()));
    if (ready <= 0) return 0;
    std::array<char, 65536> chunk; // NOLINT: filled by recv
    const ssize_t count = ::recv(m_fd, chunk.data(), std::min(most, chunk.size()), 0);
    if (count <= 0) return -1;
    m_received.append(chunk.data(), static_cast<std::size_t>(count));
    return count;
}

bool RawCall::waitFor(std::string_view text, std::chrono::milliseconds timeout) {
    const auto until = Clock::now() + timeout;
    while (m_received.empty() || m_received.find(text) == std::string::npos) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        if (left.count() <= 0 || read(65536, left) < 0) return false;
    }
    return true;
}

bool RawCall::waitForEnd(std::chrono::milliseconds timeout) {
    const auto until = Clock::now() + timeout;
    while (!complete(m_received)) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        if (left.count() <= 0) return false;
        if (read(65536, left) < 0) return true;
    }
    return true;
}

void RawCall::takeMore() const {
    const int bytes = 4 << 20;
    ::setsockopt(m_fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

int RawCall::status() const {
    int status = 0;
    if (m_received.size() > 12) std::from_chars(m_received.data() + 9, m_received.data() + 12, status);
    return status;
}

std::string RawCall::header(std::string_view name) const {
    const std::string head = m_received.substr(0, m_received.find("\r\n\r\n") + 2);
    const auto at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const auto value = at + name.size() + 4;
    return head.substr(value, head.find("\r\n", value) - value);
}

std::string RawCall::body() const {
    const auto head = m_received.find("\r\n\r\n");
    return head == std::string::npos ? std::string() : m_received.substr(head + 4);
}

Clock::time_point RawCall::leave() {
    if (m_fd >= 0) ::close(std::exchange(m_fd, -1));
    return Clock::now();
}

Clock::time_point RawCall::leaveWithReset() {
    const linger now{1, 0};
    ::setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    return leave();
}

} // namespace exo::test
