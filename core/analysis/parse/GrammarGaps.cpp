#include "core/analysis/parse/GrammarGaps.h"

#include "core/analysis/parse/MacroMask.h"

#include <string_view>

namespace exo::analysis {

namespace {

using Context = MacroPlace::Context;
using Kind = CToken::Kind;

class Gaps {
  public:
    Gaps(std::string& text, const MacroPlace& place)
        : m_text(text)
        , m_place(place)
        , m_t(place.tokens) {}

    std::size_t word(std::size_t i) {
        const std::string_view name = m_t.word(i);
        if (name == "enum") return enumBase(i);
        if (name == "typename") return typenameOfCall(i);
        if (name == "new") return newOfPointers(i);
        if (name == "operator") return operatorCall(i);
        if (m_t.isArithmetic(i)) return m_place.isIn(Context::Class) ? bitsWithoutName(i) : castByName(i);
        return i;
    }

    // R (C::*name)(int), T C::*: a pointer to what is no member.
    std::size_t memberPointer(std::size_t i) {
        if (!m_t.isScope(i + 1) && !m_t.isPunct(i + 1, '<')) return i;
        if (i > 0 && m_t.isScope(i - 1)) return i;
        const std::size_t end = m_t.afterName(i);
        if (end < i + 2 || !m_t.isScope(end - 1) || !m_t.isPunct(end, '*')) return i;
        blankTokens(i, end);
        return end;
    }

    // a->*b, a.*b: an operator between two names.
    std::size_t memberOperator(std::size_t i) {
        if (!m_t.isPunct(i + 1, '*') || m_t.at(i + 1).start != m_t.at(i).end) return i;
        const bool arrow = m_t.isPunct(i, '-') && m_t.at(i).end - m_t.at(i).start == 2;
        const bool dot = m_t.isPunct(i, '.') && !(i > 0 && m_t.isPunct(i - 1, '.'));
        if (!arrow && !dot) return i;
        blankTokens(i, i + 2);
        m_text[m_t.at(i).start] = '+';
        return i + 2;
    }

    // f(T &&): without a name.
    std::size_t rvalueWithoutName(std::size_t i) {
        const bool closes = m_t.isPunct(i + 2, ')') || m_t.isPunct(i + 2, ',');
        if (!m_place.inParens() || m_place.isIn(Context::Function) || !m_t.isPunct(i, '&') ||
            !m_t.isPunct(i + 1, '&') || !closes)
            return i;
        blankTokens(i, i + 1);
        return i + 1;
    }

    // template <class T> void f(T) = delete;
    std::size_t deletedFunction(std::size_t i) {
        if (!m_place.isIn(Context::Namespace) || m_t.word(i + 1) != "delete" || !m_t.isPunct(i + 2, ';'))
            return i;
        blankTokens(i, i + 2);
        return i + 2;
    }

    // f(T * = nullptr, int = 1): a default of what has no name.
    std::size_t defaultWithoutName(std::size_t i) {
        const bool nameless =
            i > 0 && (m_t.isPunct(i - 1, '*') || m_t.isPunct(i - 1, '&') || m_t.isArithmetic(i - 1));
        if (!m_place.inParens() || m_place.isIn(Context::Function) || !nameless) return i;
        constexpr std::size_t k_longest = 40;
        int depth = 0;
        for (std::size_t at = i; at < i + k_longest && m_t.at(at).kind != Kind::End; ++at) {
            if (depth == 0 && (m_t.isPunct(at, ',') || m_t.isPunct(at, ')'))) {
                blankTokens(i, at);
                return at;
            }
            depth += m_t.isPunct(at, '(') - m_t.isPunct(at, ')');
        }
        return i;
    }

  private:
    void blankTokens(std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i)
            blank(m_text, m_t.at(i).start, m_t.at(i).end);
    }

    // enum : int { a }
    std::size_t enumBase(std::size_t i) {
        constexpr std::size_t k_longest = 12;
        if (!m_t.isColon(i + 1)) return i;
        for (std::size_t at = i + 2; at < i + k_longest; ++at) {
            if (m_t.isPunct(at, ';')) break;
            if (m_t.isPunct(at, '{')) {
                blankTokens(i + 1, at);
                break;
            }
        }
        return i;
    }

