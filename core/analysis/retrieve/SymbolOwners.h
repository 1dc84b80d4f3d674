#pragma once
// Which symbol's lines a line belongs to, the innermost one: the stretches of each file, packed. Filled file
// by file; immutable then: any thread.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace exo::analysis {

class SymbolOwners {
  public:
    struct Span {
        int start = 0, end = 0; // lines
        std::uint32_t document = 0;
    };
    struct Stretch {
        int line = 0; // the first
        std::uint32_t document = 0;
    };
    // Files in order; `whole` is what a line outside all spans belongs to.
    void addFile(std::uint32_t whole, std::vector<Span> spans);

    // Walks a file with lines that ascend.
    class Cursor {
      public:
        Cursor(const SymbolOwners& owners, std::uint32_t file)
            : m_at(owners.m_stretches.data() + owners.m_first[file])
            , m_end(owners.m_stretches.data() + owners.m_first[file + 1]) {}
        std::uint32_t at(int line) {
            constexpr int k_near = 4;
            int steps = 0;
            while (m_at + 1 != m_end && m_at[1].line <= line && steps++ < k_near)
                ++m_at;
            if (steps > k_near)
                m_at = std::upper_bound(
                           m_at, m_end, line,
                           [](int wanted, const Stretch& stretch) { return wanted < stretch.line; }) -
                       1;
            return m_at->document;
        }

      private:
        const Stretch* m_at;
        const Stretch* m_end;
    };

  private:
    std::vector<Stretch> m_stretches;      // from its line to the next; each file begins with line 0
    std::vector<std::uint32_t> m_first{0}; // of each file; one more
};

} // namespace exo::analysis
