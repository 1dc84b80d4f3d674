// How the code view draws: the lines in sight and nothing else.
#include "ui/analysis/code/CodeView.h"
#include "ui/theme/Icons.h"

#include <QLocale>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTextLayout>

#include <algorithm>

namespace exo::ui {

namespace {

constexpr int k_foldIcon = 14;

Token markToken(CodeMark::Kind kind) {
    switch (kind) {
    case CodeMark::Kind::Error: return Token::Crit;
    case CodeMark::Kind::Warning: return Token::Warn;
    case CodeMark::Kind::Note: return Token::Text3;
    case CodeMark::Kind::Duplicate: return Token::Accent;
    }
    return Token::Text3;
}

} // namespace

void CodeView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), m_theme->color(Token::Code));
    if (m_document.isEmpty()) return;
    const int first = std::max(verticalScrollBar()->value() / m_lineHeight, 0);
    const int last =
        std::min((verticalScrollBar()->value() + viewport()->height()) / m_lineHeight, m_folds.rows() - 1);
    painter.setPen(m_theme->color(Token::Text));
    painter.setClipRect(QRect(m_gutter, 0, viewport()->width() - m_gutter, viewport()->height()));
    for (int row = first; row <= last; ++row) {
        const int line = m_folds.lineAt(row);
        const QRect rect = lineRect(line);
        paintGround(painter, line, rect);
        QTextLayout& layout = layoutOf(line);
        layout.draw(&painter, QPointF(textLeft(), rect.top()));
        if (m_folds.isFolded(line)) {
            const int end = textLeft() + static_cast<int>(layout.lineAt(0).naturalTextWidth()) + 8;
            const QRect mark(end, rect.top() + (m_lineHeight - 16) / 2, 24, 16);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme->color(Token::AccentSoft));
            painter.drawRoundedRect(mark, 4, 4);
            painter.setPen(m_theme->color(Token::AccentInk));
            painter.drawText(mark, Qt::AlignCenter, QStringLiteral("⋯"));
            painter.setRenderHint(QPainter::Antialiasing, false);
            painter.setPen(m_theme->color(Token::Text));
        }
        if (line == m_cursor.line && hasFocus()) {
            const int x = static_cast<int>(columnX(m_cursor));
            painter.fillRect(QRect(x, rect.top() + 2, 2, m_lineHeight - 4), m_theme->color(Token::Accent));
        }
    }
    painter.setClipping(false);
    for (int row = first; row <= last; ++row) {
        const int line = m_folds.lineAt(row);
        paintGutter(painter, line, lineRect(line));
    }
}

void CodeView::paintGround(QPainter& painter, int line, const QRect& row) const {
    if (line == m_cursor.line && !hasSelection()) painter.fillRect(row, m_theme->color(Token::Hover));
    const auto at = std::lower_bound(m_matches.begin(), m_matches.end(), line,
                                     [](const CodeMatch& match, int number) { return match.line < number; });
    QTextLine text = layoutOf(line).lineAt(0);
    const int length = static_cast<int>(layoutOf(line).text().size());
    const auto area = [&](int from, int to) {
        const qreal left = textLeft() + text.cursorToX(std::min(from, length));
        const qreal right = textLeft() + text.cursorToX(std::min(to, length));
        return QRectF(left, row.top() + 1, right - left, m_lineHeight - 2);
    };
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (auto it = at; it != m_matches.end() && it->line == line; ++it) {
        const bool current = it - m_matches.begin() == m_currentMatch;
        painter.setPen(QPen(m_theme->color(current ? Token::Accent : Token::Line), 1));
        painter.setBrush(m_theme->color(Token::AccentSoft));
        painter.drawRoundedRect(area(it->start, it->start + it->length).adjusted(-0.5, 0.5, 0.5, -0.5), 3, 3);
    }
    painter.restore();
    if (!hasSelection()) return;
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    if (line < from.line || line > to.line) return;
    QRectF chosen = area(line == from.line ? from.column : 0, line == to.line ? to.column : length);
    if (line != to.line) chosen.setRight(chosen.right() + m_cell); // the end of the line is chosen too
    chosen.setTop(row.top());
    chosen.setHeight(m_lineHeight);
    painter.fillRect(chosen, m_theme->color(Token::Selection));
}

void CodeView::paintGutter(QPainter& painter, int line, const QRect& row) const {
    const QRect area(0, row.top(), m_gutter, m_lineHeight);
    painter.fillRect(area, m_theme->color(Token::Code));
    if (const CodeMark* mark = markAt(line)) {
        const bool thin = mark->kind == CodeMark::Kind::Duplicate;
        painter.fillRect(QRect(0, row.top() + 1, thin ? 3 : 4, m_lineHeight - 2),
                         m_theme->color(markToken(mark->kind)));
    }
    const bool here = line == m_cursor.line;
    painter.setFont(m_theme->font(FontRole::Code));
    painter.setPen(m_theme->color(here ? Token::Text : Token::Text3));
    painter.drawText(area.adjusted(0, 0, -20, 0), Qt::AlignRight | Qt::AlignVCenter, QString::number(line));
    const int left = m_gutter - 17;
    const int top = row.top() + (m_lineHeight - k_foldIcon) / 2;
    if (m_folds.foldAt(line)) {
        const QStringView icon = m_folds.isFolded(line) ? u"chevron-right" : u"chevron-down";
        themedIcon(m_theme, icon, Token::Text3).paint(&painter, left, top, k_foldIcon, k_foldIcon);
    } else if (std::binary_search(m_functionLines.begin(), m_functionLines.end(), line)) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme->color(Token::Function));
        painter.drawEllipse(QPointF(left + k_foldIcon / 2.0, row.top() + m_lineHeight / 2.0), 2.5, 2.5);
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
}

} // namespace exo::ui
