#include "app/exobrain/ServiceManager.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace exo::cli {

namespace {

std::int64_t numberIn(const char* name) {
    const char* text = std::getenv(name);
    if (!text) return 0;
    std::int64_t value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

} // namespace

void notifyServiceManager(std::string_view state) {
    const char* path = std::getenv("NOTIFY_SOCKET");
    if (!path || (path[0] != '/' && path[0] != '@')) return;
    sockaddr_un address{};
    const std::size_t length = std::strlen(path);
    if (length >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = '\0'; // the abstract namespace
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    (void)::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                   reinterpret_cast<const sockaddr*>(&address), size);
    ::close(fd);
}

void notifyReloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const std::int64_t micros = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
    notifyServiceManager("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros));
}

std::optional<std::chrono::milliseconds> watchdogInterval() {
    const std::int64_t micros = numberIn("WATCHDOG_USEC");
    const std::int64_t pid = numberIn("WATCHDOG_PID");
    if (micros <= 0 || (pid != 0 && pid != ::getpid())) return std::nullopt;
    return std::chrono::milliseconds(micros / 2000); // half the time, as its manual advises
}

Result<std::vector<int>> takeListenSockets() {
    constexpr int k_first = 3, k_most = 64;
    const std::int64_t pid = numberIn("LISTEN_PID"), count = numberIn("LISTEN_FDS");
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
        ::unsetenv(name);
    std::vector<int> sockets;
    if (pid != ::getpid() || count <= 0) return sockets;
    if (count > k_most) return fail(ErrorCode::InvalidRequest, "LISTEN_FDS names too many sockets");
    for (int fd = k_first; fd < k_first + static_cast<int>(count); ++fd) {
        if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
            return fail(ErrorCode::InvalidRequest, "LISTEN_FDS names a socket that is not there");
        sockets.push_back(fd);
    }
    return sockets;
}

} // namespace exo::cli
