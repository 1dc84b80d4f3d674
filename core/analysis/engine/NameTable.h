#pragma once
// Names numbered in the order in which they are first met, their texts in one block: a large tree has
// hundreds of thousands, and a node of a map for each would take several times what they say. One thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exo::analysis {

class NameTable {
  public:
    // Of a new one: the number of names before it.
    std::uint32_t idOf(std::string_view name);
    // Valid until the next new name.
    std::string_view text(std::uint32_t id) const {
        return std::string_view(m_text).substr(m_starts[id], m_starts[id + 1] - m_starts[id]);
    }
    std::size_t size() const { return m_starts.size() - 1; }
    // The texts one after the other, and where each starts, with the end of the last. Nothing is known then.
    std::pair<std::string, std::vector<std::uint64_t>> take();

  private:
    void grow();

    std::string m_text;
    std::vector<std::uint64_t> m_starts{0};
    std::vector<std::uint32_t> m_slots; // by hash: number + 1, 0 is free; at most half are taken
};

} // namespace exo::analysis
