#include "core/server/KeptAnswer.h"

#include <utility>

namespace exo::server {

void KeptAnswer::begin(Head head) {
    m_head = std::move(head);
    m_changed.notify();
}

void KeptAnswer::add(std::string_view bytes) {
    m_tooLarge = m_tooLarge || m_bytes.size() + bytes.size() > k_maxBytes;
    if (m_tooLarge)
        std::string().swap(m_bytes); // the one who does the work goes on; nobody else can be given all of it
    else
        m_bytes += bytes;
    m_changed.notify();
}

void KeptAnswer::finish() {
    m_done = true;
    m_changed.notify();
}

void KeptAnswer::fail(Error error, std::vector<net::Header> headers) {
    m_error = std::move(error);
    m_errorHeaders = std::move(headers);
    m_changed.notify();
}

Error KeptAnswer::error() const {
    if (m_error) return *m_error;
    if (m_tooLarge) return exo::fail(ErrorCode::Conflict, "the answer is too large to be given out twice");
    return exo::fail(ErrorCode::Cancelled);
}

asio::awaitable<bool> KeptAnswer::waitForHead(CancelToken cancel) {
    const auto kept = shared_from_this();
    const auto wake = cancel.onCancel([this](CancelReason) { m_changed.notify(); });
    while (!m_head && !m_error && !cancel.cancelled())
        co_await m_changed.wait();
    co_return m_head && !cancel.cancelled();
}

asio::awaitable<bool> KeptAnswer::waitForMore(std::size_t seen, CancelToken cancel) {
    const auto kept = shared_from_this();
    const auto wake = cancel.onCancel([this](CancelReason) { m_changed.notify(); });
    const auto ready = [&] { return m_done || m_error || m_tooLarge || m_bytes.size() > seen; };
    while (!ready() && !cancel.cancelled())
        co_await m_changed.wait();
    co_return !cancel.cancelled() && !m_tooLarge && (m_done || m_bytes.size() > seen);
}

KeptAnswer::Waiter::Waiter(std::shared_ptr<KeptAnswer> answer, const CancelToken& client)
    : m_answer(std::move(answer)) {
    ++m_answer->m_waiters;
    m_gone = client.onCancel([this](CancelReason reason) { leave(reason); });
}

void KeptAnswer::Waiter::leave(CancelReason reason) {
    const auto answer = std::exchange(m_answer, nullptr);
    if (!answer) return;
    m_gone.reset();
    if (--answer->m_waiters == 0 && answer->running()) answer->m_cancel.cancel(reason);
}

} // namespace exo::server
