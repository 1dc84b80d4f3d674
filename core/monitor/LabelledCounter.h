#pragma once
// A counter for each combination of label values, as many as 512; those that come later are counted under
// "other", because clients may name any number of models. Adding to one that is there is lock-free; any
// thread.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

class LabelledCounter {
  public:
    static constexpr std::size_t k_labels = 4; // unused ones stay empty
    static constexpr std::size_t k_most = 512;
    using Labels = std::array<std::string_view, k_labels>;
    struct Value {
        std::array<std::string, k_labels> labels;
        std::uint64_t count = 0;
    };

    LabelledCounter();
    ~LabelledCounter();
    void add(const Labels& labels);
    std::vector<Value> values() const; // in the order of their first appearance

  private:
    struct Entry;
    Entry* find(const Labels& labels, std::size_t hash) const;
    Entry& insert(const Labels& labels, std::size_t hash);

    static constexpr std::size_t k_slots = 2048; // a power of two, well above k_most
    std::array<std::atomic<Entry*>, k_slots> m_slots{};
    mutable std::mutex m_inserting;
    std::vector<std::unique_ptr<Entry>> m_entries;
};

} // namespace exo
