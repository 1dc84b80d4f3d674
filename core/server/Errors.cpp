#include "core/server/Errors.h"

#include "core/api/ErrorMap.h"
#include "core/base/Json.h"

#include <algorithm>
#include <string>

namespace exo::server {

namespace {

constexpr Millis k_longestHonestWait{60'000};

bool isMachineOrUpstream(ErrorCode code) {
    switch (code) {
    case ErrorCode::UpstreamTimeout:
    case ErrorCode::UpstreamConnection:
    case ErrorCode::UpstreamInvalidResponse:
    case ErrorCode::UpstreamRejected:
    case ErrorCode::StreamInterrupted:
    case ErrorCode::StorageError:
    case ErrorCode::StorageFull:
    case ErrorCode::StorageReadOnly:
    case ErrorCode::StorageCorrupt:
    case ErrorCode::ConfigError:
    case ErrorCode::IoError:
    case ErrorCode::Internal: return true;
    default: return false;
    }
}

bool passesThrough(const Error& error) {
    return error.upstreamStatus >= 400 && error.upstreamStatus < 500 && !error.upstreamBody.empty() &&
           error.code != ErrorCode::UpstreamTimeout;
}

// The official clients retry 408, 409, 429 and 5xx by themselves and wait as long as Retry-After says. Where
// the gateway has already tried everything, or waiting cannot help, they are told not to.
bool forbidsRetry(const Error& error) {
    switch (error.code) {
    case ErrorCode::InsufficientQuota:
    case ErrorCode::ContentFilter:
    case ErrorCode::NoProvider:
    case ErrorCode::NotCached:
    case ErrorCode::UpstreamTimeout:
    case ErrorCode::UpstreamConnection:
    case ErrorCode::UpstreamInvalidResponse:
    case ErrorCode::UpstreamRejected:
    case ErrorCode::StreamInterrupted:
    case ErrorCode::StorageFull:
    case ErrorCode::StorageReadOnly:
    case ErrorCode::StorageCorrupt: return true;
    default:
        return error.upstreamStatus != 0 || (error.retryAfter && *error.retryAfter > k_longestHonestWait);
    }
}

std::string retryAfterSeconds(const Error& error) {
    const Millis wait = error.retryAfter.value_or(Millis(1000));
    return std::to_string(std::max<std::int64_t>(1, (wait.count() + 999) / 1000));
}

// JSON text starts an object; anything else (a proxy's HTML page) must not be taken for a page of ours.
std::string contentTypeOf(const std::string& body) {
    const auto start = body.find_first_not_of(" \t\r\n");
    const bool json = start != std::string::npos && body[start] == '{';
    return json ? "application/json" : "text/plain; charset=utf-8";
}

} // namespace

Error publicError(const Error& error) {
    Error shown = error;
    if (isMachineOrUpstream(error.code)) shown.detail.clear();
    return shown;
}

net::ServerResponse errorResponse(const Error& error) {
    net::ServerResponse response;
    if (passesThrough(error)) {
        response.status = error.upstreamStatus;
        response.body = error.upstreamBody;
        response.headers.push_back({"Content-Type", contentTypeOf(response.body)});
        response.headers.push_back({"x-exobrain-error-origin", "upstream"});
    } else {
        response.status = api::httpError(error.code).status;
        response.body = dumpJson(api::openAiError(publicError(error)));
        response.headers.push_back({"Content-Type", "application/json"});
    }
    response.headers.push_back({"X-Content-Type-Options", "nosniff"});
    if (response.status == 429 || response.status == 503)
        response.headers.push_back({"Retry-After", retryAfterSeconds(error)});
    if (forbidsRetry(error)) response.headers.push_back({"x-should-retry", "false"});
    if (response.status == 401 && error.upstreamStatus == 0)
        response.headers.push_back({"WWW-Authenticate", "Bearer"});
    return response;
}

} // namespace exo::server
