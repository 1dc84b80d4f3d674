#pragma once
// Which failures are worth one more try at the same target, and after how long. Pure functions: any thread.

#include "core/base/Clock.h"
#include "core/base/Error.h"

#include <optional>

namespace exo {

// 500, 502, 503, 504, 529 and 408: the upstream is in trouble, not the request.
bool isUpstreamTrouble(int status);

// nullopt: do not repeat. Otherwise 0.5 s ± 20 % (`jitter` in 0–1 chooses within it), or the Retry-After of
// the upstream when it is longer; a Retry-After above 5 s means not here, not now. A time-out is never
// repeated: the upstream may still be at work, and the caller has waited long enough.
std::optional<Millis> retryDelay(const Error& error, double jitter);

} // namespace exo
