#pragma once
// Which lines of a file are shown: rows of the view against lines of the text. Plain value; GUI thread.

#ifndef Q_MOC_RUN // moc of Qt 6.4 does not read the concepts of the standard library
#include "core/api/AnalysisViews.h"
#endif

#include <set>
#include <vector>

namespace exo::ui {

class FoldState {
  public:
    // Forgets what is folded.
    void reset(int lines, std::vector<api::FoldRange> folds);
    // Keeps what is folded where it still can be.
    void setFolds(std::vector<api::FoldRange> folds);

    int rows() const { return m_shown.empty() ? m_lines : static_cast<int>(m_shown.size()); }
    int lineAt(int row) const;
    int rowOf(int line) const; // of a hidden line: that of the fold it lies in
    bool isHidden(int line) const;
    const api::FoldRange* foldAt(int line) const; // that starts there
    bool isFolded(int line) const { return m_folded.contains(line); }

    void toggle(int line);
    void foldAll();
    void unfoldAll();
    // Opens every fold the line lies in; whether there was one.
    bool reveal(int line);

  private:
    void rebuild();

    int m_lines = 1;
    std::vector<api::FoldRange> m_folds;
    std::set<int> m_folded;   // by start
    std::vector<int> m_shown; // empty: all of them
};

} // namespace exo::ui
