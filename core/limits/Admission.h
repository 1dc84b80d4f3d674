#pragma once
// The door of the gateway: so many calls run at once, so many wait in a bounded queue, the rest is refused.
// Waiting is event driven; who goes first is WaitingLine's affair. io thread; owned by the gateway.

#include "core/base/Cancel.h"
#include "core/base/Clock.h"
#include "core/base/Task.h"
#include "core/limits/WaitingLine.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace exo {

namespace detail {
struct AdmissionState;
}

struct AdmissionLimits {
    int running = 50;
    int queued = 200;
    std::size_t queuedBytes = 16u << 20; // of request bodies; one body alone may exceed it
    Millis queueTimeout{10000};
};

struct AdmissionStats {
    int running = 0;
    int queued = 0;
    std::size_t queuedBytes = 0;
    std::int64_t queueFull = 0;    // refused since the start
    std::int64_t queueTimeout = 0; // gave up waiting since the start
};

// How urgent a call is that others may join while it waits: as the most urgent of them, also when that one
// leaves. io thread; owned by whoever shares the call.
class SharedPriority {
  public:
    explicit SharedPriority(Priority priority)
        : m_priority(priority) {}
    Priority get() const { return m_priority; }
    void raise(Priority priority);

  private:
    friend struct detail::AdmissionState;
    Priority m_priority;
    std::function<void()> m_raised; // while the call waits
};

struct AdmissionTicket {
    Priority priority = Priority::Normal;
    std::string tenant;                       // those of one level take turns
    std::size_t bodyBytes = 0;                // what the request keeps in memory while it waits
    std::shared_ptr<SharedPriority> shared{}; // when there is one, the priority is at least this
};

// The right to run one call. Giving it up, on whatever path, lets the next one in.
class AdmissionSlot {
  public:
    AdmissionSlot() = default;
    AdmissionSlot(AdmissionSlot&& other) noexcept = default;
    AdmissionSlot& operator=(AdmissionSlot&& other) noexcept;
    ~AdmissionSlot() { release(); }
    void release();
    bool held() const { return m_state != nullptr; }

  private:
    friend struct detail::AdmissionState;
    explicit AdmissionSlot(std::shared_ptr<detail::AdmissionState> state)
        : m_state(std::move(state)) {}

    std::shared_ptr<detail::AdmissionState> m_state;
};

class Admission {
  public:
    Admission(AdmissionLimits limits, Clock& clock, Timers& timers);
    ~Admission();
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;

    // What needs no waiting, without a coroutine: a slot that is free, Cancelled or ShuttingDown. nullopt:
    // all are taken.
    std::optional<Result<AdmissionSlot>> acquireNow(const CancelToken& cancel);
    // The same, or waits for a slot. QueueFull and QueueTimeout then carry a retryAfter of 1 to 30 s: how
    // long the queue takes at the pace of the last calls.
    Task<AdmissionSlot> acquire(AdmissionTicket ticket, CancelToken cancel);
    // True when acquire() would have to wait.
    bool saturated() const;

    AdmissionStats stats() const;
    // Takes effect at once: a higher limit lets waiting calls in, a lower one waits for slots to be given up.
    void setLimits(AdmissionLimits limits);
    // Everyone in the queue and everyone later gets ShuttingDown; slots in use stay valid.
    void close();

  private:
    std::shared_ptr<detail::AdmissionState> m_state;
};

} // namespace exo
