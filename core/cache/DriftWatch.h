#pragma once
// Notices that other things are popular now than those the cache has counted so far. Two groups are compared:
// keys that were turned away a moment ago and are asked for again, and entries in the part of the cache that
// would go next and are asked for. Under a steady load those kept are worth more; when the turned away are
// worth several times as much, the counts mislead. Keys that never come back (a scan) and keys that come back
// later than a cache of this size could bridge (a loop) are no regrets. Not thread-safe.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace exo {

class DriftWatch {
  public:
    // One lookup in a cache of so many entries; true when the load has changed. At most once per period, a
    // quarter of the entries in lookups.
    bool onLookup(std::size_t entries, std::size_t atRisk);
    void onMiss(std::uint64_t hash);
    void onHitAtRisk() { ++m_hits; }
    void onRejected(std::uint64_t hash, std::size_t entries);
    // What was turned away so far is no regret any more.
    void forgive() { m_forgiven = m_now; }

    std::uint32_t now() const { return m_now; } // lookups so far; wraps
    static bool isBefore(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) < 0; }

  private:
    struct Rejected {
        std::uint32_t print = 0; // of the key
        std::uint32_t when = 0;
    };

    Rejected& place(std::uint64_t hash) { return m_rejected[hash >> 20 & (m_rejected.size() - 1)]; }

    std::vector<Rejected> m_rejected; // by hash, the later one stays; empty or a power of two
    std::uint32_t m_now = 0;
    std::uint32_t m_begin = 0; // of this period
    std::uint32_t m_length = 0;
    std::uint32_t m_forgiven = 0;
    std::int64_t m_rejections = 0, m_rejectionsBefore = 0;
    std::int64_t m_regrets = 0, m_hits = 0;
};

} // namespace exo
