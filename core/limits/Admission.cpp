#include "core/limits/Admission.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <list>
#include <optional>

namespace exo {

namespace detail {

struct AdmissionWaiter {
    explicit AdmissionWaiter(const asio::any_io_executor& executor)
        : wake(executor) {}

    asio::steady_timer wake; // never expires; cancelling it wakes the coroutine
    std::optional<AdmissionSlot> slot;
    std::optional<ErrorCode> refusal;
    std::size_t bytes = 0;
    Priority priority = Priority::Normal;
    bool queued = false;
    Timers::Id timer = 0; // runs while it is queued
    std::list<AdmissionWaiter*>::iterator place;
};

struct AdmissionState : std::enable_shared_from_this<AdmissionState> {
    AdmissionState(AdmissionLimits l, Clock& c, Timers& t)
        : limits(l)
        , clock(c)
        , timers(t) {}

    AdmissionLimits limits;
    Clock& clock;
    Timers& timers;
    AdmissionStats stats;
    std::array<std::list<AdmissionWaiter*>, 3> queues;
    bool closed = false;

    AdmissionSlot grant() {
        ++stats.running;
        return AdmissionSlot(shared_from_this());
    }
    void enqueue(AdmissionWaiter& waiter) {
        auto& queue = queues[static_cast<std::size_t>(waiter.priority)];
        waiter.place = queue.insert(queue.end(), &waiter);
        waiter.queued = true;
        waiter.timer = timers.schedule(limits.queueTimeout,
                                       [this, &waiter] { refuse(waiter, ErrorCode::QueueTimeout); });
        ++stats.queued;
        stats.queuedBytes += waiter.bytes;
    }
    void dequeue(AdmissionWaiter& waiter) {
        if (!waiter.queued) return;
        queues[static_cast<std::size_t>(waiter.priority)].erase(waiter.place);
        waiter.queued = false;
        timers.cancel(waiter.timer);
        --stats.queued;
        stats.queuedBytes -= waiter.bytes;
    }
    void refuse(AdmissionWaiter& waiter, ErrorCode code) {
        if (!waiter.queued) return;
        dequeue(waiter);
        waiter.refusal = code;
        waiter.wake.cancel();
    }
    void admitWaiting() {
        for (auto& queue : queues) {
            while (!queue.empty() && stats.running < limits.running) {
                AdmissionWaiter& waiter = *queue.front();
                dequeue(waiter);
                waiter.slot = grant();
                waiter.wake.cancel();
            }
        }
    }
    void release() {
        --stats.running;
        admitWaiting();
    }
    bool full(std::size_t bytes) const {
        if (stats.queued >= limits.queued) return true;
        return stats.queued > 0 && stats.queuedBytes + bytes > limits.queuedBytes;
    }
};

namespace {

// Keeps the waiter in the queue and takes it out on every way out of acquire(), destruction of the coroutine
// included.
class Waiting {
  public:
    Waiting(std::shared_ptr<AdmissionState> state, AdmissionWaiter& waiter, const CancelToken& cancel)
        : m_state(std::move(state))
        , m_waiter(waiter) {
        m_state->enqueue(m_waiter);
        m_cancelled =
            cancel.onCancel([this](CancelReason) { m_state->refuse(m_waiter, ErrorCode::Cancelled); });
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { m_state->dequeue(m_waiter); }

  private:
    std::shared_ptr<AdmissionState> m_state;
    AdmissionWaiter& m_waiter;
    CancelRegistration m_cancelled;
};

Error refused(ErrorCode code) {
    Error error(code);
    if (code == ErrorCode::QueueFull || code == ErrorCode::QueueTimeout) {
        error.retryable = true;
        error.retryAfter = std::chrono::seconds(1);
    }
    return error;
}

} // namespace

} // namespace detail

AdmissionSlot& AdmissionSlot::operator=(AdmissionSlot&& other) noexcept {
    if (this == &other) return *this;
    release();
    m_state = std::move(other.m_state);
    return *this;
}

void AdmissionSlot::release() {
    if (const auto state = std::move(m_state)) state->release();
}

Admission::Admission(AdmissionLimits limits, Clock& clock, Timers& timers)
    : m_state(std::make_shared<detail::AdmissionState>(limits, clock, timers)) {}

Admission::~Admission() {
    close();
}

bool Admission::saturated() const {
    return m_state->stats.running >= m_state->limits.running;
}

AdmissionStats Admission::stats() const {
    return m_state->stats;
}

void Admission::setLimits(AdmissionLimits limits) {
    m_state->limits = limits;
    m_state->admitWaiting();
}

void Admission::close() {
    m_state->closed = true;
    for (auto& queue : m_state->queues) {
        while (!queue.empty())
            m_state->refuse(*queue.front(), ErrorCode::ShuttingDown);
    }
}

Task<AdmissionSlot> Admission::acquire(Priority priority, std::size_t bodyBytes, CancelToken cancel) {
    const auto state = m_state; // the admission may be destroyed while this waits
    if (state->closed) co_return fail(ErrorCode::ShuttingDown);
    if (cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
    if (state->stats.running < state->limits.running) co_return state->grant();
    if (state->full(bodyBytes)) {
        ++state->stats.queueFull;
        co_return detail::refused(ErrorCode::QueueFull);
    }

    const auto executor = co_await asio::this_coro::executor;
    detail::AdmissionWaiter waiter(executor);
    waiter.priority = priority;
    waiter.bytes = bodyBytes;
    waiter.wake.expires_at(asio::steady_timer::time_point::max());
    const detail::Waiting waiting(state, waiter, cancel);
    while (!waiter.slot && !waiter.refusal)
        co_await waiter.wake.async_wait(asio::as_tuple(asio::use_awaitable));

    if (waiter.refusal == ErrorCode::QueueTimeout) ++state->stats.queueTimeout;
    if (waiter.refusal) co_return detail::refused(*waiter.refusal);
    if (cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
    co_return std::move(*waiter.slot);
}

} // namespace exo
