#pragma once
// What systemd wants to hear of a service, and what it hands over: the plain protocols of sd_notify(3) and
// sd_listen_fds(3), without its library. Does nothing when nobody listens.

#include "core/base/Result.h"

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace exo::cli {

// "READY=1", "WATCHDOG=1", "STOPPING=1", "STATUS=…"; to the socket named by NOTIFY_SOCKET. Any thread.
void notifyServiceManager(std::string_view state);
// RELOADING=1 with the time of now, as Type=notify-reload wants it; READY=1 ends it. Any thread.
void notifyReloading();
// How often it wants WATCHDOG=1 (WATCHDOG_USEC, when WATCHDOG_PID is this process or not set).
std::optional<std::chrono::milliseconds> watchdogInterval();

// The sockets it opened for us (LISTEN_FDS of this process), from descriptor 3 on, marked close-on-exec;
// empty when there are none. Once, from main before threads start: takes the variables out of the
// environment, so that no child believes them. InvalidRequest when they make no sense.
Result<std::vector<int>> takeListenSockets();

} // namespace exo::cli
