#pragma once
// Which tokens of a C file the parser shall not see because `#if` splits what it could not put together: of a
// group that splits brackets or statements one branch is kept, its directives go. Pure function.

#include "core/analysis/parse/CTokens.h"
#include "core/analysis/parse/Mask.h"

#include <string_view>
#include <vector>

namespace exo::analysis {

// One a token: blank it.
std::vector<char> deadTokens(std::string_view source, const std::vector<CToken>& tokens, CDialect dialect);

} // namespace exo::analysis
