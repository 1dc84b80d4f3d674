#include "core/server/Errors.h"

#include "core/base/Json.h"

#include <doctest/doctest.h>

using namespace exo;
using server::errorResponse;

namespace {
std::string header(const net::ServerResponse& response, std::string_view name) {
    return std::string(net::findHeader(response.headers, name));
}
} // namespace

TEST_CASE("each failure of a model call has the status, type and code clients rely on") {
    struct Row {
        ErrorCode code;
        int status;
        const char* type;
        const char* text;
    };
    const Row rows[] = {
        {ErrorCode::InvalidRequest, 400, "invalid_request_error", nullptr},
        {ErrorCode::InvalidJson, 400, "invalid_request_error", nullptr},
        {ErrorCode::MethodNotAllowed, 405, "invalid_request_error", nullptr},
        {ErrorCode::InvalidApiKey, 401, "invalid_request_error", "invalid_api_key"},
        {ErrorCode::ModelNotFound, 404, "invalid_request_error", "model_not_found"},
        {ErrorCode::UnknownUrl, 404, "invalid_request_error", "unknown_url"},
        {ErrorCode::RequestTooLarge, 413, "invalid_request_error", "request_too_large"},
        {ErrorCode::RateLimitExceeded, 429, "rate_limit_error", "rate_limit_exceeded"},
        {ErrorCode::InsufficientQuota, 429, "insufficient_quota", "insufficient_quota"},
        {ErrorCode::QueueFull, 503, "service_unavailable_error", "queue_full"},
        {ErrorCode::QueueTimeout, 503, "service_unavailable_error", "queue_timeout"},
        {ErrorCode::CircuitOpen, 503, "service_unavailable_error", "circuit_open"},
        {ErrorCode::UpstreamTimeout, 504, "timeout_error", "upstream_timeout"},
        {ErrorCode::UpstreamConnection, 502, "upstream_error", "upstream_connection_error"},
        {ErrorCode::UpstreamInvalidResponse, 502, "upstream_error", "upstream_invalid_response"},
    };
    for (const Row& row : rows) {
        const auto response = errorResponse(Error(row.code));
        const Json error = Json::parse(response.body)["error"];
        CHECK_MESSAGE(response.status == row.status, toString(row.code));
        CHECK_MESSAGE(error["type"] == row.type, toString(row.code));
        CHECK_MESSAGE(error["code"] == (row.text ? Json(row.text) : Json()), toString(row.code));
        CHECK_MESSAGE(error["message"].get<std::string>().size() > 5, toString(row.code));
        CHECK(error.contains("param"));
    }
}

TEST_CASE("an upstream's refusal passes as it came") {
    Error error(ErrorCode::UpstreamRejected, "upstream said 422");
    error.upstreamStatus = 422;
    error.upstreamBody = "{ \"error\": {\"message\":\"bad tool\", \"type\":\"x\"} }";
    const auto response = errorResponse(error);
    CHECK(response.status == 422);
    CHECK(response.body == error.upstreamBody);
    CHECK(header(response, "content-type") == "application/json");
    CHECK(header(response, "x-should-retry") == "false");
}

TEST_CASE("a page instead of JSON passes as text, never as a page of ours") {
    Error error(ErrorCode::UpstreamRejected);
    error.upstreamStatus = 404;
    error.upstreamBody = "<script>alert(1)</script>";
    const auto response = errorResponse(error);
    CHECK(header(response, "content-type") == "text/plain; charset=utf-8");
    CHECK(header(response, "x-content-type-options") == "nosniff");
}

TEST_CASE("an upstream's server error is told in our words without its details") {
    Error error(ErrorCode::UpstreamRejected, "https://internal.example/v1 answered 500");
    error.upstreamStatus = 500;
    error.upstreamBody = "stack trace";
    const auto response = errorResponse(error);
    CHECK(response.status == 502);
    CHECK(response.body.find("internal.example") == std::string::npos);
    CHECK(response.body.find("stack trace") == std::string::npos);
    const auto broken = errorResponse(Error(ErrorCode::StorageError, "/home/u/exobrain.db: I/O error"));
    CHECK(broken.body.find("/home/u") == std::string::npos);
}

TEST_CASE("Retry-After is whole seconds, at least one, and a long one forbids the client's own retries") {
    Error error(ErrorCode::RateLimitExceeded);
    error.retryAfter = Millis(1);
    CHECK(header(errorResponse(error), "retry-after") == "1");
    CHECK(header(errorResponse(error), "x-should-retry").empty());
    error.retryAfter = Millis(2001);
    CHECK(header(errorResponse(error), "retry-after") == "3");
    error.retryAfter = Millis(600'000);
    CHECK(header(errorResponse(error), "retry-after") == "600");
    CHECK(header(errorResponse(error), "x-should-retry") == "false");
    CHECK(header(errorResponse(Error(ErrorCode::QueueFull)), "retry-after") == "1");
    CHECK(header(errorResponse(Error(ErrorCode::InvalidRequest)), "retry-after").empty());
}

TEST_CASE("clients are told not to repeat what cannot succeed") {
    for (const ErrorCode code : {ErrorCode::InsufficientQuota, ErrorCode::ContentFilter,
                                 ErrorCode::UpstreamConnection, ErrorCode::UpstreamTimeout})
        CHECK(header(errorResponse(Error(code)), "x-should-retry") == "false");
}
