#include "core/limits/RetryPolicy.h"

#include <doctest/doctest.h>

using namespace exo;

namespace {

Error rejected(int status, std::optional<Millis> retryAfter = {}) {
    Error error(ErrorCode::UpstreamRejected);
    error.upstreamStatus = status;
    error.retryAfter = retryAfter;
    return error;
}
Error invalidResponse(bool retryable) {
    Error error(ErrorCode::UpstreamInvalidResponse);
    error.retryable = retryable;
    return error;
}

// Within the time for the connection: nothing was sent.
Error neverConnected() {
    Error error(ErrorCode::UpstreamTimeout);
    error.retryable = true;
    return error;
}

} // namespace

TEST_CASE("what each failure means for the breaker, a repeat, the next target and the key") {
    using FailOver = FailureVerdict::FailOver;
    using Park = FailureVerdict::Park;
    struct Row {
        Error error;
        std::optional<BreakerFailure> breaker;
        int repeats;
        FailOver failOver;
        Park park = Park::Nothing;
    };
    const auto none = std::optional<BreakerFailure>();
    const Row rows[] = {
        {Error(ErrorCode::UpstreamConnection), BreakerFailure::Transport, 2, FailOver::Yes},
        {Error(ErrorCode::UpstreamTimeout), BreakerFailure::Answer, 0, FailOver::Yes},
        {neverConnected(), BreakerFailure::Transport, 0, FailOver::Yes},
        {Error(ErrorCode::StreamInterrupted), BreakerFailure::Answer, 0, FailOver::Yes},
        {rejected(500), BreakerFailure::Answer, 2, FailOver::Yes},
        {rejected(502), BreakerFailure::Answer, 2, FailOver::Yes},
        {rejected(503), BreakerFailure::Answer, 2, FailOver::Yes},
        {rejected(504), BreakerFailure::Answer, 2, FailOver::Yes},
        {rejected(529), BreakerFailure::Answer, 2, FailOver::Yes},
        {rejected(503, Millis(60000)), BreakerFailure::Answer, 0, FailOver::Yes},
        {rejected(501), BreakerFailure::Answer, 0, FailOver::Yes},
        {rejected(408), BreakerFailure::Answer, 1, FailOver::Yes},
        {rejected(429, Millis(5000)), none, 1, FailOver::Yes, Park::Target},
        {rejected(429, Millis(5001)), none, 0, FailOver::Yes, Park::Target},
        {rejected(429), none, 0, FailOver::Yes, Park::Target},
        {Error(ErrorCode::InsufficientQuota), none, 0, FailOver::Yes, Park::Provider},
        {rejected(401), none, 0, FailOver::Yes, Park::Provider},
        {rejected(403), none, 0, FailOver::Yes, Park::Provider},
        {Error(ErrorCode::ContextLengthExceeded), none, 0, FailOver::LargerContext},
        {Error(ErrorCode::ContentFilter), none, 0, FailOver::No},
        {rejected(400), none, 0, FailOver::No},
        {rejected(404), none, 0, FailOver::No},
        {rejected(409), none, 0, FailOver::No},
        {rejected(422), none, 0, FailOver::No},
        {Error(ErrorCode::Cancelled), none, 0, FailOver::No},
        {invalidResponse(true), BreakerFailure::Answer, 1, FailOver::Yes},
        {invalidResponse(false), BreakerFailure::Answer, 0, FailOver::Yes},
    };
    for (const Row& row : rows) {
        CAPTURE(row.error.toLogString());
        CAPTURE(row.error.upstreamStatus);
        const FailureVerdict verdict = judge(row.error);
        CHECK(verdict.breaker == row.breaker);
        CHECK(verdict.repeats == row.repeats);
        CHECK(verdict.failOver == row.failOver);
        CHECK(verdict.park == row.park);
    }
}

TEST_CASE("a pause lasts as long as the upstream asked for, but never for ever") {
    CHECK(judge(rejected(429, Millis(20000))).parkFor == Millis(20000));
    CHECK(judge(rejected(429)).parkFor == Millis(30000));
    CHECK(judge(rejected(429, Millis(86400'000))).parkFor == Millis(300'000));
}

TEST_CASE("the backoff doubles, is spread by a fifth to both sides, and obeys a longer wish") {
    CHECK(repeatDelay(rejected(500), 1, 0) == Millis(400));
    CHECK(repeatDelay(rejected(500), 1, 1) == Millis(600));
    CHECK(repeatDelay(rejected(500), 1, 7) == Millis(600));
    CHECK(repeatDelay(rejected(500), 2, 0.5) == Millis(1000));
    CHECK(repeatDelay(rejected(429, Millis(3000)), 1, 0.5) == Millis(3000));
    CHECK(repeatDelay(rejected(429, Millis(0)), 1, 0.5) == Millis(500));
}
