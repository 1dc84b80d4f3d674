#include "core/monitor/LabelledCounter.h"

#include "core/base/Text.h"

#include <algorithm>
#include <functional>

namespace exo {

namespace {

constexpr std::size_t k_longestLabel = 128;

std::size_t hashOf(const LabelledCounter::Labels& labels) {
    std::size_t hash = 0;
    for (const std::string_view label : labels)
        hash = hash * 1'000'003 ^ std::hash<std::string_view>()(label);
    return hash;
}

} // namespace

struct LabelledCounter::Entry {
    std::array<std::string, k_labels> labels;
    std::atomic<std::uint64_t> count{0};

    bool is(const Labels& others) const { return std::equal(labels.begin(), labels.end(), others.begin()); }
};

LabelledCounter::LabelledCounter() = default;
LabelledCounter::~LabelledCounter() = default;

LabelledCounter::Entry* LabelledCounter::find(const Labels& labels, std::size_t hash) const {
    for (std::size_t i = 0; i < k_slots; ++i) {
        Entry* entry = m_slots[(hash + i) % k_slots].load(std::memory_order_acquire);
        if (!entry || entry->is(labels)) return entry;
    }
    return nullptr;
}

LabelledCounter::Entry& LabelledCounter::insert(const Labels& labels, std::size_t hash) {
    const std::lock_guard lock(m_inserting);
    if (Entry* there = find(labels, hash)) return *there; // another thread was first
    auto entry = std::make_unique<Entry>();
    std::ranges::copy(labels, entry->labels.begin());
    Entry& added = *m_entries.emplace_back(std::move(entry));
    std::size_t slot = hash % k_slots;
    while (m_slots[slot].load(std::memory_order_relaxed))
        slot = (slot + 1) % k_slots;
    m_slots[slot].store(&added, std::memory_order_release);
    return added;
}

void LabelledCounter::add(const Labels& labels) {
    const std::size_t hash = hashOf(labels);
    Entry* entry = find(labels, hash);
    if (!entry) {
        Labels known{};
        for (std::size_t i = 0; i < k_labels; ++i)
            known[i] = utf8Prefix(labels[i], k_longestLabel);
        bool full = false;
        {
            const std::lock_guard lock(m_inserting);
            full = m_entries.size() >= k_most;
        }
        if (full)
            for (auto& label : known)
                if (!label.empty()) label = "other";
        const std::size_t knownHash = hashOf(known);
        entry = find(known, knownHash);
        if (!entry) entry = &insert(known, knownHash);
    }
    entry->count.fetch_add(1, std::memory_order_relaxed);
}

std::vector<LabelledCounter::Value> LabelledCounter::values() const {
    const std::lock_guard lock(m_inserting);
    std::vector<Value> out;
    for (const auto& entry : m_entries)
        out.push_back({entry->labels, entry->count.load(std::memory_order_relaxed)});
    return out;
}

} // namespace exo
