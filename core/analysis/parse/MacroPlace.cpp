#include "core/analysis/parse/MacroPlace.h"

#include <string_view>

namespace exo::analysis {

MacroPlace::Context MacroPlace::contextOfBrace() const {
    if (context() == Context::List) return Context::List;
    const bool begun = hasLast();
    const std::string_view word = begun ? tokens.word(before()) : std::string_view();
    if (begun && (tokens.isPunct(before(), '=') || tokens.isPunct(before(), ',') ||
                  tokens.isPunct(before(), '(') || word == "return"))
        return Context::List;
    if (m_sawNamespace) return Context::Namespace;
    if (begun && tokens.at(before()).kind == CToken::Kind::String) return Context::Namespace; // extern "C"
    const bool signature = begun && tokens.isPunct(before(), ')');
    if (m_sawEnum && !signature) return Context::Enum;
    if (m_sawClass && !signature) return Context::Class;
    if (context() == Context::Function || sawParens || signature) return Context::Function;
    return begun && tokens.isName(before()) ? Context::List : Context::Function;
}

void MacroPlace::openBrace() {
    m_contexts.push_back(contextOfBrace());
    m_parens = 0; // a lambda's body; what is left open is closed by no one who matters
    if (context() != Context::List) endStatement();
}

void MacroPlace::closeBrace() {
    const Context closed = context();
    if (!m_contexts.empty()) m_contexts.pop_back();
    if (closed == Context::Function || closed == Context::Namespace) {
        endStatement();
    } else {
        atStart = false; // struct { } name;
        m_sawClass = m_sawEnum = false;
    }
}

void MacroPlace::openParen() {
    sawParens = true;
    ++m_parens;
}

void MacroPlace::closeParen() {
    if (m_parens > 0) --m_parens;
}

void MacroPlace::endStatement() {
    atStart = true;
    m_sawNamespace = m_sawClass = m_sawEnum = sawParens = false;
}

void MacroPlace::noteWord(std::size_t i) {
    const std::string_view name = tokens.word(i);
    if (name == "namespace") m_sawNamespace = true;
    if (name == "class" || name == "struct" || name == "union") m_sawClass = true;
    if (name == "enum") m_sawEnum = true;
    if (!tokens.isPrefixWord(i)) atStart = false;
    if (name == "else" || name == "do") atStart = true;
}

// Of a label or an access word.
void MacroPlace::noteColon(std::size_t i) {
    const bool label = i > 0 && last == i;
    atStart = label && (isIn(Context::Class) || isIn(Context::Function)) && !m_sawClass && !sawParens;
}

} // namespace exo::analysis
