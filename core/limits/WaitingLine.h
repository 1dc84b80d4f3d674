#pragma once
// Who waits, in which order they go: by level (priority, one level better for every five seconds waited), in
// a level the tenants take turns, for one tenant the first come goes first. No timers: the levels are brought
// up to date when somebody comes or is to go. io thread; owned by the admission.

#include "core/base/Clock.h"

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace exo {

enum class Priority : std::uint8_t { High, Normal, Low };

class WaitingLine {
  public:
    static constexpr Millis k_levelUpAfter{5000};

    class Entry;

    bool empty() const { return m_size == 0; }
    std::size_t size() const { return m_size; }
    // The entry must stay where it is until it was taken or removed.
    void add(Entry& entry, SteadyTime now);
    void remove(Entry& entry);
    // To the end of that level, when it is a better one than the entry has come to.
    void raise(Entry& entry, Priority priority, SteadyTime now);
    // Whose turn it is, taken out; nullptr when nobody waits.
    Entry* take(SteadyTime now);
    Entry* any() const { return m_ascents.empty() ? nullptr : m_ascents.begin()->second; }

  private:
    struct Tenant {
        std::string name;
        std::list<Entry*> entries; // never empty
    };
    struct Level {
        std::list<Tenant> turns; // the next one first
        std::unordered_map<std::string_view, std::list<Tenant>::iterator>
            byName; // views of the tenants' names
    };
    using Ascents = std::multimap<SteadyTime, Entry*>;

    void enter(Entry& entry);
    void leave(Entry& entry);
    void ascend(SteadyTime now);

    std::array<Level, 3> m_levels;
    Ascents m_ascents; // everybody, by the time of the next level
    std::size_t m_size = 0;

  public:
    class Entry {
      public:
        Entry(Priority priority, std::string tenant)
            : m_level(static_cast<std::size_t>(priority))
            , m_tenant(std::move(tenant)) {}
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        bool waiting() const { return m_waiting; }

      private:
        friend class WaitingLine;
        std::size_t m_level;
        std::string m_tenant;
        bool m_waiting = false;
        std::list<Tenant>::iterator m_turn;
        std::list<Entry*>::iterator m_place;
        Ascents::iterator m_ascent;
    };
};

} // namespace exo
