#include "app/exobrain/Signals.h"

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace exo::cli {

Signals::Signals(std::initializer_list<int> numbers) {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : numbers)
        sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_signals = ::signalfd(-1, &set, SFD_CLOEXEC);
    m_wake = ::eventfd(0, EFD_CLOEXEC);
    if (m_signals < 0 || m_wake < 0) std::abort(); // no descriptors at the very start
}

Signals::~Signals() {
    ::close(m_signals);
    ::close(m_wake);
}

int Signals::wait() {
    pollfd fds[] = {{m_signals, POLLIN, 0}, {m_wake, POLLIN, 0}};
    for (;;) {
        if (::poll(fds, 2, -1) < 0) continue; // EINTR: a debugger, or a signal that is not ours
        if (fds[0].revents != 0) {
            signalfd_siginfo info{};
            if (::read(m_signals, &info, sizeof info) == static_cast<ssize_t>(sizeof info))
                return static_cast<int>(info.ssi_signo);
        }
        if (fds[1].revents != 0) return k_woken;
    }
}

void Signals::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(m_wake, &one, sizeof one);
}

} // namespace exo::cli
