#include "core/gateway/Departure.h"

namespace exo {

Draining::Draining(const CancelToken& client, const CancelToken& ending, Timers& timers)
    : m_timers(timers) {
    m_client = client.onCancel([this](CancelReason reason) { onCancel(reason); });
    m_ending = ending.onCancel([this](CancelReason reason) { onCancel(reason); });
}

Draining::~Draining() {
    if (m_timer != 0) m_timers.cancel(m_timer);
}

void Draining::onCancel(CancelReason reason) {
    if (reason != CancelReason::ClientGone || !m_held) {
        m_source.cancel(reason); // may destroy this
        return;
    }
    m_left = true;
    m_timer = m_timers.schedule(k_longest, [this] {
        m_timer = 0;
        m_source.cancel(CancelReason::ClientGone);
    });
}

bool Draining::letGo() {
    const CancelToken token = m_source.token();
    m_held = false;
    if (m_left) m_source.cancel(CancelReason::ClientGone);
    return token.cancelled();
}

} // namespace exo
