#include "core/analysis/parse/Mask.h"

#include "core/analysis/parse/Conditionals.h"
#include "core/analysis/parse/MacroMask.h"

#include <utility>

namespace exo::analysis {

Masked maskC(std::string_view source, CDialect dialect) {
    Masked masked;
    CTokens read = readCTokens(source);
    masked.text = source;
    const std::vector<char> dead = deadTokens(source, read.tokens, dialect);
    std::vector<CToken> live;
    live.reserve(read.tokens.size());
    for (std::size_t i = 0; i < read.tokens.size(); ++i) {
        if (dead[i])
            blank(masked.text, read.tokens[i].start, read.tokens[i].end);
        else
            live.push_back(read.tokens[i]);
    }
    maskMacros(masked.text, live, dialect);
    masked.comments = std::move(read.comments);
    masked.longLeaves = std::move(read.longLeaves);
    masked.includes = std::move(read.includes);
    masked.macros = std::move(read.macros);
    return masked;
}

} // namespace exo::analysis
