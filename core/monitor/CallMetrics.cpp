#include "core/monitor/CallMetrics.h"

#include <algorithm>

namespace exo {

CallMetrics::CallMetrics(const Clock& clock)
    : m_answer(answer, clock)
    , m_firstToken(firstToken, clock)
    , m_overhead(overhead, clock)
    , m_queueWait(queueWait, clock)
    , m_failed(clock) {}

CallMetrics::Recent CallMetrics::recent() {
    const HistogramCounts answers = m_answer.recent();
    const HistogramCounts own = m_overhead.recent();
    const std::int64_t failures = m_failed.recent(failed.load(std::memory_order_relaxed));
    Recent recent;
    recent.averageMs = answers.meanMs();
    recent.p50Ms = answers.quantileMs(0.50);
    recent.p95Ms = answers.quantileMs(0.95);
    recent.p99Ms = answers.quantileMs(0.99);
    if (answers.count > 0)
        recent.errorRate = std::min(1.0, static_cast<double>(failures) / static_cast<double>(answers.count));
    recent.firstTokenP95Ms = m_firstToken.recent().quantileMs(0.95);
    recent.overheadP50Ms = own.quantileMs(0.50);
    recent.overheadP99Ms = own.quantileMs(0.99);
    recent.queueWaitP95Ms = m_queueWait.recent().quantileMs(0.95);
    return recent;
}

} // namespace exo
