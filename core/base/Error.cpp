#include "core/base/Error.h"

#include <array>
#include <utility>

namespace exo {

namespace {
using Row = std::pair<ErrorCode, std::string_view>;
constexpr std::array k_codes{
    Row{ErrorCode::InvalidRequest, "invalid_request"},
    Row{ErrorCode::InvalidJson, "invalid_json"},
    Row{ErrorCode::RequestTooLarge, "request_too_large"},
    Row{ErrorCode::InvalidApiKey, "invalid_api_key"},
    Row{ErrorCode::PermissionDenied, "permission_denied"},
    Row{ErrorCode::NotFound, "not_found"},
    Row{ErrorCode::ModelNotFound, "model_not_found"},
    Row{ErrorCode::UnknownUrl, "unknown_url"},
    Row{ErrorCode::MethodNotAllowed, "method_not_allowed"},
    Row{ErrorCode::Conflict, "conflict"},
    Row{ErrorCode::KeyReused, "idempotency_key_reused"},
    Row{ErrorCode::NotCached, "not_cached"},
    Row{ErrorCode::RateLimitExceeded, "rate_limit_exceeded"},
    Row{ErrorCode::InsufficientQuota, "insufficient_quota"},
    Row{ErrorCode::QueueFull, "queue_full"},
    Row{ErrorCode::QueueTimeout, "queue_timeout"},
    Row{ErrorCode::CircuitOpen, "circuit_open"},
    Row{ErrorCode::Overloaded, "overloaded"},
    Row{ErrorCode::ShuttingDown, "shutting_down"},
    Row{ErrorCode::NoProvider, "no_provider"},
    Row{ErrorCode::UpstreamTimeout, "upstream_timeout"},
    Row{ErrorCode::UpstreamConnection, "upstream_connection_error"},
    Row{ErrorCode::UpstreamInvalidResponse, "upstream_invalid_response"},
    Row{ErrorCode::UpstreamRejected, "upstream_error"},
    Row{ErrorCode::ContextLengthExceeded, "context_length_exceeded"},
    Row{ErrorCode::ContentFilter, "content_filter"},
    Row{ErrorCode::StreamInterrupted, "stream_interrupted"},
    Row{ErrorCode::Cancelled, "client_closed_request"},
    Row{ErrorCode::StorageError, "storage_error"},
    Row{ErrorCode::StorageFull, "storage_full"},
    Row{ErrorCode::StorageReadOnly, "storage_read_only"},
    Row{ErrorCode::StorageCorrupt, "storage_corrupt"},
    Row{ErrorCode::ConfigError, "config_error"},
    Row{ErrorCode::IoError, "io_error"},
    Row{ErrorCode::WorkTimeout, "work_timeout"},
    Row{ErrorCode::WorkerCrashed, "worker_crashed"},
    Row{ErrorCode::Unsupported, "unsupported"},
    Row{ErrorCode::Internal, "internal_error"},
};
} // namespace

std::string_view ToString::operator()(ErrorCode code) const {
    for (const auto& [value, text] : k_codes)
        if (value == code) return text;
    return "internal_error";
}

std::optional<ErrorCode> errorCodeFromString(std::string_view text) {
    for (const auto& [value, name] : k_codes)
        if (name == text) return value;
    return std::nullopt;
}

std::string Error::toLogString() const {
    std::string out(toString(code));
    if (!param.empty()) out += " [" + param + "]";
    if (!detail.empty()) out += ": " + detail;
    if (upstreamStatus != 0) out += " (upstream status " + std::to_string(upstreamStatus) + ")";
    return out;
}

} // namespace exo
