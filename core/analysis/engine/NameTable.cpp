#include "core/analysis/engine/NameTable.h"

#include <functional>
#include <utility>

namespace exo::analysis {

namespace {

constexpr std::size_t k_firstSlots = 1024;

// The slot of the name that `is` says it is, or the free one where it belongs.
template <class Is>
std::size_t slotOf(const std::vector<std::uint32_t>& slots, std::string_view name, Is is) {
    const std::size_t mask = slots.size() - 1;
    std::size_t slot = std::hash<std::string_view>()(name) & mask;
    while (slots[slot] != 0 && !is(slots[slot] - 1))
        slot = (slot + 1) & mask;
    return slot;
}

} // namespace

std::uint32_t NameTable::idOf(std::string_view name) {
    if ((size() + 1) * 2 > m_slots.size()) grow();
    std::uint32_t& slot = m_slots[slotOf(m_slots, name, [&](std::uint32_t id) { return text(id) == name; })];
    if (slot != 0) return slot - 1;
    m_text += name;
    m_starts.push_back(m_text.size());
    slot = static_cast<std::uint32_t>(size());
    return slot - 1;
}

void NameTable::grow() {
    m_slots.assign(m_slots.empty() ? k_firstSlots : m_slots.size() * 2, 0);
    for (std::uint32_t id = 0; id < size(); ++id) // each is another one
        m_slots[slotOf(m_slots, text(id), [](std::uint32_t) { return false; })] = id + 1;
}

std::pair<std::string, std::vector<std::uint64_t>> NameTable::take() {
    m_slots = {};
    m_text.shrink_to_fit();
    m_starts.shrink_to_fit();
    return {std::exchange(m_text, {}), std::exchange(m_starts, {0})};
}

} // namespace exo::analysis
