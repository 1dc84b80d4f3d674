#include "core/analysis/parse/MacroMask.h"

#include "core/analysis/parse/GrammarGaps.h"
#include "core/analysis/parse/MacroRules.h"

#include <algorithm>
#include <string_view>

namespace exo::analysis {

namespace {

using Context = MacroPlace::Context;
using Kind = CToken::Kind;

class MacroMasker {
  public:
    MacroMasker(std::string& text, const std::vector<CToken>& tokens, CDialect dialect)
        : m_text(text)
        , m_place(MacroTokens(text, tokens))
        , m_tokens(m_place.tokens)
        , m_dialect(dialect) {}
    void run();

  private:
    void blankTokens(std::size_t first, std::size_t last);
    // Each returns the token to go on with; `i` when it was not theirs.
    std::size_t step(std::size_t i);
    std::size_t declarationHead(std::size_t i);
    std::size_t emptyDefault(std::size_t i);
    std::size_t qtWord(std::size_t i);
    std::size_t macro(std::size_t i);
    std::size_t prefixAtStart(std::size_t i, std::size_t after);
    bool isMacroWithin(std::size_t i, std::size_t after) const;
    void punct(std::size_t i);
    bool isCall(std::size_t open) const;
    void typeArguments(std::size_t open);

    std::string& m_text;
    MacroPlace m_place;
    const MacroTokens& m_tokens;
    CDialect m_dialect;
    std::size_t m_head = 0, m_headEnd = 0; // of the last attribute or template head
};

void MacroMasker::blankTokens(std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i)
        blank(m_text, m_tokens.at(i).start, m_tokens.at(i).end);
}

// Attributes and template heads leave a declaration at its start.
std::size_t MacroMasker::declarationHead(std::size_t i) {
    constexpr std::size_t k_longest = 400;
    if (!m_place.atStart || m_place.inParens() || m_place.isIn(Context::List)) return i;
    const bool attribute = m_tokens.isPunct(i, '[') && m_tokens.isPunct(i + 1, '[');
    const bool head = m_tokens.word(i) == "template" && m_tokens.isPunct(i + 1, '<');
    const std::string_view word = m_tokens.word(i);
    if (word == "__attribute__" || word == "__declspec" || word == "alignas") {
        const std::size_t after = m_tokens.afterParens(i + 1);
        if (after == i + 1) return i;
        // Between directives it belongs to nothing the grammar knows.
        if (m_tokens.at(after).kind == Kind::Directive) blankTokens(i, after);
        return after;
    }
    if (!attribute && !head) return i;
    int depth = 0;
    for (std::size_t at = attribute ? i : i + 1; at < i + k_longest && at < m_tokens.size(); ++at) {
        if (m_tokens.isPunct(at, attribute ? '[' : '<')) ++depth;
        if (m_tokens.isPunct(at, attribute ? ']' : '>') && --depth == 0) {
            if (attribute && m_tokens.word(at + 1) == "friend")
                blankTokens(i, at + 1); // which the grammar does not know
            m_head = i;
            m_headEnd = at + 1;
            return at + 1;
        }
        if (m_tokens.isPunct(at, ';') || m_tokens.isPunct(at, '{')) break;
    }
    return i;
}

// A default argument of `{}` is no expression to the grammar.
std::size_t MacroMasker::emptyDefault(std::size_t i) {
    if (!m_place.inParens() || i == 0 || !m_tokens.isPunct(i - 1, '=') || !m_tokens.isPunct(i, '{') ||
        !m_tokens.isPunct(i + 1, '}') || !(m_tokens.isPunct(i + 2, ',') || m_tokens.isPunct(i + 2, ')')))
        return i;
    m_text[m_tokens.at(i).start] = '0';
    blankTokens(i + 1, i + 2);
    return i + 2;
}

// signals: and slots, which stand where only access words may.
std::size_t MacroMasker::qtWord(std::size_t i) {
    if (m_dialect == CDialect::C || !m_place.isIn(Context::Class) || !m_tokens.isColon(i + 1)) return i;
    const std::string_view name = m_tokens.word(i);
    if (name == "slots" || name == "Q_SLOTS") {
        const std::string_view before =
            m_place.hasLast() ? m_tokens.word(m_place.before()) : std::string_view();
        if (before != "public" && before != "protected" && before != "private") return i;
        blankTokens(i, i + 1);
        return i + 1;
    }
    if (!m_place.atStart || (name != "signals" && name != "Q_SIGNALS")) return i;
    const CToken& token = m_tokens.at(i);
    m_text.replace(token.start, 6, "public");
    blank(m_text, token.start + 6, token.end);
    m_place.last = i + 1;
    return i + 1;
}

// At the start of a declaration: without what may be a macro, with or without its arguments, it still is one.
std::size_t MacroMasker::prefixAtStart(std::size_t i, std::size_t after) {
    if (isLoneMacro(m_place, i, after)) {
        if (m_headEnd == i) blankTokens(m_head, i); // template <class T> DECLARE(T);
        for (std::size_t at = i; at > 0 && at == m_place.last && m_tokens.isPrefixWord(at - 1);
             --at) { // static DEFINE(a)
            blankTokens(at - 1, at);
            m_place.last = at - 1;
        }
        return after;
    }
    if (m_tokens.isArithmetic(i + 1) || m_tokens.namesThree(i)) return i + 1;
    if (!m_tokens.at(i).isCaps) return i;
    if (isPrefixMacro(m_place, i, i + 1) || isMacroOfConstructor(m_place, i)) return i + 1;
    const bool parens = after > i + 1 && !m_place.isIn(Context::Function);
    return parens && isPrefixMacro(m_place, i, after) ? after : i;
}

// What is in capitals and stands within a declaration or an expression.
bool MacroMasker::isMacroWithin(std::size_t i, std::size_t after) const {
    const bool begun = m_place.hasLast();
    const std::size_t before = begun ? m_place.before() : 0;
    const bool afterText = begun && m_tokens.at(before).kind == Kind::String &&
                           !(before > 0 && m_tokens.word(before - 1) == "operator");  // operator"" NAME
    if (m_place.isIn(Context::Enum) && begun && m_tokens.isName(before)) return true; // A DEPRECATED("x"),
    if (afterText && !m_tokens.isPunct(after, '{')) return true;                      // "a" MACRO
    if (isHeadMacro(m_place, i, after, m_dialect) || isTrailingMacro(m_place, i, after) ||
        isDeclaratorMacro(m_place, i, after) || isPointerMacro(m_place, i) ||
        isMacroOfList(m_place, i, after) || isMacroOfLambda(m_place, after))
        return true;
    const bool parameter =
        m_place.inParens() && begun && (m_tokens.isPunct(before, '(') || m_tokens.isPunct(before, ','));
    if (parameter && after == i + 1 && !m_tokens.isPunct(after, '*') && isPrefixMacro(m_place, i, after))
        return true;
    return after > i + 1 && (afterText || m_tokens.at(after).kind == Kind::String); // "a" MACRO(x) "b"
}

std::size_t MacroMasker::macro(std::size_t i) {
    const std::string_view name = m_tokens.word(i);
    const bool caps = m_tokens.at(i).isCaps;
    const bool emits =
        (name == "emit" || name == "Q_EMIT") && (m_tokens.isName(i + 1) || m_tokens.word(i + 1) == "this");
    // typedef int (CONVENTION *F)(int)
    const bool convention = caps && m_place.hasLast() && m_tokens.isPunct(m_place.before(), '(') &&
                            m_tokens.isPunct(i + 1, '*') && m_tokens.isName(i + 2) &&
                            m_tokens.isPunct(i + 3, ')') && m_tokens.isPunct(i + 4, '(');
    const std::size_t after = m_tokens.afterParens(i + 1);
    std::size_t end = emits || convention ? i + 1 : i;
    const bool place = !m_place.isIn(Context::Enum) && !m_place.isIn(Context::List);
    if (end == i && m_place.atStart && !m_place.inParens() && isTypeInParens(m_place, i, after)) {
        blankTokens(i, i + 2);
        blankTokens(after - 1, after);
        m_place.atStart = false;
        m_place.last = after - 1; // the type
        return after;
    }
    if (end == i && m_place.atStart && !m_place.inParens() && place) end = prefixAtStart(i, after);
    if (end == i && caps && m_place.atStart && isLabel(m_place, i, after)) {
        blankTokens(i + 1, after);
        m_place.last = i + 1;
        return after;
    }
    if (end == i && caps && isParameterType(m_place, i, after)) {
        blankTokens(i, i + 2);
        blankTokens(after - 1, after);
        m_place.last = after - 1;
        return after;
    }
    if (end == i && caps && isMacroWithin(i, after)) end = after;
    blankTokens(i, end);
    return end;
}

// f(char *), va_arg(list, int): an operand that is a type becomes a number of the same place.
void MacroMasker::typeArguments(std::size_t open) {
    const std::string_view callee = m_tokens.word(open - 1);
    const bool connect = callee == "SIGNAL" || callee == "SLOT";
    const std::size_t end = m_tokens.afterParens(open);
    if (end <= open + 1) return;
    if (connect) {
        blankTokens(open + 1, end - 1);
        return;
    }
    std::size_t first = open + 1;
    int depth = 0;
    // Q_D(const T): `const` alone says that it is a type.
    bool type = true, strong = false;
    for (std::size_t i = first; i < end; ++i) {
        if (depth == 0 && (m_tokens.isPunct(i, ',') || i + 1 == end)) {
            const bool pointer = i > first && m_tokens.isPunct(i - 1, '*');
            // TRY(T x, f()): what is declared stays.
            const bool declares = type && strong && i > first + 1 && m_tokens.isName(i - 1);
            if (declares) {
                blankTokens(first, i - 1);
            } else if (type && i > first && (strong || pointer)) {
                blankTokens(first, i);
                m_text[m_tokens.at(first).start] = '0';
            }
            first = i + 1;
            type = true, strong = false;
            continue;
        }
        if (m_tokens.isPunct(i, '(') || m_tokens.isPunct(i, '[') || m_tokens.isPunct(i, '{')) ++depth;
        if (m_tokens.isPunct(i, ')') || m_tokens.isPunct(i, ']') || m_tokens.isPunct(i, '}')) --depth;
        const bool second = i > first && m_tokens.isName(i) && m_tokens.isName(i - 1);
        strong = strong || m_tokens.isTypeStart(i) || second;
        type = type && depth == 0 &&
               (m_tokens.isTypeStart(i) || m_tokens.isName(i) || m_tokens.isPunct(i, '*') ||
                m_tokens.isScope(i));
    }
}

// Of a function or macro within a body, and no declaration.
bool MacroMasker::isCall(std::size_t open) const {
    if (open == 0 || !m_tokens.isName(open - 1) || m_place.last != open) return false;
    const bool list = m_place.isIn(Context::List) &&
                      (m_tokens.word(open - 1) == "SIGNAL" || m_tokens.word(open - 1) == "SLOT");
    if (!list && !m_place.isIn(Context::Function)) return false;
    const bool declared = open > 1 && (m_tokens.isName(open - 2) || m_tokens.isTypeStart(open - 2) ||
                                       m_tokens.isPunct(open - 2, '*') || m_tokens.isPunct(open - 2, '&') ||
                                       m_tokens.isPunct(open - 2, '>'));
    const std::string_view name = m_tokens.word(open - 1);
    return !declared && name != "offsetof" && name != "typeof" && !name.starts_with("__");
}

void MacroMasker::punct(std::size_t i) {
    switch (m_tokens.at(i).punct) {
    case '(':
        if (isCall(i)) typeArguments(i);
        return m_place.openParen();
    case ')': return m_place.closeParen();
    case '{': return m_place.openBrace();
    case '}': return m_place.closeBrace();
    case ';':
        if (!m_place.inParens()) m_place.endStatement();
        return;
    default: break;
    }
    if (m_tokens.isColon(i) && !m_place.inParens())
        m_place.noteColon(i);
    else
        m_place.atStart = false;
}

std::size_t MacroMasker::step(std::size_t i) {
    const CToken& token = m_tokens.at(i);
    if (token.kind == Kind::Directive) {
        if (!m_place.inParens() && !m_place.isIn(Context::List) && !m_place.isIn(Context::Enum))
            m_place.atStart = true;
        return i + 1;
    }
    std::size_t next = declarationHead(i);
    if (next == i) next = emptyDefault(i);
    if (next == i && m_dialect == CDialect::Cpp) next = mendGap(m_text, m_place, i);
    if (next > i) {
        m_place.last = next;
        return next;
    }
    if (m_tokens.isName(i)) {
        if (next = qtWord(i); next > i) return next;
        if (next = macro(i); next > i) return next;
    }
    if (token.kind == Kind::Punct)
        punct(i);
    else if (token.kind == Kind::Word)
        m_place.noteWord(i);
    else
        m_place.atStart = false;
    m_place.last = i + 1;
    return i + 1;
}

void MacroMasker::run() {
    for (std::size_t i = 0; i + 1 < m_tokens.size();)
        i = step(i);
}

} // namespace

void blank(std::string& text, std::size_t start, std::size_t end) {
    for (std::size_t i = start; i < end && i < text.size(); ++i)
        if (text[i] != '\n' && text[i] != '\r') text[i] = ' ';
}

void maskMacros(std::string& text, const std::vector<CToken>& tokens, CDialect dialect) {
    if (tokens.empty()) return;
    MacroMasker(text, tokens, dialect).run();
}

} // namespace exo::analysis
