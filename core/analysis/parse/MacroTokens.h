#pragma once
// What the masking pass asks of a file's tokens. A view: text and tokens outlive it. Any thread.

#include "core/analysis/parse/CTokens.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace exo::analysis {

class MacroTokens {
  public:
    using Kind = CToken::Kind;

    // `text` may change while this is in use, its length may not.
    MacroTokens(const std::string& text, const std::vector<CToken>& tokens)
        : m_text(text)
        , m_tokens(tokens) {}

    std::size_t size() const { return m_tokens.size(); }
    // Behind the last one that which closes the list.
    const CToken& at(std::size_t i) const { return m_tokens[std::min(i, m_tokens.size() - 1)]; }
    std::string_view word(std::size_t i) const {
        return std::string_view(m_text).substr(at(i).start, at(i).end - at(i).start);
    }
    bool isPunct(std::size_t i, char c) const { return at(i).kind == Kind::Punct && at(i).punct == c; }
    bool isScope(std::size_t i) const { return isPunct(i, ':') && at(i).end - at(i).start == 2; }
    bool isColon(std::size_t i) const { return isPunct(i, ':') && !isScope(i); }
    bool isName(std::size_t i) const { return at(i).kind == Kind::Word && !at(i).isKeyword; }
    bool isTypeWord(std::size_t i) const;
    bool isTypeStart(std::size_t i) const { return isTypeWord(i) || word(i) == "const"; }
    bool isArithmetic(std::size_t i) const;
    bool isPrefixWord(std::size_t i) const; // stands before a declaration and leaves it at its start

    std::size_t afterParens(std::size_t i) const; // i stands on "(": behind its ")"; else i
    std::size_t afterName(std::size_t i) const;   // behind A::B<C>
    bool namesThree(std::size_t i) const;

  private:
    const std::string& m_text;
    const std::vector<CToken>& m_tokens;
};

} // namespace exo::analysis
