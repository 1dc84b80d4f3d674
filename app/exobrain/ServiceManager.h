#pragma once
// What systemd wants to hear of a service: the plain protocol of sd_notify(3), without its library. Does
// nothing when nobody listens. Any thread.

#include <chrono>
#include <optional>
#include <string_view>

namespace exo::cli {

// "READY=1", "WATCHDOG=1", "STOPPING=1", "STATUS=…"; to the socket named by NOTIFY_SOCKET.
void notifyServiceManager(std::string_view state);
// How often it wants WATCHDOG=1 (WATCHDOG_USEC, when WATCHDOG_PID is this process or not set).
std::optional<std::chrono::milliseconds> watchdogInterval();

} // namespace exo::cli
