#pragma once
// The distinct names of all symbols in one block of text, so that a search for a part of a name is one pass
// over memory. Made once over files of a result. Immutable then: any thread.

#include "core/analysis/engine/FileSymbols.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct SymbolPlace {
    std::uint32_t file = 0, symbol = 0;
    auto operator<=>(const SymbolPlace&) const = default;
};

class SymbolNames {
  public:
    void make(const std::vector<FileSymbols>& files);
    void make(const std::vector<FileSymbols>& files, const std::vector<std::uint32_t>& which); // ascending

    struct Match {
        int rank = 0; // 0 the whole name, 1 its beginning, 2 a part; 3–5 the same when case differs
        std::span<const SymbolPlace> places;
    };
    // In order of rank, then of first appearance. All names for an empty query.
    std::vector<Match> find(std::string_view query) const;
    // Symbols of exactly this name.
    std::span<const SymbolPlace> named(std::string_view name) const;
    struct Near {
        int edits = 0;
        std::span<const SymbolPlace> places;
    };
    // Names that differ from it by at most two edits, in order of first appearance.
    std::vector<Near> similar(std::string_view name) const;

  private:
    std::string_view textOf(std::size_t name) const;
    std::span<const SymbolPlace> placesOf(std::size_t name) const;

    std::string m_text, m_lower;         // the names, each ended by a line end; and in lower case
    std::vector<std::uint32_t> m_starts; // of each name in the text, in order of first appearance; one more
    std::vector<std::uint32_t> m_first;  // of each name in m_places; one more
    std::vector<SymbolPlace> m_places;
    std::vector<std::uint32_t> m_sorted; // names by their text
};

} // namespace exo::analysis
