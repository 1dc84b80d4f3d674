#pragma once
// The first cache level: finished answers in memory, bounded in real bytes. What stays is decided by
// W-TinyLFU (Einziger, Friedman, Manes: "TinyLFU", ACM TOS 2017; window sized by hill climbing as in
// Caffeine): a new entry passes a small LRU window, then has to be more popular than the one it would drive
// out. When the load has changed (DriftWatch) the counts are worth little: they are cut, and for one turn of
// the cache whoever was used last stays, as in plain LRU. Entries end with their time to live, are kept for a
// while as expired answers, and leave by an expiry wheel, read or not. io thread only, so there are no shards
// and no locks.

#include "core/base/Clock.h"
#include "core/cache/AnswerCache.h"
#include "core/cache/DriftWatch.h"
#include "core/cache/ExpiryWheel.h"
#include "core/cache/FrequencySketch.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

namespace exo {

struct LocalCacheStats {
    std::int64_t hits = 0, misses = 0, evictions = 0, expired = 0, refused = 0;
    std::uint64_t bytes = 0, limit = 0;
    std::int64_t entries = 0;
};

class LocalCache {
  public:
    // `limit` in bytes, keys, values and bookkeeping counted. `staleFor`: how long an entry is kept past its
    // end. `seed` spreads the ends, so that what was stored together does not end together.
    LocalCache(std::uint64_t limit, Millis staleFor, const Clock& clock, std::uint32_t seed);

    std::optional<CacheHit> find(const CacheKey& key);
    // `age` is what the entry already has, of one that comes from elsewhere; `ttl` is what is left. A value
    // larger than 1/64 of the limit is refused: it would drive out many others.
    void store(const CacheKey& key, CacheValue value, Millis ttl, Millis age = Millis(0));
    void erase(const CacheKey& key);
    void clear();
    // What is over goes at once.
    void setLimit(std::uint64_t limit);
    // Drops what is past its end and its grace; to be called every second or so.
    void sweep();

    LocalCacheStats stats() const;
    // The bytes one entry counts for.
    static std::size_t weigh(const CacheValue& value);

  private:
    enum class Segment : std::uint8_t { Window, Probation, Protected };
    struct Entry {
        CacheKey key{};
        CacheValue value;
        SteadyTime stored{}; // moved back by the age it came with
        SteadyTime ends{};   // of its time to live
        std::uint32_t weight = 0;
        std::uint32_t used = 0; // the lookup of its last use, as DriftWatch counts
        Segment segment = Segment::Window;
        ExpiryWheel<Entry*>::Ticket ticket{};
    };
    using List = std::list<Entry>; // the front is the most recently used
    struct KeyHash {
        std::size_t operator()(const CacheKey& key) const;
    };

    List& list(Segment segment) { return m_lists[static_cast<std::size_t>(segment)]; }
    std::uint64_t& bytes(Segment segment) { return m_bytes[static_cast<std::size_t>(segment)]; }
    std::uint64_t total() const { return m_bytes[0] + m_bytes[1] + m_bytes[2]; }
    std::uint64_t windowLimit() const;
    std::uint64_t mainLimit() const { return m_limit - windowLimit(); }
    std::uint64_t mainBytes() const { return m_bytes[1] + m_bytes[2]; }
    List::iterator victim(); // of the main part, which is not empty
    void move(List::iterator entry, Segment to);
    void touch(List::iterator entry);
    void remove(List::iterator entry);
    void evict(List::iterator entry);
    void makeRoom();
    void admit(List::iterator candidate);
    bool deserves(const Entry& candidate, const Entry& victim);
    void shrinkProtected();
    void climb();
    void moveBorder();

    std::uint64_t m_limit;
    Millis m_staleFor;
    const Clock& m_clock;
    std::uint64_t m_random;
    std::array<List, 3> m_lists;
    std::array<std::uint64_t, 3> m_bytes{};
    std::unordered_map<CacheKey, List::iterator, KeyHash> m_index;
    FrequencySketch m_sketch;
    ExpiryWheel<Entry*> m_wheel;
    DriftWatch m_drift;
    std::size_t m_openFor = 0; // so many more are let in without a contest
    LocalCacheStats m_stats;

    // Hill climbing of the window's share.
    double m_windowShare = 0.01;
    double m_step = 0.0625;
    double m_lastRate = 0;
    std::int64_t m_sampleHits = 0, m_sampleLookups = 0;
};

} // namespace exo
