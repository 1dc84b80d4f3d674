#pragma once
// How often a key was asked for lately: a count-min sketch of 4-bit counters that are halved after ten
// accesses per counter, so that old popularity fades (TinyLFU). Overestimates, never underestimates between
// two halvings. Not thread-safe.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace exo {

class FrequencySketch {
  public:
    // Room for about so many keys; grows by itself when asked for more, forgetting what it knew.
    explicit FrequencySketch(std::size_t keys) { resize(keys); }

    void resize(std::size_t keys);
    std::size_t capacity() const { return m_capacity; }
    void add(std::uint64_t hash);
    int estimate(std::uint64_t hash) const; // 0–15
    void halve();                           // also done by itself
    std::size_t memory() const { return m_table.size() * sizeof(std::uint64_t); }

  private:
    static constexpr int k_rows = 4;
    std::size_t slot(std::uint64_t hash, int row) const;

    std::vector<std::uint64_t> m_table; // sixteen counters each
    std::size_t m_capacity = 0;
    std::size_t m_mask = 0;
    std::size_t m_additions = 0;
};

} // namespace exo
