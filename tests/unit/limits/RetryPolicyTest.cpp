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

} // namespace

TEST_CASE("what passes is repeated, what would fail again is not") {
    for (const int status : {408, 500, 502, 503, 504, 529})
        CHECK(retryDelay(rejected(status), 0.5) == Millis(500));
    for (const int status : {300, 400, 401, 403, 404, 409, 422, 429, 501})
        CHECK_FALSE(retryDelay(rejected(status), 0.5));
    CHECK(retryDelay(Error(ErrorCode::UpstreamConnection), 0.5) == Millis(500));
    CHECK(retryDelay(invalidResponse(true), 0.5) == Millis(500));
    CHECK_FALSE(retryDelay(invalidResponse(false), 0.5));
    for (const ErrorCode code :
         {ErrorCode::UpstreamTimeout, ErrorCode::Cancelled, ErrorCode::ContextLengthExceeded,
          ErrorCode::ContentFilter, ErrorCode::InsufficientQuota, ErrorCode::InvalidRequest,
          ErrorCode::StreamInterrupted, ErrorCode::Unsupported, ErrorCode::Internal})
        CHECK_FALSE(retryDelay(Error(code), 0.5));
}

TEST_CASE("a short Retry-After is obeyed, a long one ends the attempts") {
    CHECK(retryDelay(rejected(429, Millis(3000)), 0.5) == Millis(3000));
    CHECK(retryDelay(rejected(429, Millis(5000)), 0.5) == Millis(5000));
    CHECK(retryDelay(rejected(429, Millis(0)), 0.5) == Millis(500));
    CHECK_FALSE(retryDelay(rejected(429, Millis(5001)), 0.5));
    CHECK_FALSE(retryDelay(rejected(503, Millis(60000)), 0.5));
    CHECK(retryDelay(rejected(503, Millis(2000)), 0.5) == Millis(2000));
}

TEST_CASE("the backoff is spread by a fifth to both sides") {
    CHECK(retryDelay(rejected(500), 0) == Millis(400));
    CHECK(retryDelay(rejected(500), 1) == Millis(600));
    CHECK(retryDelay(rejected(500), 7) == Millis(600));
}
