#pragma once
// Where the masking pass stands: what the open braces mean and what the statement has had so far. Guessed
// from tokens, as no parser has read them yet. One masking pass owns it.

#include "core/analysis/parse/MacroTokens.h"

#include <vector>

namespace exo::analysis {

class MacroPlace {
  public:
    enum class Context : std::uint8_t { Namespace, Class, Enum, Function, List };

    explicit MacroPlace(MacroTokens tokens)
        : tokens(tokens) {}

    Context context() const { return m_contexts.empty() ? Context::Namespace : m_contexts.back(); }
    bool isIn(Context wanted) const { return context() == wanted; }
    bool inParens() const { return m_parens > 0; }
    bool hasLast() const { return last > 0; }
    std::size_t before() const { return last - 1; } // the last token that was left; only with hasLast()

    void openBrace();
    void closeBrace();
    void openParen();
    void closeParen();
    void endStatement();
    void noteWord(std::size_t i);
    void noteColon(std::size_t i);

    const MacroTokens tokens;
    bool atStart = true;    // of a statement or declaration
    bool sawParens = false; // since then
    std::size_t last = 0;   // index + 1 of the last token that was left

  private:
    Context contextOfBrace() const;

    std::vector<Context> m_contexts;
    int m_parens = 0; // open since the last brace
    bool m_sawNamespace = false, m_sawClass = false, m_sawEnum = false;
};

} // namespace exo::analysis
