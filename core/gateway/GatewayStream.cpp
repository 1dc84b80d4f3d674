#include "core/gateway/GatewayStream.h"

namespace exo {

Task<std::optional<CompletionEvent>> GatewayStream::next() {
    if (m_first) {
        std::optional<CompletionEvent> first = std::move(m_first);
        m_first.reset();
        co_return std::move(first);
    }
    const ProviderWait wait(m_flight->clock, *m_meter);
    auto event = co_await m_stream->next();
    m_flight->call.report->overhead +=
        std::chrono::duration_cast<std::chrono::microseconds>(wait.elapsed() - wait.waited());
    if (!event && !m_failed) {
        m_failed = true;
        m_flight->stats->failStream(event.error());
    }
    co_return event;
}

} // namespace exo
