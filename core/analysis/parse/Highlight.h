#pragma once
// Colours and folds of a file from its syntax tree: one walk, by what the grammars call their nodes. The text
// is taken as it stands, so what the parser cannot read keeps the colours of its tokens. Pure functions.

#include "core/api/AnalysisViews.h"

#include <chrono>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct Highlighted {
    std::vector<api::SyntaxSpan> spans; // ascending, none overlaps another
    std::vector<api::FoldRange> folds;  // by start; one a line
};

// Nothing for languages without a grammar. WorkTimeout when parsing takes longer than `limit`.
Result<Highlighted> highlight(std::string_view path, std::string_view text, std::chrono::milliseconds limit);

} // namespace exo::analysis
