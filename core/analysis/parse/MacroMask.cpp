#include "core/analysis/parse/MacroMask.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace exo::analysis {

namespace {

using Kind = CToken::Kind;

enum class Context : std::uint8_t { Namespace, Class, Enum, Function, List };

constexpr std::string_view k_typeWords[] = {
    "auto",     "bool",     "char",   "class",   "constexpr", "double",  "enum",
    "explicit", "extern",   "float",  "friend",  "inline",    "int",     "long",
    "short",    "signed",   "static", "struct",  "template",  "typedef", "typename",
    "union",    "unsigned", "using",  "virtual", "void",      "mutable", "register"};
// Stand before a declaration and leave it at its start.
constexpr std::string_view k_prefixWords[] = {"explicit", "extern",  "friend",  "inline",
                                              "static",   "typedef", "virtual", "constexpr"};

constexpr std::string_view k_arithmetic[] = {"void", "int",  "char",  "float",    "double",
                                             "bool", "long", "short", "unsigned", "signed"};

bool isOneOf(std::string_view word, std::span<const std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

class MacroMasker {
  public:
    MacroMasker(std::string& text, const std::vector<CToken>& tokens, CDialect dialect)
        : m_text(text)
        , m_tokens(tokens)
        , m_dialect(dialect) {}
    void run();

  private:
    const CToken& token(std::size_t i) const { return m_tokens[std::min(i, m_tokens.size() - 1)]; }
    std::string_view word(std::size_t i) const {
        return std::string_view(m_text).substr(token(i).start, token(i).end - token(i).start);
    }
    bool isPunct(std::size_t i, char c) const { return token(i).kind == Kind::Punct && token(i).punct == c; }
    bool isScope(std::size_t i) const { return isPunct(i, ':') && token(i).end - token(i).start == 2; }
    bool isName(std::size_t i) const { return token(i).kind == Kind::Word && !token(i).isKeyword; }
    bool isTypeWord(std::size_t i) const {
        return token(i).kind == Kind::Word && token(i).isKeyword && isOneOf(word(i), k_typeWords);
    }
    bool isTypeStart(std::size_t i) const { return isTypeWord(i) || word(i) == "const"; }
    bool isArithmetic(std::size_t i) const { return token(i).isKeyword && isOneOf(word(i), k_arithmetic); }
    bool namesThree(std::size_t i) const;
    std::size_t passThrough(std::size_t i); // attributes and template heads leave a declaration at its start
    bool startsStatement(std::size_t i) const;
    std::size_t afterParens(std::size_t i) const; // i stands on "(": behind its ")"; else i
    std::size_t afterName(std::size_t i) const;   // behind A::B<C>
    void blankTokens(std::size_t first, std::size_t last);

    Context context() const { return m_contexts.empty() ? Context::Namespace : m_contexts.back(); }
    Context contextAt(std::size_t brace) const;
    void bracket(std::size_t i);
    void endStatement();
    void noteWord(std::size_t i);
    std::size_t name(std::size_t i); // returns the next token to look at
    bool statementMacro(std::size_t i, std::size_t& next);
    bool loneMacro(std::size_t i, std::size_t after) const;
    bool prefixMacro(std::size_t i, std::size_t after) const;
    bool headMacro(std::size_t i, std::size_t after) const;
    bool trailingMacro(std::size_t i, std::size_t after) const;
    bool declaratorMacro(std::size_t i, std::size_t after) const;
    bool qtWord(std::size_t i);
    void typeArguments(std::size_t open);

    std::string& m_text;
    const std::vector<CToken>& m_tokens;
    CDialect m_dialect;
    std::vector<Context> m_contexts;
    std::vector<std::size_t> m_parens;
    bool m_atStart = true;
    bool m_sawNamespace = false, m_sawClass = false, m_sawEnum = false, m_sawParens = false;
    std::size_t m_last = 0; // index + 1 of the last token that was left
};

void MacroMasker::blankTokens(std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i)
        blank(m_text, token(i).start, token(i).end);
}

std::size_t MacroMasker::afterParens(std::size_t i) const {
    if (!isPunct(i, '(')) return i;
    int depth = 0;
    constexpr std::size_t k_longest = 4000; // a list longer than that is no macro's
    const std::size_t stop = std::min(m_tokens.size(), i + k_longest);
    for (std::size_t at = i; at < stop; ++at) {
        if (isPunct(at, '(')) ++depth;
        if (isPunct(at, ')') && --depth == 0) return at + 1;
        if (depth > 0 && token(at).kind == Kind::End) break;
    }
    return i;
}

std::size_t MacroMasker::afterName(std::size_t i) const {
    for (;;) {
        if (!isName(i)) return i;
        ++i;
        if (isPunct(i, '<')) {
            int depth = 0;
            std::size_t at = i;
            for (; at < i + 64 && at < m_tokens.size(); ++at) {
                if (isPunct(at, '<')) ++depth;
                if (isPunct(at, '>') && --depth == 0) break;
                if (isPunct(at, ';') || isPunct(at, '{')) break;
            }
            if (!isPunct(at, '>')) return i;
            i = at + 1;
        }
        if (!isScope(i)) return i;
        ++i;
    }
}

// `atomic size_t used = 0;`: a declaration has no more than two names, its type and its own.
bool MacroMasker::namesThree(std::size_t i) const {
    if (!isName(i + 1) || !isName(i + 2) || token(i + 2).isCaps) return false;
    return isPunct(i + 3, ';') || isPunct(i + 3, '=') || isPunct(i + 3, ',') || isPunct(i + 3, '(') ||
           isPunct(i + 3, '[');
}

std::size_t MacroMasker::passThrough(std::size_t i) {
    constexpr std::size_t k_longest = 400;
    if (!m_atStart || !m_parens.empty() || context() == Context::List) return i;
    const bool attribute = isPunct(i, '[') && isPunct(i + 1, '[');
    const bool head = word(i) == "template" && isPunct(i + 1, '<');
    if (!attribute && !head) return i;
    int depth = 0;
    for (std::size_t at = attribute ? i : i + 1; at < i + k_longest && at < m_tokens.size(); ++at) {
        if (isPunct(at, attribute ? '[' : '<')) ++depth;
        if (isPunct(at, attribute ? ']' : '>') && --depth == 0) {
            m_last = at + 1;
            return at + 1;
        }
        if (isPunct(at, ';') || isPunct(at, '{')) break;
    }
    return i;
}

bool MacroMasker::startsStatement(std::size_t i) const {
    const CToken& next = token(i);
    if (next.kind == Kind::End || next.kind == Kind::Directive) return true;
    if (next.kind == Kind::Word) return word(i) != "and" && word(i) != "or";
    return isPunct(i, '}') || isPunct(i, '~') || isPunct(i, '#') ||
           (isPunct(i, '*') && context() == Context::Function);
}

// DEFINE_X(a) or Q_OBJECT without a semicolon: a statement, a group of declarations, an opening of a
// namespace.
bool MacroMasker::loneMacro(std::size_t i, std::size_t after) const {
    const bool parens = after > i + 1;
    const bool inBody = context() == Context::Function;
    const CToken& next = token(after);
    if (inBody && parens && isPunct(after, '{')) return true; // a loop of its own
    if (inBody && !parens && isPunct(after, '{')) return token(i).isCaps || word(i) == "forever";
    if (inBody && parens && !next.firstOnLine && next.kind == Kind::Word)
        return word(after) != "and" && word(after) != "or";
    if (!next.firstOnLine && next.kind != Kind::End && !isPunct(after, '}')) {
        // In a class or outside: X(type); is no declaration a parser knows.
        return token(i).isCaps && parens && !inBody && isPunct(after, ';');
    }
    if (!startsStatement(after) || isPunct(after, '*')) return false;
    if (inBody && parens) return true;
    if (parens && context() == Context::Namespace) return true;
    if (!token(i).isCaps) return false;
    if (parens || inBody) return true;
    const std::string_view name = word(i);
    if (name.starts_with("Q_") || name.starts_with("QT_") ||
        name.find("NAMESPACE") != std::string_view::npos || name.ends_with("_BEGIN") ||
        name.ends_with("_END") || name.ends_with("_DECLS"))
        return true;
    // A type on a line of its own before the name of its function.
    std::size_t at = after;
    while (isPunct(at, '*') || isPunct(at, '&'))
        ++at;
    const std::size_t behind = afterName(at);
    return !(behind > at && isPunct(behind, '('));
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

// EXPORT int f(), EXPORT T f(), EXPORT T *f(): what follows is a declaration without it.
bool MacroMasker::prefixMacro(std::size_t i, std::size_t after) const {
    if (isTypeWord(after) || word(after) == "operator") return true;
    if (isAttributeName(word(i)) &&
        (isName(after) || isPunct(after, '~') || isPunct(after, '[') || word(after) == "const"))
        return true;
    if (word(after) == "const") {
        // ID const T x: were ID the type, T would be the name.
        const std::size_t behind = afterName(after + 1);
        return after > i + 1 || isTypeWord(after + 1) ||
               (behind > after + 1 && (isName(behind) || isPunct(behind, '*') || isPunct(behind, '&')));
    }
    if (!isName(after)) return false;
    const std::size_t behind = afterName(after);
    if (behind == after) return false;
    if (isName(behind))
        return !(token(behind).isCaps && behind == after + 1 && afterParens(behind + 1) > behind + 1) ||
               token(after).isCaps;
    if (word(behind) == "const") return true;
    if (!isPunct(behind, '*') && !isPunct(behind, '&')) return false;
    std::size_t at = behind;
    while (isPunct(at, '*') || isPunct(at, '&') || word(at) == "const")
        ++at;
    return isName(at) || word(at) == "operator";
}

// class EXPORT X {
bool MacroMasker::headMacro(std::size_t i, std::size_t after) const {
    if (m_last == 0 || !isName(after)) return false;
    const std::string_view before = word(m_last - 1);
    if (before != "class" && before != "struct" && before != "union" && before != "enum" &&
        before != "namespace")
        return false;
    if (isAttributeName(word(i)) || after > i + 1) return true;
    const std::size_t behind = afterName(after);
    if (isPunct(behind, '{') || word(behind) == "final") return true;
    if (m_dialect == CDialect::C) return false;
    return (isPunct(behind, ':') && !isScope(behind)) || (before == "class" && isPunct(behind, ';'));
}

// int f() ATTRIBUTE; int x ATTRIBUTE = 1;
bool MacroMasker::trailingMacro(std::size_t i, std::size_t after) const {
    if (context() == Context::List || m_last == 0 || m_atStart) return false;
    const std::size_t before = m_last - 1;
    const std::string_view word1 = word(before);
    const bool ends = isPunct(after, ';') || isPunct(after, '{') ||
                      (isPunct(after, '=') && !isPunct(after + 1, '=')) || word(after) == "override" ||
                      word(after) == "final" || word(after) == "noexcept" || token(after).isCaps;
    const bool initializers = isPunct(after, ':') && !isScope(after);
    if (!m_parens.empty())
        return isName(before) && after == i + 1 && (isPunct(after, ',') || isPunct(after, ')')) &&
               m_last >= 2 && (isName(before - 1) || isPunct(before - 1, '*') || isTypeStart(before - 1)) &&
               context() != Context::Function;
    const bool afterSignature = isPunct(before, ')') || word1 == "const" || word1 == "noexcept" ||
                                word1 == "override" || word1 == "final";
    if (afterSignature)
        return context() != Context::Function && m_sawParens &&
               (ends || initializers || token(after).kind == Kind::Directive);
    if (isPunct(before, '}') || isPunct(before, ']'))
        return (isPunct(before, '}') ? isName(after) : ends) && context() != Context::Function;
    const bool bare = before > 0 && isTypeStart(before - 1) && !isArithmetic(before - 1);
    const bool declarator = isName(before) && before > 0 && !bare &&
                            (isName(before - 1) || isPunct(before - 1, '*') || isTypeStart(before - 1) ||
                             isPunct(before - 1, '&'));
    return declarator && ends && !isPunct(after, '{');
}

// int CALLING_CONVENTION f(
bool MacroMasker::declaratorMacro(std::size_t i, std::size_t after) const {
    if (m_atStart || m_last == 0 || !m_parens.empty() || context() == Context::Function) return false;
    if (after > i + 1)
        return context() != Context::List && isName(after) && !isPunct(m_last - 1, '='); // f ATTR(x) g(

    if (isArithmetic(m_last - 1) && (isPunct(after, '*') || isPunct(after, '&'))) return true;
    const std::size_t before = m_last - 1;
    const bool typed = (isTypeWord(before) && !isOneOf(word(before), k_prefixWords) &&
                        word(before) != "struct" && word(before) != "enum" && word(before) != "union" &&
                        word(before) != "class" && word(before) != "typename") ||
                       isName(before) || isPunct(before, '*') || isPunct(before, '&');
    const std::size_t behind = afterName(after);
    return typed && behind > after &&
           (isPunct(behind, '(') || isPunct(behind, ';') || isPunct(behind, '=') || isPunct(behind, '['));
}

// signals: and slots, which stand where only access words may.
bool MacroMasker::qtWord(std::size_t i) {
    if (m_dialect == CDialect::C || context() != Context::Class) return false;
    const std::string_view name = word(i);
    const bool colon = isPunct(i + 1, ':') && !isScope(i + 1);
    if (!colon) return false;
    if (name == "slots" || name == "Q_SLOTS") {
        const std::string_view before = m_last > 0 ? word(m_last - 1) : std::string_view();
        if (before != "public" && before != "protected" && before != "private") return false;
        blankTokens(i, i + 1);
        return true;
    }
    if (!m_atStart || (name != "signals" && name != "Q_SIGNALS")) return false;
    m_text.replace(token(i).start, 6, "public");
    blank(m_text, token(i).start + 6, token(i).end);
    return true;
}

bool MacroMasker::statementMacro(std::size_t i, std::size_t& next) {
    const std::size_t after = afterParens(i + 1);
    const bool caps = token(i).isCaps;
    const bool emits = (word(i) == "emit" || word(i) == "Q_EMIT") && (isName(i + 1) || word(i + 1) == "this");
    // typedef int (CONVENTION *F)(int)
    const bool convention = caps && m_last > 0 && isPunct(m_last - 1, '(') && isPunct(i + 1, '*') &&
                            isName(i + 2) && isPunct(i + 3, ')') && isPunct(i + 4, '(');
    if (emits || convention) {
        blankTokens(i, i + 1);
        next = i + 1;
        return true;
    }
    const bool place =
        context() == Context::Namespace || context() == Context::Class || context() == Context::Function;
    bool gone = false;
    if (m_atStart && m_parens.empty() && place) {
        gone = loneMacro(i, after);
        if (!gone && (isArithmetic(i + 1) || namesThree(i))) {
            blankTokens(i, i + 1);
            next = i + 1;
            return true;
        }
        if (!gone && caps) {
            gone = prefixMacro(i, i + 1);
            if (gone) {
                blankTokens(i, i + 1);
                next = i + 1;
                return true;
            }
            if (after > i + 1 && context() != Context::Function) gone = prefixMacro(i, after);
        }
    }
    if (!gone && caps && context() == Context::Enum)
        gone = m_last > 0 && isName(m_last - 1); // A DEPRECATED("x"),
    if (!gone && caps && m_last > 0 && token(m_last - 1).kind == Kind::String)
        gone = !isPunct(after, '{'); // "a" MACRO
    if (!gone && caps) {
        const bool parameter =
            !m_parens.empty() && m_last > 0 && (isPunct(m_last - 1, '(') || isPunct(m_last - 1, ','));
        gone = headMacro(i, after) || trailingMacro(i, after) || declaratorMacro(i, after) ||
               (parameter && after == i + 1 && !isPunct(after, '*') && prefixMacro(i, after));
        // "a" MACRO(x) "b"
        const bool text = after > i + 1 && ((m_last > 0 && token(m_last - 1).kind == Kind::String) ||
                                            token(after).kind == Kind::String);
        gone = gone || text;
    }
    if (!gone) return false;
    blankTokens(i, after);
    next = after;
    return true;
}

// f(char *), va_arg(list, int): an operand that is a type becomes a number of the same place.
void MacroMasker::typeArguments(std::size_t open) {
    const std::string_view callee = word(open - 1);
    const bool connect = callee == "SIGNAL" || callee == "SLOT";
    const std::size_t end = afterParens(open);
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
        if (depth == 0 && (isPunct(i, ',') || i + 1 == end)) {
            const bool pointer = i > first && isPunct(i - 1, '*');
            if (type && i > first && (strong || pointer)) {
                blankTokens(first, i);
                m_text[token(first).start] = '0';
            }
            first = i + 1;
            type = true, strong = false;
            continue;
        }
        if (isPunct(i, '(') || isPunct(i, '[') || isPunct(i, '{')) ++depth;
        if (isPunct(i, ')') || isPunct(i, ']') || isPunct(i, '}')) --depth;
        strong = strong || isTypeStart(i);
        type = type && depth == 0 && (isTypeStart(i) || isName(i) || isPunct(i, '*'));
    }
}

Context MacroMasker::contextAt(std::size_t brace) const {
    const std::size_t before = m_last == 0 ? m_tokens.size() - 1 : m_last - 1;
    const std::string_view word1 = word(before);
    if (m_last > 0 &&
        (isPunct(before, '=') || isPunct(before, ',') || isPunct(before, '(') || word1 == "return"))
        return Context::List;
    if (context() == Context::List) return Context::List;
    if (m_sawNamespace) return Context::Namespace;
    if (m_last > 0 && token(before).kind == Kind::String) return Context::Namespace; // extern "C"
    const bool signature = m_last > 0 && isPunct(before, ')');
    if (m_sawEnum && !signature) return Context::Enum;
    if (m_sawClass && !signature) return Context::Class;
    (void)brace;
    if (context() == Context::Function || m_sawParens || signature) return Context::Function;
    return m_last > 0 && isName(before) ? Context::List : Context::Function;
}

void MacroMasker::endStatement() {
    m_atStart = true;
    m_sawNamespace = m_sawClass = m_sawEnum = m_sawParens = false;
}

void MacroMasker::bracket(std::size_t i) {
    const char c = token(i).punct;
    if (c == '(') {
        m_sawParens = true;
        const bool called = i > 0 && isName(i - 1) && m_last == i && context() == Context::Function;
        const bool declared = i > 1 && (isName(i - 2) || isTypeStart(i - 2) || isPunct(i - 2, '*') ||
                                        isPunct(i - 2, '&') || isPunct(i - 2, '>'));
        if (called && !declared && word(i - 1) != "offsetof" && word(i - 1) != "typeof" &&
            !word(i - 1).starts_with("__"))
            typeArguments(i);
        m_parens.push_back(i);
    } else if (c == ')') {
        if (!m_parens.empty()) m_parens.pop_back();
    } else if (c == '{') {
        m_contexts.push_back(contextAt(i));
        m_parens.clear(); // a lambda's body; what is left open is closed by no one who matters
        if (context() != Context::List) endStatement();
    } else if (c == '}') {
        const Context closed = context();
        if (!m_contexts.empty()) m_contexts.pop_back();
        if (closed == Context::Function || closed == Context::Namespace) {
            endStatement();
        } else {
            m_atStart = false; // struct { } name;
            m_sawClass = m_sawEnum = false;
        }
    } else if (c == ';') {
        if (m_parens.empty()) endStatement();
    }
}

void MacroMasker::noteWord(std::size_t i) {
    const std::string_view name = word(i);
    if (name == "namespace") m_sawNamespace = true;
    if (name == "class" || name == "struct" || name == "union") m_sawClass = true;
    if (name == "enum") m_sawEnum = true;
    const bool keeps = token(i).isKeyword && (isOneOf(name, k_prefixWords) || name == "else" || name == "do");
    if (!keeps) m_atStart = false;
    if (name == "else" || name == "do") m_atStart = true;
}

void MacroMasker::run() {
    for (std::size_t i = 0; i + 1 < m_tokens.size();) {
        const CToken& at = m_tokens[i];
        std::size_t next = i + 1;
        if (at.kind == Kind::Directive) {
            if (m_parens.empty() && context() != Context::List && context() != Context::Enum)
                m_atStart = true;
            i = next;
            continue;
        }
        if (const std::size_t past = passThrough(i); past > i) {
            i = past;
            continue;
        }
        // A default argument of `{}` is no expression to the grammar.
        if (!m_parens.empty() && isPunct(i, '{') && isPunct(i + 1, '}') && i > 0 && isPunct(i - 1, '=') &&
            (isPunct(i + 2, ',') || isPunct(i + 2, ')'))) {
            m_text[at.start] = '0';
            blank(m_text, token(i + 1).start, token(i + 1).end);
            m_last = i + 2;
            i += 2;
            continue;
        }
        if (at.kind == Kind::Word && !at.isKeyword && (qtWord(i) || statementMacro(i, next))) {
            if (next == i + 1 && word(i).starts_with("public")) m_last = i + 1;
            i = next;
            continue;
        }
        if (at.kind == Kind::Punct && std::string_view("(){};").find(at.punct) != std::string_view::npos) {
            bracket(i);
        } else if (isPunct(i, ':') && !isScope(i) && m_parens.empty()) {
            const bool label = i > 0 && (m_last == i);
            m_atStart = label && (context() == Context::Class || context() == Context::Function) &&
                        !m_sawClass && !m_sawParens;
        } else if (at.kind == Kind::Word) {
            noteWord(i);
        } else {
            m_atStart = false;
        }
        m_last = i + 1;
        i = next;
    }
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
