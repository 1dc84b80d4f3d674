#pragma once
// Which calls and which functions concern a name, so that asking for callers and callees reads those only.
// Immutable once made: any thread.

#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

namespace exo::analysis {

enum class CallConfidence : std::uint8_t { Exact, SameFile, Import, NameOnly, Unresolved };

// Indexes into the files and their functions; -1: the top of the file, or not known.
struct PackedCall {
    std::uint32_t fromFile = 0;
    std::int32_t fromFunction = -1;
    std::int32_t toFile = -1;
    std::int32_t toFunction = -1;
    std::uint32_t callee = 0, receiver = 0; // names, as written
    std::int32_t line = 0;
    std::uint16_t arguments = 0; // 65,535 also for more
    CallConfidence confidence = CallConfidence::Unresolved;
};

struct FunctionPlace {
    std::uint32_t file = 0;
    std::uint32_t function : 31 = 0;
    std::uint32_t hidden : 1 = 0; // only its file can see it
};

// What belongs to each name, in the order in which it came.
template <class T>
class ByName {
  public:
    // `each` is called twice and gives the same both times: put(name, item).
    template <class Each>
    void make(std::size_t names, Each each) {
        m_starts.assign(names + 1, 0);
        each([this](std::uint32_t name, const T&) { ++m_starts[name + 1]; });
        std::partial_sum(m_starts.begin(), m_starts.end(), m_starts.begin());
        std::vector<std::uint32_t> next(m_starts.begin(), m_starts.end() - 1);
        m_items.resize(m_starts.back());
        each([&](std::uint32_t name, const T& item) { m_items[next[name]++] = item; });
    }
    std::span<const T> of(std::uint32_t name) const { // of a name it does not know: none
        if (name + std::size_t{1} >= m_starts.size()) return {};
        return std::span(m_items).subspan(m_starts[name], m_starts[name + 1] - m_starts[name]);
    }

  private:
    std::vector<std::uint32_t> m_starts; // of each name; one more
    std::vector<T> m_items;
};

// "a::b.c" → "c"
std::string_view lastPart(std::string_view qualified);

} // namespace exo::analysis
