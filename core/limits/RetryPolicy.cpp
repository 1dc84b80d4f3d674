#include "core/limits/RetryPolicy.h"

#include <algorithm>

namespace exo {

namespace {

constexpr Millis k_backoff{500};
constexpr double k_spread = 0.2;
constexpr Millis k_longestRetryAfter{5000};

bool worthRepeating(const Error& error) {
    switch (error.code) {
    case ErrorCode::UpstreamConnection: return true;
    case ErrorCode::UpstreamInvalidResponse: return error.retryable;
    case ErrorCode::UpstreamRejected:
        if (error.upstreamStatus == 429) return error.retryAfter.has_value();
        return isUpstreamTrouble(error.upstreamStatus);
    default: return false;
    }
}

} // namespace

bool isUpstreamTrouble(int status) {
    constexpr int troubles[] = {408, 500, 502, 503, 504, 529};
    return std::ranges::find(troubles, status) != std::end(troubles);
}

std::optional<Millis> retryDelay(const Error& error, double jitter) {
    if (!worthRepeating(error)) return std::nullopt;
    if (error.retryAfter && *error.retryAfter > k_longestRetryAfter) return std::nullopt;
    const double factor = 1.0 + k_spread * (2.0 * std::clamp(jitter, 0.0, 1.0) - 1.0);
    const Millis backoff(static_cast<std::int64_t>(static_cast<double>(k_backoff.count()) * factor));
    return std::max(backoff, error.retryAfter.value_or(Millis(0)));
}

} // namespace exo
