#pragma once
// exo::Timers on the io context, and waiting with cancellation. One Asio timer serves them all (a heap of
// deadlines), so arming and cancelling cost no system call.

#include "core/base/Cancel.h"
#include "core/base/Clock.h"
#include "core/base/Task.h"

#include <memory>

namespace exo::net {

std::unique_ptr<Timers> makeTimers(asio::io_context& io);

// Completes after `delay`, or at once with Cancelled when the token fires. Works with any Timers, a fake one
// too.
Task<void> sleepFor(Timers& timers, Millis delay, CancelToken cancel);

} // namespace exo::net
