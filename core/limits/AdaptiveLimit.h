#pragma once
// How many calls one target is given to answer at once, learnt from its time to answer: the gradient
// controller of Envoy's adaptive concurrency filter (envoyproxy.io, "Adaptive Concurrency"). After each
// window
//   limit' = g·limit + √(g·limit), g = (minRTT + 25 %) / (median of the window), within 0.5–2.
// minRTT is the median of a measurement, while which only `least` calls are in flight: with the first calls;
// about every five minutes if calls have met the limit since; and when it has been `least` for five windows.
//
// What differs, because a model takes seconds where a web service takes milliseconds: a call is in flight
// from its asking until the target begins to answer, not while it goes on (how long depends on the answer); a
// window has ten samples and lasts a second, or twice minRTT; the limit begins with `most`; a measurement
// that keeps callers waiting ends after five seconds, or half of queueTimeout, with what it has, and where
// that is nothing the first window stands in.
//
// Samples are answers that have begun. A call that was given up without one counts as slower than any, but
// never for minRTT; failures, refusals and cancelled calls say nothing. Who has to wait does so as in
// limits/Admission.h. io thread; owned by the gateway.

#include "core/limits/Admission.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace exo {

struct AdaptiveBounds {
    int least = 3;
    int most = 50; // at least 1; `least` is never above it
    Millis queueTimeout{10000};
};

struct AdaptiveSnapshot {
    int limit = 0; // that holds now, in a measurement `least`
    int inFlight = 0;
    int waiting = 0;
};

class AdaptiveLimit {
  public:
    struct Impl;

    // The right to ask the target for one answer. One that is dropped says nothing. May outlive the limit,
    // not clock and timers.
    class Place {
      public:
        Place() = default;
        bool held() const { return m_impl != nullptr; }
        void answered(std::chrono::nanoseconds after); // its first byte or event is there
        void gaveUp();                                 // none came in the time allowed

      private:
        friend class AdaptiveLimit;
        Place(std::shared_ptr<Impl> impl, AdmissionSlot slot);

        std::shared_ptr<Impl> m_impl;
        std::uint64_t m_measurement = 0; // the latest that had begun
        AdmissionSlot m_slot;
    };

    // `seed`: of the jitter between two measurements.
    AdaptiveLimit(AdaptiveBounds bounds, Clock& clock, Timers& timers, std::uint32_t seed);

    // As Admission's: what needs no waiting, nullopt when all places are taken.
    std::optional<Result<Place>> acquireNow(const CancelToken& cancel);
    // QueueTimeout, Cancelled.
    Task<Place> acquire(AdmissionTicket ticket, CancelToken cancel);
    bool saturated() const;
    AdaptiveSnapshot snapshot() const;
    void setBounds(AdaptiveBounds bounds);

  private:
    std::shared_ptr<Impl> m_impl; // of the places as well
};

} // namespace exo
