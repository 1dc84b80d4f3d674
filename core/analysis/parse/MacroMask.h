#pragma once
// Blanks macros where the text before and after them says that they are no type, no name and no operand.
// Position decides, as what a macro stands for is mostly in another file. Pure functions.

#include "core/analysis/parse/CTokens.h"
#include "core/analysis/parse/Mask.h"

#include <string>
#include <vector>

namespace exo::analysis {

// Line ends stay.
void blank(std::string& text, std::size_t start, std::size_t end);

void maskMacros(std::string& text, const std::vector<CToken>& tokens, CDialect dialect);

} // namespace exo::analysis
