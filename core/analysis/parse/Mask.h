#pragma once
// C and C++ before the parser: a pass over the tokens that blanks what no parser can know (macros that are
// attributes, statements or brackets, branches of #if that split them). Same length, so offsets stay true.
// Also finds what needs no tree: #include, #define. Pure function.

#include "core/analysis/parse/FileRecord.h"

#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct Masked {
    std::string text;
    std::vector<IncludeRecord> includes;
    std::vector<SymbolRecord> macros;
};

enum class CDialect : std::uint8_t { C, Cpp };

Masked maskC(std::string_view source, CDialect dialect);

} // namespace exo::analysis
