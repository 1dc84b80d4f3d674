#pragma once
// What can go wrong, as values. The core builds no sentences for people: core/api maps a code to an HTTP
// status and to zh/en text. `detail` is for logs and for the folded "details" of a dialog; it never holds a
// secret.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exo {

enum class ErrorCode : std::uint8_t {
    InvalidRequest, // a field is missing, of the wrong type or out of range; Error::param names it
    InvalidJson,    // not JSON, or nested deeper than allowed
    RequestTooLarge,
    InvalidApiKey, // missing, unknown, expired or revoked key of ours
    PermissionDenied,
    NotFound,
    ModelNotFound,
    UnknownUrl,
    MethodNotAllowed,
    Conflict,
    KeyReused,         // an Idempotency-Key came back with another request
    NotCached,         // only-if-cached, and it is not
    RateLimitExceeded, // our own limit
    InsufficientQuota,
    QueueFull,
    QueueTimeout,
    CircuitOpen,
    Overloaded,
    ShuttingDown,
    NoProvider,              // nothing is configured that could answer
    UpstreamTimeout,         // no answer, or silence, for the configured time
    UpstreamConnection,      // refused, DNS, TLS, reset before headers
    UpstreamInvalidResponse, // 2xx that is empty, not JSON or breaks the protocol
    UpstreamRejected,        // the upstream answered 4xx/5xx; Error::upstreamStatus and upstreamBody hold it
    ContextLengthExceeded,
    ContentFilter,
    StreamInterrupted, // a stream ended without its terminal event
    Cancelled,         // the caller went away or pressed Stop
    StorageError,
    StorageFull,
    StorageReadOnly, // a newer schema, or a failed fsync: reading goes on, writing is refused
    StorageCorrupt,
    ConfigError,
    IoError,
    WorkTimeout,   // a piece of our own work took longer than it may
    WorkerCrashed, // a child process ended in the middle of its work
    Unsupported,
    Internal,
};

// The fixed string of a code, e.g. "upstream_timeout". Stable: it is part of the HTTP API.
// A function object, so that argument-dependent look-up cannot pick it up in other libraries' templates.
struct ToString {
    std::string_view operator()(ErrorCode code) const;
};
inline constexpr ToString toString{};
std::optional<ErrorCode> errorCodeFromString(std::string_view text);

struct [[nodiscard]] Error {
    ErrorCode code = ErrorCode::Internal;
    std::string detail;
    std::string param;        // the offending field or setting, when one is known
    bool retryable = false;   // the same request may succeed if repeated
    int upstreamStatus = 0;   // HTTP status of the upstream, 0 when none was received
    std::string upstreamBody; // bounded copy of its error body, for 4xx pass-through
    std::optional<std::chrono::milliseconds> retryAfter; // wait this long before repeating

    Error() = default;
    explicit Error(ErrorCode c, std::string d = {}, std::string p = {})
        : code(c)
        , detail(std::move(d))
        , param(std::move(p)) {}

    // "upstream_timeout: no headers within 30000 ms" for logs.
    std::string toLogString() const;
};

} // namespace exo
