#pragma once
// Books what calls come to: whose fault a failure was is judged here, the figures are kept by CallMetrics.
// Shared with the streams that outlive their call. io thread.

#include "core/api/Types.h"
#include "core/base/Error.h"
#include "core/monitor/CallMetrics.h"

#include <chrono>
#include <string_view>

namespace exo {

class CallStats {
  public:
    explicit CallStats(const Clock& clock)
        : m_metrics(clock) {}

    enum class Kind : std::uint8_t { Whole, Stream };
    void begin() { ++m_metrics.total; }
    void succeed(std::chrono::nanoseconds untilAnswer, Kind kind);
    // Failures of the caller's making (cancelled, unknown model, a refused request) are not counted as
    // failed.
    void failCall(std::chrono::nanoseconds untilError, const Error& error);
    // A stream broke after it had begun, so after succeed().
    void failStream(const Error& error);
    void noteTokens(const api::Usage& usage);
    void noteUpstreamError(std::string_view provider, const Error& error);

    CallMetrics& metrics() { return m_metrics; }

  private:
    CallMetrics m_metrics;
};

} // namespace exo
