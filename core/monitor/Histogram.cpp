#include "core/monitor/Histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace exo {

namespace {

constexpr unsigned k_stepBits = 7;    // 128 steps per power of two
constexpr std::uint64_t k_unit = 100; // ns
constexpr std::uint64_t k_longest = (1ull << 36) - 1;
constexpr std::chrono::seconds k_window{300}, k_slot{5};

std::size_t cellOf(std::uint64_t value) {
    const unsigned width = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = width > k_stepBits + 1 ? width - (k_stepBits + 1) : 0;
    return (static_cast<std::size_t>(shift) << k_stepBits) + static_cast<std::size_t>(value >> shift);
}

std::uint64_t unitsOf(std::chrono::nanoseconds time) {
    const std::int64_t ns = std::max<std::int64_t>(time.count(), 0);
    return std::min(static_cast<std::uint64_t>(ns) / k_unit, k_longest);
}

// The middle of a cell, in ms.
double middleOf(std::size_t cell) {
    constexpr std::size_t k_exact = 2u << k_stepBits;
    const unsigned shift = cell < k_exact ? 0 : static_cast<unsigned>(cell >> k_stepBits) - 1;
    const std::uint64_t low = (cell - (static_cast<std::uint64_t>(shift) << k_stepBits)) << shift;
    const double width = static_cast<double>(1ull << shift);
    return (static_cast<double>(low) + width / 2) * static_cast<double>(k_unit) * 1e-6;
}

} // namespace

double HistogramCounts::meanMs() const {
    return count == 0 ? 0 : static_cast<double>(sum) * 1e-6 / static_cast<double>(count);
}

double HistogramCounts::quantileMs(double q) const {
    if (count == 0) return 0;
    const auto rank =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count))));
    std::uint64_t before = 0;
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        before += cells[cell];
        if (before >= rank) return middleOf(cell);
    }
    return 0; // a reader that overlaps with a writer may miss the last one
}

std::uint64_t HistogramCounts::countUpTo(std::chrono::nanoseconds limit) const {
    const std::size_t end = std::min(cellOf(unitsOf(limit)), cells.size());
    std::uint64_t all = 0;
    for (std::size_t cell = 0; cell < end; ++cell)
        all += cells[cell];
    return all;
}

Histogram::Histogram() {
    for (auto& shard : m_shards)
        shard = std::make_unique<Shard>();
}

void Histogram::record(std::chrono::nanoseconds time) {
    Shard& shard = *m_shards[shardOfThread()];
    const std::uint64_t units = unitsOf(time);
    shard.cells[cellOf(units)].fetch_add(1, std::memory_order_relaxed);
    shard.sum.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)),
                        std::memory_order_relaxed);
    shard.count.fetch_add(1, std::memory_order_release);
}

std::uint64_t Histogram::count() const {
    std::uint64_t all = 0;
    for (const auto& shard : m_shards)
        all += shard->count.load(std::memory_order_relaxed);
    return all;
}

HistogramCounts Histogram::counts() const {
    HistogramCounts counts;
    counts.cells.resize(k_cells);
    for (const auto& shard : m_shards) {
        const std::uint64_t recorded = shard->count.load(std::memory_order_acquire);
        if (recorded == 0) continue;
        counts.count += recorded;
        counts.sum += shard->sum.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i < k_cells; ++i)
            counts.cells[i] += shard->cells[i].load(std::memory_order_relaxed);
    }
    return counts;
}

void HistogramWindow::closeSlot(const HistogramCounts& now) {
    Slot slot{m_clock.now(), {}, now.count - m_last.count, now.sum - m_last.sum};
    m_last.cells.resize(Histogram::k_cells);
    for (std::size_t i = 0; i < now.cells.size(); ++i)
        if (const std::uint64_t more = now.cells[i] - m_last.cells[i]; more > 0)
            slot.cells.emplace_back(static_cast<std::uint32_t>(i), more);
    if (slot.count > 0) m_slots.push_back(std::move(slot));
    m_last = now;
    m_slotBegan = m_clock.now();
}

HistogramCounts HistogramWindow::recent() {
    const SteadyTime now = m_clock.now();
    HistogramCounts counts = m_histogram.counts();
    if (now - m_slotBegan >= k_slot) closeSlot(counts);
    m_gone.cells.resize(Histogram::k_cells);
    while (!m_slots.empty() && now - m_slots.front().end >= k_window) {
        for (const auto& [cell, number] : m_slots.front().cells)
            m_gone.cells[cell] += number;
        m_gone.count += m_slots.front().count;
        m_gone.sum += m_slots.front().sum;
        m_slots.pop_front();
    }
    counts.count -= m_gone.count;
    counts.sum -= m_gone.sum;
    for (std::size_t i = 0; i < counts.cells.size(); ++i)
        counts.cells[i] -= m_gone.cells[i];
    return counts;
}

std::int64_t CountWindow::recent(std::int64_t total) {
    const SteadyTime now = m_clock.now();
    if (m_totals.empty()) m_totals.emplace_back(now, 0);
    while (m_totals.size() > 1 && now - m_totals[1].first >= k_window)
        m_totals.pop_front();
    if (now - m_totals.back().first >= k_slot) m_totals.emplace_back(now, total);
    return total - m_totals.front().second;
}

} // namespace exo
