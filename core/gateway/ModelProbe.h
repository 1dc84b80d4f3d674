#pragma once
// The cheap probe of a target that was given a pause: its list of models is asked for. io thread.

#include "core/limits/CircuitBreaker.h"
#include "core/providers/Provider.h"

#include <memory>

namespace exo {

// Ends `permit` with what came of it. A refusal says nothing about the target: not every server has such a
// list. `timers` must stay.
asio::awaitable<void> probeModels(std::shared_ptr<Provider> provider, CircuitBreaker::Permit permit,
                                  Timers& timers);

} // namespace exo
