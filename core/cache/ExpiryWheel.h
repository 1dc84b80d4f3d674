#pragma once
// Finds what has expired without looking at the rest: a hierarchical timing wheel (Varghese, Lauck: "Hashed
// and Hierarchical Timing Wheels", 1987) of 64 slots a level, one second, about a minute, about an hour,
// about three days. Adding, removing and expiring cost O(1) each. Not thread-safe.

#include "core/base/Clock.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <list>
#include <utility>

namespace exo {

template <class T>
class ExpiryWheel {
  public:
    struct Item {
        T value;
        std::int64_t due; // in ticks
    };
    using Slot = std::list<Item>;
    struct Ticket {
        Slot* slot = nullptr;
        typename Slot::iterator item{};
    };

    explicit ExpiryWheel(SteadyTime now)
        : m_now(ticks(now)) {}

    // The ticket is kept up to date as the item moves: it must stay where it is until the item is gone.
    void add(T value, SteadyTime due, Ticket& ticket) {
        // A second late rather than early.
        place(Item{std::move(value), std::max(ticks(due) + 1, m_now + 1)}, ticket);
    }
    static void remove(Ticket& ticket) {
        if (ticket.slot) ticket.slot->erase(ticket.item);
        ticket.slot = nullptr;
    }
    // Calls `expired(value)` for each item that is due; `ticketOf(value)` gives the ticket of an item.
    template <class Expired, class TicketOf>
    void advance(SteadyTime now, Expired expired, TicketOf ticketOf) {
        const std::int64_t end = ticks(now);
        if (end - m_now > k_jump) m_now = end - k_jump; // a machine that slept: all levels turn once, no more
        while (m_now < end) {
            ++m_now;
            for (int level = 1; level < k_levels && (m_now & ((std::int64_t{1} << level * k_bits) - 1)) == 0;
                 ++level)
                cascade(level, ticketOf);
            Slot due = std::move(m_levels[0][index(m_now, 0)]);
            m_levels[0][index(m_now, 0)].clear();
            for (Item& item : due)
                ticketOf(item.value).slot = nullptr;
            for (Item& item : due)
                expired(std::move(item.value));
        }
    }

  private:
    static constexpr int k_bits = 6;
    static constexpr int k_levels = 4;
    static constexpr std::int64_t k_slots = 1 << k_bits;
    static constexpr std::int64_t k_jump = std::int64_t{1} << (k_bits * k_levels);

    static std::int64_t ticks(SteadyTime time) {
        return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    }
    static std::size_t index(std::int64_t tick, int level) {
        return static_cast<std::size_t>(tick >> level * k_bits & (k_slots - 1));
    }
    void place(Item item, Ticket& ticket) {
        const std::int64_t wait = std::clamp<std::int64_t>(item.due - m_now, 1, k_jump - 1);
        int level = 0;
        while (level + 1 < k_levels && wait >= std::int64_t{1} << (level + 1) * k_bits)
            ++level;
        Slot& slot = m_levels[static_cast<std::size_t>(level)][index(m_now + wait, level)];
        ticket.item = slot.insert(slot.end(), std::move(item));
        ticket.slot = &slot;
    }
    template <class TicketOf>
    void cascade(int level, TicketOf& ticketOf) {
        Slot moved = std::move(m_levels[static_cast<std::size_t>(level)][index(m_now, level)]);
        m_levels[static_cast<std::size_t>(level)][index(m_now, level)].clear();
        for (Item& item : moved) {
            Ticket& ticket = ticketOf(item.value);
            item.due = std::max(item.due, m_now);
            if (item.due == m_now) { // due in this very tick: the finest slot that is emptied next
                Slot& slot = m_levels[0][index(m_now, 0)];
                ticket.item = slot.insert(slot.end(), std::move(item));
                ticket.slot = &slot;
            } else {
                place(std::move(item), ticket);
            }
        }
    }

    std::int64_t m_now;
    std::array<std::array<Slot, k_slots>, k_levels> m_levels;
};

} // namespace exo
