#pragma once
// Counts and times of model calls; the one place where they are kept. Recording is lock-free from any thread,
// the figures of the last five minutes are for one thread. Owned by the gateway and the calls under way.

#include "core/monitor/Histogram.h"
#include "core/monitor/LabelledCounter.h"

#include <atomic>
#include <cstdint>
#include <string_view>

namespace exo {

class CallMetrics {
  public:
    explicit CallMetrics(const Clock& clock);

    std::atomic<std::int64_t> total{0};
    std::atomic<std::int64_t> failed{0};                       // for other reasons than the caller's
    std::atomic<std::int64_t> inputTokens{0}, outputTokens{0}; // of upstream calls, not of cached answers
    std::atomic<std::int64_t> retries{0};
    Histogram answer;     // until the answer, or the first event of a stream, was there; failures too
    Histogram firstToken; // the same of streams that succeeded
    Histogram overhead;   // our own part of it
    Histogram queueWait;
    LabelledCounter upstreamErrors; // provider, code
    LabelledCounter fallbacks;      // the target asked for, the one that answered; "provider/model"

    struct Recent {
        double averageMs = 0, p50Ms = 0, p95Ms = 0, p99Ms = 0;
        double errorRate = 0; // 0–1
        double firstTokenP95Ms = 0, overheadP50Ms = 0, overheadP99Ms = 0, queueWaitP95Ms = 0;
    };
    Recent recent();

  private:
    HistogramWindow m_answer, m_firstToken, m_overhead, m_queueWait;
    CountWindow m_failed;
};

} // namespace exo
