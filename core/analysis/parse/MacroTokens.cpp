#include "core/analysis/parse/MacroTokens.h"

#include <algorithm>
#include <span>

namespace exo::analysis {

namespace {

constexpr std::string_view k_typeWords[] = {
    "auto",     "bool",     "char",   "class",   "constexpr", "double",  "enum",
    "explicit", "extern",   "float",  "friend",  "inline",    "int",     "long",
    "short",    "signed",   "static", "struct",  "template",  "typedef", "typename",
    "union",    "unsigned", "using",  "virtual", "void",      "mutable", "register"};
constexpr std::string_view k_prefixWords[] = {"explicit", "extern",  "friend",  "inline",
                                              "static",   "typedef", "virtual", "constexpr"};
constexpr std::string_view k_arithmetic[] = {"void", "int",  "char",  "float",    "double",
                                             "bool", "long", "short", "unsigned", "signed"};

bool isOneOf(std::string_view word, std::span<const std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

} // namespace

bool MacroTokens::isTypeWord(std::size_t i) const {
    return at(i).kind == Kind::Word && at(i).isKeyword && isOneOf(word(i), k_typeWords);
}

bool MacroTokens::isArithmetic(std::size_t i) const {
    return at(i).isKeyword && isOneOf(word(i), k_arithmetic);
}

bool MacroTokens::isPrefixWord(std::size_t i) const {
    return at(i).isKeyword && isOneOf(word(i), k_prefixWords);
}

std::size_t MacroTokens::afterParens(std::size_t i) const {
    if (!isPunct(i, '(')) return i;
    int depth = 0;
    constexpr std::size_t k_longest = 4000; // a list longer than that is no macro's
    const std::size_t stop = std::min(m_tokens.size(), i + k_longest);
    for (std::size_t one = i; one < stop; ++one) {
        if (isPunct(one, '(')) ++depth;
        if (isPunct(one, ')') && --depth == 0) return one + 1;
        if (depth > 0 && at(one).kind == Kind::End) break;
    }
    return i;
}

std::size_t MacroTokens::afterName(std::size_t i) const {
    constexpr int k_mostParts = 32; // of a name; every token may be asked
    for (int part = 0; part < k_mostParts; ++part) {
        if (!isName(i)) return i;
        ++i;
        if (isPunct(i, '<')) {
            int depth = 0;
            std::size_t one = i;
            for (; one < i + 64 && one < m_tokens.size(); ++one) {
                if (isPunct(one, '<')) ++depth;
                if (isPunct(one, '>') && --depth == 0) break;
                if (isPunct(one, ';') || isPunct(one, '{')) break;
            }
            if (!isPunct(one, '>')) return i;
            i = one + 1;
        }
        if (!isScope(i)) return i;
        ++i;
    }
    return i;
}

// `atomic size_t used = 0;`: a declaration has no more than two names, its type and its own.
bool MacroTokens::namesThree(std::size_t i) const {
    if (!isName(i + 1) || !isName(i + 2) || at(i + 1).isCaps || at(i + 2).isCaps) return false;
    return isPunct(i + 3, ';') || isPunct(i + 3, '=') || isPunct(i + 3, ',') || isPunct(i + 3, '(') ||
           isPunct(i + 3, '[');
}

} // namespace exo::analysis
