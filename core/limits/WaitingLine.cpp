#include "core/limits/WaitingLine.h"

namespace exo {

void WaitingLine::enter(Entry& entry) {
    Level& level = m_levels[entry.m_level];
    auto known = level.byName.find(entry.m_tenant);
    if (known == level.byName.end()) {
        level.turns.push_back({entry.m_tenant, {}});
        const auto last = std::prev(level.turns.end());
        known = level.byName.emplace(last->name, last).first;
    }
    entry.m_turn = known->second;
    entry.m_place = entry.m_turn->entries.insert(entry.m_turn->entries.end(), &entry);
}

void WaitingLine::leave(Entry& entry) {
    Level& level = m_levels[entry.m_level];
    entry.m_turn->entries.erase(entry.m_place);
    if (!entry.m_turn->entries.empty()) return;
    level.byName.erase(entry.m_turn->name);
    level.turns.erase(entry.m_turn);
}

void WaitingLine::add(Entry& entry, SteadyTime now) {
    ascend(now); // who rose before this one came stands before it
    enter(entry);
    entry.m_ascent = m_ascents.emplace(now + k_levelUpAfter, &entry);
    entry.m_waiting = true;
    ++m_size;
}

void WaitingLine::remove(Entry& entry) {
    if (!entry.m_waiting) return;
    leave(entry);
    m_ascents.erase(entry.m_ascent);
    entry.m_waiting = false;
    --m_size;
}

void WaitingLine::raise(Entry& entry, Priority priority, SteadyTime now) {
    ascend(now);
    const auto level = static_cast<std::size_t>(priority);
    if (!entry.m_waiting || entry.m_level <= level) return;
    leave(entry);
    entry.m_level = level;
    enter(entry);
}

// Whoever is in the best level stays there: its time is over and never comes up again.
void WaitingLine::ascend(SteadyTime now) {
    while (!m_ascents.empty() && m_ascents.begin()->first <= now) {
        auto due = m_ascents.extract(m_ascents.begin());
        Entry& entry = *due.mapped();
        if (entry.m_level == 0) {
            due.key() = SteadyTime::max();
        } else {
            leave(entry);
            --entry.m_level;
            enter(entry);
            due.key() += k_levelUpAfter;
        }
        entry.m_ascent = m_ascents.insert(std::move(due));
    }
}

WaitingLine::Entry* WaitingLine::take(SteadyTime now) {
    ascend(now);
    for (Level& level : m_levels) {
        if (level.turns.empty()) continue;
        Entry& entry = *level.turns.front().entries.front();
        level.turns.splice(level.turns.end(), level.turns, level.turns.begin());
        remove(entry);
        return &entry;
    }
    return nullptr;
}

} // namespace exo
