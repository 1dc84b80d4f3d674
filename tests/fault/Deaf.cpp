#include "tests/fault/Deaf.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <thread>

namespace exo::test {

namespace {

using Clock = std::chrono::steady_clock;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int listenWith(int backlog, int receiveBuffer, std::uint16_t& port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receiveBuffer > 0) ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, backlog) != 0)
        throw std::runtime_error("cannot listen");
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    return fd;
}

} // namespace

NeverConnects::NeverConnects() {
    m_sockets.push_back(listenWith(0, 0, m_port));
    const auto until = Clock::now() + std::chrono::seconds(10);
    while (handshakes() == 0) { // as many as it takes until one hangs
        if (Clock::now() > until) throw std::runtime_error("the queue of connections does not fill");
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        const sockaddr_in address = loopback(m_port);
        ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        m_sockets.push_back(fd);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    m_own = handshakes();
}

NeverConnects::~NeverConnects() {
    for (const int fd : m_sockets)
        ::close(fd);
}

// Sockets in SYN_SENT towards the port, as sock_diag(7) tells them. /proc/net/tcp would do, but the kernel
// writes all of its table for each look, and tens of milliseconds of that would be measured with the rest.
int NeverConnects::handshakes() const {
    struct {
        nlmsghdr header{};
        inet_diag_req_v2 wanted{};
    } question;
    question.header.nlmsg_len = sizeof question;
    question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    question.wanted.sdiag_family = AF_INET;
    question.wanted.sdiag_protocol = IPPROTO_TCP;
    question.wanted.idiag_states = 1u << TCP_SYN_SENT;
    const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    const bool asked = fd >= 0 && ::send(fd, &question, sizeof question, 0) == ssize_t{sizeof question};
    alignas(nlmsghdr) std::array<char, 32768> answer; // NOLINT: filled by recv
    int count = 0;
    for (bool more = asked; more;) {
        auto left = static_cast<unsigned>(std::max<ssize_t>(0, ::recv(fd, answer.data(), answer.size(), 0)));
        more = left > 0;
        for (auto* part = reinterpret_cast<nlmsghdr*>(answer.data()); NLMSG_OK(part, left);
             part = NLMSG_NEXT(part, left)) {
            more = more && part->nlmsg_type == SOCK_DIAG_BY_FAMILY;
            if (!more) break;
            const auto* socket =
                reinterpret_cast<const inet_diag_msg*>(reinterpret_cast<const char*>(part) + NLMSG_HDRLEN);
            if (socket->id.idiag_dport == htons(m_port)) ++count;
        }
    }
    ::close(fd);
    if (!asked) throw std::runtime_error("the kernel does not tell its sockets");
    return count;
}

int NeverConnects::connecting() const {
    return handshakes() - m_own;
}

NeverReads::NeverReads()
    : m_listener(listenWith(8, 16 << 10, m_port)) {}

NeverReads::~NeverReads() {
    ::close(m_listener);
    if (m_connection >= 0) ::close(m_connection);
}

std::size_t NeverReads::waitUntilFull() {
    pollfd watched{m_listener, POLLIN, 0};
    if (::poll(&watched, 1, 20'000) != 1) throw std::runtime_error("nobody connects");
    m_connection = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
    int before = -1, unread = 0;
    for (int same = 0; same < 10; same = unread == before && unread > 0 ? same + 1 : 0) {
        before = unread;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        ::ioctl(m_connection, FIONREAD, &unread);
    }
    return static_cast<std::size_t>(unread);
}

std::size_t NeverReads::drain(Clock::time_point& end) const {
    std::array<char, 65536> chunk; // NOLINT: filled by recv
    std::size_t bytes = 0;
    pollfd watched{m_connection, POLLIN, 0};
    while (::poll(&watched, 1, 20'000) == 1) {
        const ssize_t count = ::recv(m_connection, chunk.data(), chunk.size(), 0);
        end = Clock::now();
        if (count <= 0) return bytes;
        bytes += static_cast<std::size_t>(count);
    }
    throw std::runtime_error("the connection stays open");
}

} // namespace exo::test
