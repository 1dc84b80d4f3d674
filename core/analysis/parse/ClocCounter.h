#pragma once
// Lines as cloc counts them with its defaults (version 1.96): first the blank lines go, then what a
// language's patterns take for comments; what still has text is code, the rest of the lines that had any is
// comment. The patterns know nothing of strings, and what a comment over lines leaves before and behind it
// becomes one line. Pure function.

#include "core/analysis/parse/FileRecord.h"

#include <string_view>

namespace exo::analysis {

// `languageName` as it is displayed. In languages without patterns here every line with text is code.
LineCounts countLikeCloc(std::string_view source, std::string_view languageName);

} // namespace exo::analysis
