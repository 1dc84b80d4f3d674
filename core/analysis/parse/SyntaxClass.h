#pragma once
// What the nodes of a grammar are to a reader's eye, told by their names, which the grammars choose alike.
// Made once for each language; immutable; any thread.

#include "core/analysis/parse/Grammar.h"

#include <vector>

namespace exo::analysis {

enum class SyntaxClass : std::uint8_t { Plain, Comment, String, Number, Keyword, Name, Literal };
enum class FoldForm : std::uint8_t { Brackets, Block, Section };

class SyntaxClasses {
  public:
    static const SyntaxClasses& of(const Grammar& grammar);

    SyntaxClass classOf(TSSymbol symbol) const {
        return symbol < m_classes.size() ? m_classes[symbol] : SyntaxClass::Plain;
    }
    FoldForm foldOf(TSSymbol symbol) const {
        return symbol < m_folds.size() ? m_folds[symbol] : FoldForm::Brackets;
    }
    bool isInterpolation(TSSymbol symbol) const {
        return symbol < m_interpolations.size() && m_interpolations[symbol];
    }
    // A field that holds the key of a pair, in languages of data.
    bool isKey(TSFieldId field) const { return m_key != 0 && field == m_key; }

  private:
    explicit SyntaxClasses(const Grammar& grammar);

    std::vector<SyntaxClass> m_classes;
    std::vector<FoldForm> m_folds;
    std::vector<char> m_interpolations;
    TSFieldId m_key = 0;
};

} // namespace exo::analysis
