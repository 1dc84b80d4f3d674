#pragma once
// Code, comment and blank lines of a text. The full analysis and the counting of lines alone both ask here,
// so that they cannot disagree. Looks for comments and strings only (LineSyntax): no grammar, no tree, so it
// is as fast as reading, and works on what does not parse. Pure functions.

#include "core/analysis/parse/FileRecord.h"

#include <cstdint>
#include <string_view>

namespace exo::analysis {

enum class LineRules : std::uint8_t {
    Ours, // a blank line in a comment is comment, in a string code
    Cloc  // as cloc counts: see ClocCounter.h
};

// `languageName` as it is displayed; of a language without a known syntax all lines but the blank are code.
LineCounts countLines(std::string_view source, std::string_view languageName, LineRules rules);

} // namespace exo::analysis
