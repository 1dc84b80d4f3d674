#include "core/analysis/parse/Mask.h"

#include "core/analysis/parse/Conditionals.h"
#include "core/analysis/parse/MacroMask.h"

#include <utility>

namespace exo::analysis {

namespace {

// A condition says nothing about the tree, but can hold what no grammar reads (__has_include(<x>)); a comment
// in a definition over lines ends it for the parser.
void simplify(std::string& text, const CToken& token) {
    const std::string_view line = std::string_view(text).substr(token.start, token.end - token.start);
    std::size_t name = 1;
    while (name < line.size() && (line[name] == ' ' || line[name] == '\t'))
        ++name;
    const std::string_view rest = line.substr(name);
    if (rest.starts_with("define") && line.find("/*") != std::string_view::npos) {
        blank(text, token.start, token.end);
        return;
    }
    const bool condition = rest.starts_with("if ") || rest.starts_with("if(") || rest.starts_with("if\t") ||
                           rest.starts_with("if!") || rest.starts_with("elif");
    if (rest.empty() || (rest[0] < 'a' || rest[0] > 'z')) blank(text, token.start, token.end);
    if (!condition) return;
    std::size_t start = token.start + name + (rest.starts_with("if") ? 2 : 4);
    blank(text, start, token.end);
    if (start + 1 < token.end && text[start] == ' ') ++start;
    if (start < token.end && text[start] == ' ') text[start] = '1';
}

} // namespace

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
        if (!dead[i] && read.tokens[i].kind == CToken::Kind::Directive) simplify(masked.text, read.tokens[i]);
    }
    maskMacros(masked.text, live, dialect);
    masked.includes = std::move(read.includes);
    masked.macros = std::move(read.macros);
    return masked;
}

} // namespace exo::analysis
