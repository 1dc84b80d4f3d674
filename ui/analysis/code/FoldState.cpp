#include "ui/analysis/code/FoldState.h"

#include <algorithm>

namespace exo::ui {

void FoldState::reset(int lines, std::vector<api::FoldRange> folds) {
    m_lines = std::max(lines, 1);
    m_folded.clear();
    setFolds(std::move(folds));
}

void FoldState::setFolds(std::vector<api::FoldRange> folds) {
    m_folds = std::move(folds);
    std::erase_if(m_folded, [this](int line) { return !foldAt(line); });
    rebuild();
}

const api::FoldRange* FoldState::foldAt(int line) const {
    const auto it = std::lower_bound(m_folds.begin(), m_folds.end(), line,
                                     [](const api::FoldRange& fold, int at) { return fold.startLine < at; });
    return it != m_folds.end() && it->startLine == line ? &*it : nullptr;
}

int FoldState::lineAt(int row) const {
    row = std::clamp(row, 0, rows() - 1);
    return m_shown.empty() ? row + 1 : m_shown[static_cast<std::size_t>(row)];
}

int FoldState::rowOf(int line) const {
    line = std::clamp(line, 1, m_lines);
    if (m_shown.empty()) return line - 1;
    const auto after = std::upper_bound(m_shown.begin(), m_shown.end(), line);
    return static_cast<int>(after - m_shown.begin()) - 1;
}

bool FoldState::isHidden(int line) const {
    return !m_shown.empty() && lineAt(rowOf(line)) != line;
}

void FoldState::toggle(int line) {
    if (!foldAt(line)) return;
    if (m_folded.erase(line) == 0) m_folded.insert(line);
    rebuild();
}

void FoldState::foldAll() {
    for (const api::FoldRange& fold : m_folds) {
        m_folded.insert(fold.startLine);
    }
    rebuild();
}

void FoldState::unfoldAll() {
    m_folded.clear();
    rebuild();
}

bool FoldState::reveal(int line) {
    bool any = false;
    for (const api::FoldRange& fold : m_folds) {
        if (fold.startLine >= line) break;
        if (fold.endLine >= line) any = m_folded.erase(fold.startLine) > 0 || any;
    }
    if (any) rebuild();
    return any;
}

void FoldState::rebuild() {
    m_shown.clear();
    if (m_folded.empty()) return;
    m_shown.reserve(static_cast<std::size_t>(m_lines));
    for (int line = 1; line <= m_lines; ++line) {
        m_shown.push_back(line);
        if (const api::FoldRange* fold = m_folded.contains(line) ? foldAt(line) : nullptr)
            line = fold->endLine;
    }
}

} // namespace exo::ui