    // return typename T::U(a);
    std::size_t typenameOfCall(std::size_t i) {
        if (!m_place.isIn(Context::Function) || m_place.atStart) return i;
        const std::size_t end = m_t.afterName(i + 1);
        if (end == i + 1 || !(m_t.isPunct(end, '(') || m_t.isPunct(end, '{'))) return i;
        blankTokens(i, i + 1);
        return i + 1;
    }

    // new char *[n]
    std::size_t newOfPointers(std::size_t i) {
        std::size_t at = i + 1;
        while (m_t.isTypeStart(at))
            ++at;
        at = m_t.afterName(at);
        const std::size_t stars = at;
        while (m_t.isPunct(at, '*'))
            ++at;
        if (at > stars && stars > i + 1 && m_t.isPunct(at, '[')) blankTokens(stars, at);
        return i;
    }

    // this->operator==(a); operator new(n)
    std::size_t operatorCall(std::size_t i) {
        if (!m_place.isIn(Context::Function)) return i;
        const bool isOperand =
            m_place.atStart ||
            (i > 0 && (m_t.isPunct(i - 1, '-') || m_t.isPunct(i - 1, '.') || m_t.isPunct(i - 1, '(') ||
                       m_t.isPunct(i - 1, '{') || m_t.isPunct(i - 1, '*')));
        std::size_t end = i + 1;
        if (m_t.word(end) == "new" || m_t.word(end) == "delete") {
            if (m_t.isPunct(end + 1, '(')) fill(m_t.at(i).end, m_t.at(end).start);
            return m_t.isPunct(end + 1, '(') ? end + 1 : i;
        }
        while (end < i + 4 && m_t.at(end).kind == Kind::Punct && !m_t.isPunct(end, '('))
            ++end;
        if (end == i + 1 && m_t.isPunct(end + 1, ')')) end += 2; // operator()
        if (!isOperand || end == i + 1 || !m_t.isPunct(end, '(')) return i;
        fill(m_t.at(i).end, m_t.at(end - 1).end);
        return end;
    }
    void fill(std::size_t start, std::size_t end) {
        for (std::size_t at = start; at < end; ++at)
            if (m_text[at] != '\n' && m_text[at] != '\r') m_text[at] = '_';
    }

    // unsigned : 3;
    std::size_t bitsWithoutName(std::size_t i) {
        if (m_t.isColon(i + 1) && m_t.at(i + 2).kind == Kind::Number && m_t.isPunct(i + 3, ';'))
            blankTokens(i + 1, i + 3);
        return i;
    }

    // unsigned(a) < 1
    std::size_t castByName(std::size_t i) {
        const std::string_view name = m_t.word(i);
        if (name != "unsigned" && name != "signed" && name != "long" && name != "short") return i;
        if (!m_place.isIn(Context::Function) || !m_t.isPunct(i + 1, '(') || m_t.isPunct(i + 2, '*') || i == 0)
            return i;
        const CToken& before = m_t.at(i - 1);
        const bool operand = m_t.word(i - 1) == "return" ||
                             (before.kind == Kind::Punct && before.punct != ')' && before.punct != ']');
        if (!operand || m_place.atStart) return i;
        blankTokens(i, i + 1);
        return i + 1;
    }

    std::string& m_text;
    const MacroPlace& m_place;
    const MacroTokens& m_t;
};

} // namespace

std::size_t mendGap(std::string& text, const MacroPlace& place, std::size_t i) {
    Gaps gaps(text, place);
    const CToken& token = place.tokens.at(i);
    if (token.kind == Kind::Word) return token.isKeyword ? gaps.word(i) : gaps.memberPointer(i);
    if (token.punct == '&') return gaps.rvalueWithoutName(i);
    if (token.punct == '=') return gaps.deletedFunction(i) > i ? i + 2 : gaps.defaultWithoutName(i);
    return token.punct == '-' || token.punct == '.' ? gaps.memberOperator(i) : i;
}

} // namespace exo::analysis
