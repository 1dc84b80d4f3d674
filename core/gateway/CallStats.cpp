#include "core/gateway/CallStats.h"

#include <algorithm>

namespace exo {

namespace {

bool callersMaking(const Error& error) {
    switch (error.code) {
    case ErrorCode::Cancelled:
    case ErrorCode::InvalidRequest:
    case ErrorCode::InvalidJson:
    case ErrorCode::ModelNotFound:
    case ErrorCode::ContextLengthExceeded:
    case ErrorCode::ContentFilter:
    case ErrorCode::Unsupported:
    case ErrorCode::ShuttingDown: return true;
    case ErrorCode::UpstreamRejected:
        return error.upstreamStatus == 400 || error.upstreamStatus == 404 || error.upstreamStatus == 409 ||
               error.upstreamStatus == 413 || error.upstreamStatus == 422;
    default: return false;
    }
}

} // namespace

void CallStats::succeed(std::chrono::nanoseconds untilAnswer, Kind kind) {
    m_metrics.answer.record(untilAnswer);
    if (kind == Kind::Stream) m_metrics.firstToken.record(untilAnswer);
}

void CallStats::failCall(std::chrono::nanoseconds untilError, const Error& error) {
    if (callersMaking(error)) return;
    ++m_metrics.failed;
    m_metrics.answer.record(untilError);
}

void CallStats::failStream(const Error& error) {
    if (!callersMaking(error)) ++m_metrics.failed;
}

void CallStats::noteTokens(const api::Usage& usage) {
    m_metrics.inputTokens += std::max<std::int64_t>(usage.inputTokens, 0);
    m_metrics.outputTokens += std::max<std::int64_t>(usage.outputTokens, 0);
}

void CallStats::noteUpstreamError(std::string_view provider, const Error& error) {
    if (error.code != ErrorCode::Cancelled) m_metrics.upstreamErrors.add({provider, toString(error.code)});
}

} // namespace exo
