#include "app/desktop/QuitOnSignal.h"

#include <QCoreApplication>
#include <QSocketNotifier>

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace exo::desktop {

namespace {

// What the handler may touch. A handler and a pipe, not a blocked mask: programs we start would inherit the
// mask.
std::atomic<int> g_writeEnd = -1;

void onSignal(int) {
    const char byte = 1;
    if (::write(g_writeEnd.load(), &byte, 1) < 0) return; // full: a quit is on its way already
}

} // namespace

QuitOnSignal::QuitOnSignal(QObject* parent)
    : QObject(parent) {
    std::signal(SIGPIPE, SIG_IGN);
    if (::pipe2(m_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return;
    g_writeEnd = m_pipe[1];
    auto* notifier = new QSocketNotifier(m_pipe[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        char bytes[16];
        while (::read(m_pipe[0], bytes, sizeof bytes) > 0) {
        }
        QCoreApplication::quit();
    });
    struct sigaction action {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        ::sigaction(number, &action, nullptr);
    }
}

QuitOnSignal::~QuitOnSignal() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        std::signal(number, SIG_DFL);
    }
    g_writeEnd = -1;
    for (const int end : m_pipe) {
        if (end >= 0) ::close(end);
    }
}

} // namespace exo::desktop
