#pragma once
// Times in logarithmic cells with 128 steps per power of two (as HdrHistogram, https://hdrhistogram.org): a
// quantile is at most 0.4 % (below 13 µs: 50 ns) from the exact one. Recording is lock-free from any thread;
// reading too, and sees what was recorded before.

#include "core/base/Clock.h"
#include "core/monitor/Shards.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace exo {

// What was recorded, at one moment or over some time.
struct HistogramCounts {
    std::vector<std::uint64_t> cells;
    std::uint64_t count = 0;
    std::uint64_t sum = 0; // ns

    double meanMs() const;             // 0 when empty
    double quantileMs(double q) const; // nearest rank; 0 when empty
    // Recorded times up to `limit`, for Prometheus; exact to one cell.
    std::uint64_t countUpTo(std::chrono::nanoseconds limit) const;
};

class Histogram {
  public:
    static constexpr std::size_t k_cells = 3840; // to 1.9 hours; longer times count as that

    Histogram();
    void record(std::chrono::nanoseconds time);
    HistogramCounts counts() const;
    std::uint64_t count() const;

  private:
    struct Shard {
        std::array<std::atomic<std::uint64_t>, k_cells> cells{};
        std::atomic<std::uint64_t> count{0}, sum{0};
    };
    std::array<std::unique_ptr<Shard>, k_shards> m_shards;
};

// The last five minutes of a histogram, in slots of five seconds. One thread.
class HistogramWindow {
  public:
    HistogramWindow(const Histogram& histogram, const Clock& clock)
        : m_histogram(histogram)
        , m_clock(clock)
        , m_slotBegan(clock.now()) {}
    // Also forgets what is too old; to be called at least once a minute.
    HistogramCounts recent();

  private:
    struct Slot {
        SteadyTime end;
        std::vector<std::pair<std::uint32_t, std::uint64_t>> cells;
        std::uint64_t count = 0, sum = 0;
    };
    void closeSlot(const HistogramCounts& now);

    const Histogram& m_histogram;
    const Clock& m_clock;
    SteadyTime m_slotBegan;
    HistogramCounts m_last; // at the end of the last slot
    HistogramCounts m_gone; // all that is too old
    std::deque<Slot> m_slots;
};

// The same for a plain count.
class CountWindow {
  public:
    explicit CountWindow(const Clock& clock)
        : m_clock(clock) {}
    // What `total` grew by in the last five minutes.
    std::int64_t recent(std::int64_t total);

  private:
    const Clock& m_clock;
    std::deque<std::pair<SteadyTime, std::int64_t>> m_totals;
};

} // namespace exo
