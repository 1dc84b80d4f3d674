#pragma once
// Which calls concern a name, so that asking for callers and callees reads those calls only. Made once over
// the packed calls of a result, which keep their order. Immutable then: any thread.

#include "core/api/Analysis.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exo::analysis {

enum class CallConfidence : std::uint8_t { Exact, SameFile, Import, NameOnly, Unresolved };

// Indexes into the files and their functions; -1: the top of the file, or not known.
struct PackedCall {
    std::uint32_t fromFile = 0;
    std::int32_t fromFunction = -1;
    std::int32_t toFile = -1;
    std::int32_t toFunction = -1;
    std::uint32_t callee = 0; // name, as written
    std::int32_t line = 0;
    CallConfidence confidence = CallConfidence::Unresolved;
};

class CallLookup {
  public:
    // `calls` in order of file, `names` the text of callee numbers; the files outlive it.
    void make(const std::vector<PackedCall>& calls, const std::vector<api::AnalysisFile>& files,
              std::size_t names);

    // Indexes of calls, ascending. Those whose callee was written with this name …
    std::span<const std::uint32_t> writtenAs(std::uint32_t name) const;
    // … and those that lead to a function of it (of its last part, for a qualified name).
    std::span<const std::uint32_t> leadingTo(std::string_view function) const;
    // Those made within functions of that name.
    std::span<const std::uint32_t> madeIn(std::string_view function) const;

  private:
    using Lists =
        std::unordered_map<std::string_view, std::pair<std::uint32_t, std::uint32_t>>; // place, count
    static std::span<const std::uint32_t> in(const Lists& lists, const std::vector<std::uint32_t>& all,
                                             std::string_view key);

    std::vector<std::uint32_t> m_starts, m_byName; // calls of each name
    Lists m_toNames, m_fromNames;
    std::vector<std::uint32_t> m_to, m_from;
};

// "a::b.c" → "c"
std::string_view lastPart(std::string_view qualified);

} // namespace exo::analysis
