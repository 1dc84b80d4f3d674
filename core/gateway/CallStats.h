#pragma once
// Counts and times of finished calls, for the status line and the metrics. Shared with the streams that
// outlive their call. io thread.

#include "core/base/Error.h"

#include <array>
#include <chrono>
#include <cstdint>

namespace exo {

class CallStats {
  public:
    void begin() { ++m_total; }
    void succeed(std::chrono::nanoseconds untilAnswer) { record(untilAnswer, Outcome::Success); }
    // Failures of the caller's making (cancelled, unknown model, a refused request) are not counted as
    // failed.
    void failCall(std::chrono::nanoseconds untilError, const Error& error);
    // A stream broke after it had begun, so after succeed().
    void failStream(const Error& error);

    std::int64_t total() const { return m_total; }
    std::int64_t failed() const { return m_failed; }
    double averageMs() const;
    double p95Ms() const;
    double errorRate() const;

  private:
    enum class Outcome : std::uint8_t { Success, Failure, LateFailure };
    struct Sample {
        float ms = 0;
        Outcome outcome = Outcome::Success;
    };
    static constexpr std::size_t k_window = 1024;

    void record(std::chrono::nanoseconds duration, Outcome outcome);
    std::size_t size() const { return m_count < k_window ? m_count : k_window; }

    std::int64_t m_total = 0;
    std::int64_t m_failed = 0;
    std::size_t m_count = 0;
    std::array<Sample, k_window> m_samples{};
};

} // namespace exo
