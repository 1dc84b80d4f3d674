#pragma once
// So many requests in any window of time, exactly: the times of the counted requests of each key are kept.
// A fixed window would let twice as many through around its border. io thread; owned by the server.

#include "core/base/Clock.h"
#include "core/base/Result.h"

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exo {

struct Rate {
    int requests = 100;
    Millis window{60000};
    friend bool operator==(const Rate&, const Rate&) = default;
};

// "100/60s", as `keys create --rate` and the store have it. InvalidRequest.
Result<Rate> parseRate(std::string_view text);

// What counts as one client: an IPv4 address, the /56 of an IPv6 address (one household has that many).
std::string clientOfAddress(std::string_view address);

struct RateVerdict {
    bool allowed = false;
    int remaining = 0;
    Millis untilMore{0}; // refused: until one is allowed; else until one more than `remaining` is; 0: all are
    Millis untilFull{0}; // until all are
};

class RateLimiter {
  public:
    // Of more keys than `mostKeys` the one seen last longest ago is forgotten.
    explicit RateLimiter(const Clock& clock, std::size_t mostKeys = 10000)
        : m_clock(clock)
        , m_mostKeys(mostKeys) {}

    // Counts one request of `key` unless it is refused. The rate may change from call to call.
    RateVerdict count(std::string_view key, const Rate& rate);
    // What count() would say, nothing counted.
    RateVerdict look(std::string_view key, const Rate& rate);
    std::size_t keys() const { return m_byName.size(); }

  private:
    // A ring of times that grows as needed.
    class Times {
      public:
        void dropUntil(SteadyTime end);
        void add(SteadyTime now);
        std::size_t size() const { return m_size; }
        SteadyTime at(std::size_t index) const { return m_ring[(m_first + index) & (m_ring.size() - 1)]; }

      private:
        std::vector<SteadyTime> m_ring; // its size is a power of two, or none
        std::size_t m_first = 0;
        std::size_t m_size = 0;
    };
    struct Entry {
        std::string name;
        Times times;
        SteadyTime over; // from then on nothing of it counts
    };
    using Entries = std::list<Entry>;

    Entry& entry(std::string_view key, SteadyTime now);
    void forgetOld(SteadyTime now);
    static RateVerdict verdict(const Times& times, const Rate& rate, SteadyTime now);

    const Clock& m_clock;
    std::size_t m_mostKeys;
    Entries m_entries;                                                // the latest seen first
    std::unordered_map<std::string_view, Entries::iterator> m_byName; // views of the entries' names
};

} // namespace exo
