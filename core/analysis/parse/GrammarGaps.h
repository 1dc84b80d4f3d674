#pragma once
// C++ that is right and the grammar cannot read: each becomes something of the same length that it can, and
// that says the same about names, decisions and calls. Pure function.

#include "core/analysis/parse/MacroPlace.h"

#include <string>

namespace exo::analysis {

// At token i; returns the token to go on with, i when there is nothing to do.
std::size_t mendGap(std::string& text, const MacroPlace& place, std::size_t i);

} // namespace exo::analysis
