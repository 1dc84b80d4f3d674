#include "core/limits/Admission.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace exo {

namespace detail {

struct AdmissionWaiter : WaitingLine::Entry {
    AdmissionWaiter(const asio::any_io_executor& executor, AdmissionTicket&& ticket)
        : Entry(ticket.priority, std::move(ticket.tenant))
        , wake(executor, asio::steady_timer::time_point::max())
        , bytes(ticket.bodyBytes)
        , shared(std::move(ticket.shared)) {}

    asio::steady_timer wake; // never expires; cancelling it wakes the coroutine
    std::optional<AdmissionSlot> slot;
    std::optional<ErrorCode> refusal;
    std::size_t bytes;
    std::shared_ptr<SharedPriority> shared;
    Timers::Id timer = 0; // runs while it waits
};

// How fast slots came free lately.
class Pace {
  public:
    void note(SteadyTime now) {
        m_times[m_next] = now;
        m_next = (m_next + 1) % m_times.size();
        m_known = std::min(m_known + 1, m_times.size());
    }
    // Until so many more come free; a second when nothing is known.
    Millis timeFor(std::size_t slots, SteadyTime now) const {
        if (m_known == 0) return k_shortest;
        const SteadyTime oldest = m_times[(m_next + m_times.size() - m_known) % m_times.size()];
        const double each =
            std::chrono::duration<double, std::milli>(now - oldest).count() / static_cast<double>(m_known);
        const double all = std::min(each * static_cast<double>(slots), 1.0 * k_longest.count());
        return std::max(k_shortest, Millis(std::llround(all)));
    }

  private:
    static constexpr Millis k_shortest{1000};
    static constexpr Millis k_longest{30000};
    std::array<SteadyTime, 32> m_times;
    std::size_t m_next = 0;
    std::size_t m_known = 0;
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
    WaitingLine line;
    Pace pace;
    bool closed = false;

    AdmissionSlot grant() {
        ++stats.running;
        return AdmissionSlot(shared_from_this());
    }
    void enqueue(AdmissionWaiter& waiter) {
        line.add(waiter, clock.now());
        waiter.timer = timers.schedule(limits.queueTimeout,
                                       [this, &waiter] { refuse(waiter, ErrorCode::QueueTimeout); });
        ++stats.queued;
        stats.queuedBytes += waiter.bytes;
        if (!waiter.shared) return;
        waiter.shared->m_raised = [this, &waiter] { line.raise(waiter, waiter.shared->get(), clock.now()); };
        waiter.shared->m_raised();
    }
    void gone(const AdmissionWaiter& waiter) {
        timers.cancel(waiter.timer);
        if (waiter.shared) waiter.shared->m_raised = nullptr;
        --stats.queued;
        stats.queuedBytes -= waiter.bytes;
    }
    void dequeue(AdmissionWaiter& waiter) {
        if (!waiter.waiting()) return;
        line.remove(waiter);
        gone(waiter);
    }
    void refuse(AdmissionWaiter& waiter, ErrorCode code) {
        if (!waiter.waiting()) return;
        dequeue(waiter);
        waiter.refusal = code;
        waiter.wake.cancel();
    }
    void admitWaiting() {
        while (!line.empty() && stats.running < limits.running) {
            auto& waiter = static_cast<AdmissionWaiter&>(*line.take(clock.now()));
            gone(waiter);
            waiter.slot = grant();
            waiter.wake.cancel();
        }
    }
    void release() {
        --stats.running;
        pace.note(clock.now());
        admitWaiting();
    }
    bool full(std::size_t bytes) const {
        if (stats.queued >= limits.queued) return true;
        return stats.queued > 0 && stats.queuedBytes + bytes > limits.queuedBytes;
    }
    Error refused(ErrorCode code) const {
        Error error(code);
        if (code == ErrorCode::QueueFull || code == ErrorCode::QueueTimeout) {
            error.retryable = true;
            error.retryAfter = pace.timeFor(static_cast<std::size_t>(stats.queued) + 1, clock.now());
        }
        return error;
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

} // namespace

} // namespace detail

AdmissionSlot& AdmissionSlot::operator=(AdmissionSlot&& other) noexcept {
    if (this == &other) return *this;
    release();
    m_state = std::move(other.m_state);
    return *this;
}

void SharedPriority::raise(Priority priority) {
    if (priority >= m_priority) return;
    m_priority = priority;
    if (m_raised) m_raised();
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
    while (auto* entry = m_state->line.any())
        m_state->refuse(static_cast<detail::AdmissionWaiter&>(*entry), ErrorCode::ShuttingDown);
}

std::optional<Result<AdmissionSlot>> Admission::acquireNow(const CancelToken& cancel) {
    if (m_state->closed) return fail(ErrorCode::ShuttingDown);
    if (cancel.cancelled()) return fail(ErrorCode::Cancelled);
    if (saturated()) return std::nullopt;
    return m_state->grant();
}

Task<AdmissionSlot> Admission::acquire(AdmissionTicket ticket, CancelToken cancel) {
    const auto state = m_state; // the admission may be destroyed while this waits
    if (auto now = acquireNow(cancel)) co_return std::move(*now);
    if (state->full(ticket.bodyBytes)) {
        ++state->stats.queueFull;
        co_return state->refused(ErrorCode::QueueFull);
    }

    const auto executor = co_await asio::this_coro::executor;
    detail::AdmissionWaiter waiter(executor, std::move(ticket));
    const detail::Waiting waiting(state, waiter, cancel);
    while (!waiter.slot && !waiter.refusal)
        co_await waiter.wake.async_wait(asio::as_tuple(asio::use_awaitable));

    if (waiter.refusal == ErrorCode::QueueTimeout) ++state->stats.queueTimeout;
    if (waiter.refusal) co_return state->refused(*waiter.refusal);
    if (cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
    co_return std::move(*waiter.slot);
}

} // namespace exo
