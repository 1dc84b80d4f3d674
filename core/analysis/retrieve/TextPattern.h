#pragma once
// What a text search looks for: a literal or an expression of RE2, where it is in a text, and which files of
// an index can hold it. Private to the search; once compiled and asked for its candidates, any thread may
// match.

#include "core/analysis/retrieve/TextIndex.h"
#include "core/analysis/retrieve/TextSearch.h"

#include <re2/filtered_re2.h>

#include <optional>
#include <string_view>
#include <vector>

namespace exo::analysis {

class TextPattern {
  public:
    // InvalidRequest, with the reason. `query` has to outlive it.
    Result<void> compile(const TextQuery& query);
    // A flag for each file of the index.
    std::vector<bool> candidates(const TextIndex& index);

    // The leftmost match from `from` on: its place, or npos.
    std::size_t find(std::string_view text, std::size_t from) const;
    // Whether bytes in no matter which encoding but UTF-16 have it only where their text has it.
    bool isPlain() const { return m_plain; }

  private:
    static constexpr int k_leastPiece = 2; // shorter strings are everywhere

    std::string_view m_literal; // empty: the expression
    bool m_plain = false;       // a literal of ASCII
    re2::FilteredRE2 m_filter{k_leastPiece};
};

// The lines of a text with a match, one after the other; a line once.
class LineFinder {
  public:
    // Nothing matches before `from`.
    LineFinder(const TextPattern& pattern, std::string_view text, std::size_t from = 0)
        : m_pattern(pattern)
        , m_text(text)
        , m_at(from) {}

    bool next();
    int line() const { return m_line; }
    int column() const { return m_column; } // in bytes, from 1
    std::string_view found() const { return m_found; }

  private:
    const TextPattern& m_pattern;
    std::string_view m_text, m_found;
    std::size_t m_at, m_counted = 0;
    int m_line = 1, m_column = 0;
};

} // namespace exo::analysis
