#pragma once
// Code, comment and blank lines of a text whose comments are known. Pure functions.

#include "core/analysis/parse/FileRecord.h"
#include "core/analysis/parse/Walk.h"

#include <span>
#include <string_view>

namespace exo::analysis {

enum class LineRules : std::uint8_t {
    Ours, // a blank line in a comment is comment, in a string code
    Cloc  // a blank line is blank wherever it stands
};

// `comments` and `longLeaves` in order of their start, none inside of another.
LineCounts countLines(std::string_view source, std::span<const ByteRange> comments,
                      std::span<const ByteRange> longLeaves, LineRules rules);

// Of languages without a grammar: by the markers of their comments, all code when there are none known.
LineCounts countPlainLines(std::string_view source, std::string_view languageName, LineRules rules);

} // namespace exo::analysis
