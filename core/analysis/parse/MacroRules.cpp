#include "core/analysis/parse/MacroRules.h"

#include <string_view>

namespace exo::analysis {

namespace {

using Context = MacroPlace::Context;
using Kind = CToken::Kind;

bool startsStatement(const MacroPlace& p, std::size_t i) {
    const MacroTokens& t = p.tokens;
    const CToken& next = t.at(i);
    if (next.kind == Kind::End || next.kind == Kind::Directive) return true;
    if (next.kind == Kind::Word) return t.word(i) != "and" && t.word(i) != "or";
    return t.isPunct(i, '}') || t.isPunct(i, '~') || t.isPunct(i, '#') ||
           (t.isPunct(i, '[') && t.isPunct(i + 1, '[')) || (t.isPunct(i, '*') && p.isIn(Context::Function));
}

bool isAttributeName(std::string_view name) {
    return name.ends_with("_EXPORT") || name.ends_with("_API") || name.ends_with("_INLINE") ||
           name.ends_with("_EXTERN") || name.starts_with("Q_INVOKABLE") || name.starts_with("Q_DECL_") ||
           name.starts_with("Q_SCRIPTABLE") || name.starts_with("Q_ALWAYS_INLINE") ||
           name.starts_with("Q_NEVER_INLINE") || name.starts_with("Q_REQUIRED") || name == "Q_SIGNAL" ||
           name == "Q_SLOT" || name == "EXPORT" || name.starts_with("Q_NODISCARD") ||
           name.ends_with("_EXPORT_PRIVATE") || name.find("_EXPORT_") != std::string_view::npos ||
           name.starts_with("QT_DEPRECATED") || name.starts_with("Q_WEAK") ||
           name.starts_with("Q_IMPLICIT") || name.ends_with("_CONSTEXPR") ||
           name.starts_with("QT_POST_CXX17_API") || name.starts_with("QT_ASCII_CAST") ||
           name.starts_with("QT6_ONLY") || name.starts_with("QT_TEXT_STREAM");
}

bool areTypes(const MacroTokens& t, std::size_t first, std::size_t last) {
    bool pointer = false;
    for (std::size_t at = first; at < last; ++at) {
        if (t.isPunct(at, '*') || t.isPunct(at, '&')) {
            pointer = true;
            continue;
        }
        if (pointer && t.word(at) != "const") return false; // T * x is no type
        if (!t.isTypeStart(at) && !t.isName(at)) return false;
    }
    return true;
}

} // namespace

bool isLoneMacro(const MacroPlace& p, std::size_t i, std::size_t after) {
    const MacroTokens& t = p.tokens;
    const bool parens = after > i + 1;
    const bool inBody = p.isIn(Context::Function);
    const CToken& next = t.at(after);
    if (inBody && parens && t.isPunct(after, '{')) return true; // a loop of its own
    if (inBody && !parens && t.isPunct(after, '{')) return t.at(i).isCaps || t.word(i) == "forever";
    if (inBody && parens && !next.firstOnLine && next.kind == Kind::Word)
        return t.word(after) != "and" && t.word(after) != "or";
    if (!next.firstOnLine && next.kind != Kind::End && !t.isPunct(after, '}')) {
        // In a class or outside: X(type); is no declaration a parser knows.
        return t.at(i).isCaps && parens && !inBody && t.isPunct(after, ';');
    }
    if (!startsStatement(p, after) || t.isPunct(after, '*')) return false;
    if (inBody && parens) return true;
    if (parens && p.isIn(Context::Namespace)) return true;
    if (parens && p.isIn(Context::Class) && (t.isPunct(after, '}') || t.isTypeWord(after))) return true;
    if (!t.at(i).isCaps) return false;
    if (parens || inBody) return true;
    const std::string_view name = t.word(i);
    if (name.starts_with("Q_") || name.starts_with("QT_") ||
        name.find("NAMESPACE") != std::string_view::npos || name.ends_with("_BEGIN") ||
        name.ends_with("_END") || name.ends_with("_DECLS"))
        return true;
    // A type on a line of its own before the name of its function.
    std::size_t at = after;
    while (t.isPunct(at, '*') || t.isPunct(at, '&'))
        ++at;
    const std::size_t behind = t.afterName(at);
    return !(behind > at && t.isPunct(behind, '('));
}

bool isPrefixMacro(const MacroPlace& p, std::size_t i, std::size_t after, int chain) {
    const MacroTokens& t = p.tokens;
    if (t.isTypeWord(after) || t.word(after) == "operator") return true;
    if (isAttributeName(t.word(i)) &&
        (t.isName(after) || t.isPunct(after, '~') || t.isPunct(after, '[') || t.word(after) == "const"))
        return true;
    if (t.word(after) == "const") {
        // ID const T x: were ID the type, T would be the name.
        const std::size_t behind = t.afterName(after + 1);
        return after > i + 1 || t.isTypeWord(after + 1) ||
               (behind > after + 1 && (t.isName(behind) || t.isPunct(behind, '*') || t.isPunct(behind, '&')));
    }
    if (!t.isName(after)) return false;
    // A CAPS B CAPS int f()
    if (chain > 0 && after == i + 1 && t.at(after).isCaps && isPrefixMacro(p, after, after + 1, chain - 1))
        return true;
    if (after > i + 1 && isTypeInParens(p, after, t.afterParens(after + 1))) return true;
    const std::size_t behind = t.afterName(after);
    if (behind == after) return false;
    if (t.isName(behind))
        return !(t.at(behind).isCaps && behind == after + 1 && t.afterParens(behind + 1) > behind + 1) ||
               t.at(after).isCaps;
    if (t.word(behind) == "const") return true;
    if (!t.isPunct(behind, '*') && !t.isPunct(behind, '&')) return false;
    std::size_t at = behind;
    while (t.isPunct(at, '*') || t.isPunct(at, '&') || t.word(at) == "const")
        ++at;
    return t.isName(at) || t.word(at) == "operator";
}

bool isHeadMacro(const MacroPlace& p, std::size_t i, std::size_t after, CDialect dialect) {
    const MacroTokens& t = p.tokens;
    if (!p.hasLast() || !t.isName(after)) return false;
    const std::string_view before = t.word(p.before());
    if (before != "class" && before != "struct" && before != "union" && before != "enum" &&
        before != "namespace")
        return false;
    if (isAttributeName(t.word(i)) || after > i + 1) return true;
    const std::size_t behind = t.afterName(after);
    if (t.isPunct(behind, '{') || t.word(behind) == "final") return true;
    if (dialect == CDialect::C) return false;
    return (t.isColon(behind)) || (before == "class" && t.isPunct(behind, ';'));
}

bool isTrailingMacro(const MacroPlace& p, std::size_t i, std::size_t after) {
    const MacroTokens& t = p.tokens;
    if (p.isIn(Context::List) || !p.hasLast() || p.atStart) return false;
    const std::size_t before = p.before();
    const std::string_view word1 = t.word(before);
    const bool ends = t.isPunct(after, ';') || t.isPunct(after, '{') ||
                      (t.isPunct(after, '=') && !t.isPunct(after + 1, '=')) || t.word(after) == "override" ||
                      t.word(after) == "final" || t.word(after) == "noexcept" || t.at(after).isCaps;
    const bool initializers = t.isColon(after);
    if (p.inParens())
        return t.isName(before) && after == i + 1 && (t.isPunct(after, ',') || t.isPunct(after, ')')) &&
               p.last >= 2 &&
               (t.isName(before - 1) || t.isPunct(before - 1, '*') || t.isTypeStart(before - 1)) &&
               !p.isIn(Context::Function);
    const bool afterSignature = t.isPunct(before, ')') || word1 == "const" || word1 == "noexcept" ||
                                word1 == "override" || word1 == "final";
    if (afterSignature)
        return !p.isIn(Context::Function) && p.sawParens &&
               (ends || initializers || t.at(after).kind == Kind::Directive);
    if (t.isPunct(before, '}') || t.isPunct(before, ']'))
        return (t.isPunct(before, '}') ? t.isName(after) : ends) && !p.isIn(Context::Function);
    const bool bare = before > 0 && t.isTypeStart(before - 1) && !t.isArithmetic(before - 1);
    const bool declarator = t.isName(before) && before > 0 && !bare &&
                            (t.isName(before - 1) || t.isPunct(before - 1, '*') ||
                             t.isTypeStart(before - 1) || t.isPunct(before - 1, '&'));
    return declarator && ends && !t.isPunct(after, '{');
}

bool isDeclaratorMacro(const MacroPlace& p, std::size_t i, std::size_t after) {
    const MacroTokens& t = p.tokens;
    if (p.atStart || !p.hasLast() || p.inParens() || p.isIn(Context::Function)) return false;
    if (after > i + 1)
        return !p.isIn(Context::List) && t.isName(after) && !t.isPunct(p.before(), '='); // f ATTR(x) g(

    if (t.isArithmetic(p.before()) && (t.isPunct(after, '*') || t.isPunct(after, '&'))) return true;
    const std::size_t before = p.before();
    const bool typed = (t.isTypeWord(before) && !t.isPrefixWord(before) && t.word(before) != "struct" &&
                        t.word(before) != "enum" && t.word(before) != "union" && t.word(before) != "class" &&
                        t.word(before) != "typename") ||
                       t.isName(before) || t.isPunct(before, '*') || t.isPunct(before, '&');
    if (typed && t.word(after) == "operator") return true;
    const std::size_t behind = t.afterName(after);
    return typed && behind > after &&
           (t.isPunct(behind, '(') || t.isPunct(behind, ';') || t.isPunct(behind, '=') ||
            t.isPunct(behind, '['));
}

bool isPointerMacro(const MacroPlace& p, std::size_t i) {
    const MacroTokens& t = p.tokens;
    if (!p.hasLast() || !(t.isPunct(p.before(), '*') || t.isPunct(p.before(), '&'))) return false;
    return t.isName(i + 1) || t.word(i + 1) == "const";
}

bool isTypeInParens(const MacroPlace& p, std::size_t i, std::size_t after) {
    const MacroTokens& t = p.tokens;
    const bool inClass = p.isIn(Context::Class) && t.at(i).isCaps && !t.at(after).firstOnLine;
    if (!(p.isIn(Context::Namespace) || inClass) || after < i + 4 || !areTypes(t, i + 2, after - 1))
        return false;
    const std::size_t behind = t.afterName(after);
    if (behind == after || t.at(after).isCaps || t.word(after) == t.word(i)) return false;
    if (!t.isPunct(behind, '(')) // a variable
        return t.at(i).isCaps && !t.at(after).firstOnLine &&
               (t.isPunct(behind, '=') || t.isPunct(behind, ';') || t.isPunct(behind, '['));
    const std::size_t end = t.afterParens(behind);
    return end > behind && (t.isPunct(end, '{') || t.isPunct(end, ';') || t.isTypeStart(end) ||
                            t.word(end) == "override" || t.word(end) == "noexcept" || t.at(end).isCaps);
}

bool isParameterType(const MacroPlace& p, std::size_t i, std::size_t after) {
    const MacroTokens& t = p.tokens;
    if (!p.inParens() || p.isIn(Context::Function) || after < i + 4 || !p.hasLast()) return false;
    const bool first =
        t.isPunct(p.before(), '(') || t.isPunct(p.before(), ',') || t.word(p.before()) == "const";
    return first && areTypes(t, i + 2, after - 1) &&
           (t.isName(after) || t.isPunct(after, '*') || t.isPunct(after, '&'));
}

bool isMacroOfList(const MacroPlace& p, std::size_t i, std::size_t after) {
    const MacroTokens& t = p.tokens;
    if (!p.isIn(Context::List) || !p.hasLast()) return false;
    const bool begins = t.isPunct(p.before(), '{') || t.isPunct(p.before(), ',');
    const bool another = t.isName(after) || t.isPunct(after, '{') || t.isPunct(after, '.') ||
                         t.at(after).kind == Kind::Number || t.at(after).kind == Kind::String;
    return begins && another && (after > i + 1 || t.at(after).firstOnLine);
}

bool isMacroOfLambda(const MacroPlace& p, std::size_t after) {
    const MacroTokens& t = p.tokens;
    if (!p.hasLast() || !t.isPunct(p.before(), ')') || !t.isPunct(after, '{')) return false;
    constexpr std::size_t k_longest = 200;
    int depth = 0;
    for (std::size_t back = 0; back < k_longest && back < p.last; ++back) {
        const std::size_t at = p.before() - back;
        if (t.isPunct(at, ')')) ++depth;
        if (t.isPunct(at, '(') && --depth == 0) return at > 0 && t.isPunct(at - 1, ']');
    }
    return false;
}

bool isMacroOfConstructor(const MacroPlace& p, std::size_t i) {
    const MacroTokens& t = p.tokens;
    if (!p.isIn(Context::Class) || !t.isName(i + 1) || !t.isPunct(i + 2, '(')) return false;
    std::size_t end = t.afterParens(i + 2);
    if (t.word(end) == "noexcept") end = t.afterParens(end + 1);
    return end > i + 2 && t.isColon(end);
}

bool isLabel(const MacroPlace& p, std::size_t i, std::size_t after) {
    return p.isIn(Context::Function) && p.tokens.at(i).isCaps && after > i + 1 && p.tokens.isColon(after);
}

} // namespace exo::analysis
