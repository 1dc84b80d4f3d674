#include "core/limits/RetryPolicy.h"

#include <algorithm>

namespace exo {

namespace {

using FailOver = FailureVerdict::FailOver;
using Park = FailureVerdict::Park;

constexpr Millis k_backoff{500};
constexpr double k_spread = 0.2;
constexpr Millis k_longestRetryAfter{5000}; // a longer one means: not here, not now
constexpr Millis k_throttlePause{30000};    // of a 429 that names no time
constexpr Millis k_badKeyPause{60000};
constexpr Millis k_quotaPause{300'000};
constexpr Millis k_longestPause{300'000};

FailureVerdict throttled(const Error& error) {
    const Millis wait = error.retryAfter.value_or(k_throttlePause);
    const int repeats = error.retryAfter && wait <= k_longestRetryAfter ? 1 : 0;
    return {std::nullopt, repeats, FailOver::Yes, Park::Target, std::min(wait, k_longestPause)};
}

FailureVerdict rejected(const Error& error) {
    if (error.upstreamStatus == 429) return throttled(error);
    if (error.upstreamStatus == 401 || error.upstreamStatus == 403)
        return {std::nullopt, 0, FailOver::Yes, Park::Provider, k_badKeyPause};
    if (!isUpstreamTrouble(error.upstreamStatus) && error.upstreamStatus < 500) return {};
    int repeats = error.upstreamStatus == 408 ? 1 : 2;
    if (!isUpstreamTrouble(error.upstreamStatus)) repeats = 0; // 501, 505 …: the same again
    if (error.retryAfter && *error.retryAfter > k_longestRetryAfter) repeats = 0;
    return {BreakerFailure::Answer, repeats, FailOver::Yes, Park::Nothing, {}};
}

} // namespace

bool isUpstreamTrouble(int status) {
    constexpr int troubles[] = {408, 500, 502, 503, 504, 529};
    return std::ranges::find(troubles, status) != std::end(troubles);
}

FailureVerdict judge(const Error& error) {
    switch (error.code) {
    case ErrorCode::UpstreamConnection: return {BreakerFailure::Transport, 2, FailOver::Yes, {}, {}};
    // Never repeated: the upstream may still be at work, and the caller has waited long enough. Where nothing
    // was sent (retryable) there was no connection.
    case ErrorCode::UpstreamTimeout:
        return {
            error.retryable ? BreakerFailure::Transport : BreakerFailure::Answer, 0, FailOver::Yes, {}, {}};
    case ErrorCode::UpstreamInvalidResponse:
        return {BreakerFailure::Answer, error.retryable ? 1 : 0, FailOver::Yes, {}, {}};
    case ErrorCode::StreamInterrupted: return {BreakerFailure::Answer, 0, FailOver::Yes, {}, {}};
    case ErrorCode::UpstreamRejected: return rejected(error);
    case ErrorCode::InsufficientQuota: return {std::nullopt, 0, FailOver::Yes, Park::Provider, k_quotaPause};
    case ErrorCode::ContextLengthExceeded: return {std::nullopt, 0, FailOver::LargerContext, {}, {}};
    default: return {};
    }
}

Millis repeatDelay(const Error& error, int repeat, double jitter) {
    const double factor = 1.0 + k_spread * (2.0 * std::clamp(jitter, 0.0, 1.0) - 1.0);
    const auto base = static_cast<double>(k_backoff.count() << std::clamp(repeat - 1, 0, 4));
    const Millis backoff(static_cast<std::int64_t>(base * factor));
    return std::max(backoff, error.retryAfter.value_or(Millis(0)));
}

} // namespace exo
