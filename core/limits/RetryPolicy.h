#pragma once
// What a failure means: whether it counts against the target, is worth another try there, elsewhere, or
// nowhere, and for how long the target should be left alone. Pure functions: any thread.

#include "core/base/Clock.h"
#include "core/base/Error.h"
#include "core/limits/CircuitBreaker.h"

#include <cstdint>
#include <optional>

namespace exo {

struct FailureVerdict {
    enum class FailOver : std::uint8_t { No, Yes, LargerContext };
    enum class Park : std::uint8_t { Nothing, Target, Provider }; // Provider: its key is no good now

    std::optional<BreakerFailure> breaker; // nullopt: says nothing about the health of the target
    int repeats = 0;                       // further tries at the same target, before anything was sent on
    FailOver failOver = FailOver::No;
    Park park = Park::Nothing;
    Millis parkFor{0};
};

FailureVerdict judge(const Error& error);

// 500, 502, 503, 504, 529 and 408: the upstream is in trouble, not the request.
bool isUpstreamTrouble(int status);

// How long to wait before the `repeat`-th further try (1, 2, …): 0.5 s, doubling, ± 20 % (`jitter` in 0–1
// chooses within it), or what the upstream asked for when that is longer.
Millis repeatDelay(const Error& error, int repeat, double jitter);

} // namespace exo
