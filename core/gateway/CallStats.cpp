#include "core/gateway/CallStats.h"

#include <algorithm>
#include <vector>

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

void CallStats::record(std::chrono::nanoseconds duration, Outcome outcome) {
    const float ms = std::chrono::duration<float, std::milli>(duration).count();
    m_samples[m_count++ % k_window] = {ms, outcome};
}

void CallStats::failCall(std::chrono::nanoseconds untilError, const Error& error) {
    if (callersMaking(error)) return;
    ++m_failed;
    record(untilError, Outcome::Failure);
}

void CallStats::failStream(const Error& error) {
    if (callersMaking(error)) return;
    ++m_failed;
    record({}, Outcome::LateFailure);
}

double CallStats::averageMs() const {
    double sum = 0;
    int timed = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        if (m_samples[i].outcome == Outcome::LateFailure) continue;
        sum += static_cast<double>(m_samples[i].ms);
        ++timed;
    }
    return timed == 0 ? 0 : sum / timed;
}

double CallStats::p95Ms() const {
    std::vector<float> times;
    for (std::size_t i = 0; i < size(); ++i)
        if (m_samples[i].outcome != Outcome::LateFailure) times.push_back(m_samples[i].ms);
    if (times.empty()) return 0;
    const std::size_t rank = (times.size() * 95 + 99) / 100; // nearest rank, from 1
    const auto place = times.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(times.begin(), place, times.end());
    return static_cast<double>(*place);
}

double CallStats::errorRate() const {
    int calls = 0;
    int failures = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        if (m_samples[i].outcome != Outcome::LateFailure) ++calls;
        if (m_samples[i].outcome != Outcome::Success) ++failures;
    }
    return calls == 0 ? 0 : std::min(1.0, static_cast<double>(failures) / calls);
}

} // namespace exo
