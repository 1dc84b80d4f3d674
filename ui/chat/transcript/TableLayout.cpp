#include "ui/chat/transcript/TableLayout.h"

#include <QPainter>

#include <numeric>

namespace exo::ui {

namespace {

constexpr int k_padX = 10;
constexpr int k_padY = 5;
constexpr int k_narrowest = 48;

} // namespace

std::vector<int> TableLayout::columnWidths(const md::Block& table, const TranscriptStyle& style,
                                           int width) const {
    const QFontMetrics metrics(style.body);
    std::vector<int> wanted(static_cast<std::size_t>(m_columns), k_narrowest);
    for (const auto& row : table.rows) {
        for (std::size_t c = 0; c < row.size() && c < wanted.size(); ++c) {
            const int chips = static_cast<int>(row[c].spans.size()) * 12;
            const int text = metrics.horizontalAdvance(row[c].text.left(400)) + chips;
            wanted[c] = std::max(wanted[c], text + 2 * k_padX + 4);
        }
    }
    const int total = std::accumulate(wanted.begin(), wanted.end(), 0);
    if (total <= width) { // the rest is shared out, so that the table fills the column
        const int extra = (width - total) / std::max(1, m_columns);
        for (int& w : wanted) {
            w += extra;
        }
        return wanted;
    }
    // Narrow columns keep what they want; the wide ones share the rest in proportion.
    const int fair = width / std::max(1, m_columns);
    int kept = 0;
    int wide = 0;
    for (const int w : wanted) {
        (w <= fair ? kept : wide) += w;
    }
    for (int& w : wanted) {
        if (w > fair)
            w = std::max(k_narrowest, static_cast<int>(qint64(w) * (width - kept) / std::max(1, wide)));
    }
    return wanted;
}

TableLayout::TableLayout(const md::Block& table, const TranscriptStyle& style, int width) {
    for (const auto& row : table.rows) {
        m_columns = std::max(m_columns, static_cast<int>(row.size()));
    }
    const std::vector<int> widths = columnWidths(table, style, width);
    int y = 0;
    int offset = 0;
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
        m_rowTops.push_back(y);
        int x = 0;
        int rowHeight = style.bodyLine;
        for (std::size_t c = 0; c < table.rows[r].size(); ++c) {
            md::Inline text = table.rows[r][c];
            const int length = static_cast<int>(text.text.size());
            TextLayout::Look look{style.body, style.color(r == 0 ? Token::Text2 : Token::Text),
                                  style.bodyLine, true, Qt::AlignLeft};
            const md::Align align = c < table.aligns.size() ? table.aligns[c] : md::Align::Left;
            if (align == md::Align::Right) look.align = Qt::AlignRight;
            if (align == md::Align::Center) look.align = Qt::AlignHCenter;
            Cell cell;
            cell.text = std::make_unique<TextLayout>(std::move(text), look, style, widths[c] - 2 * k_padX);
            cell.at = QPointF(x + k_padX, y + k_padY);
            cell.row = static_cast<int>(r);
            cell.start = offset;
            cell.length = length;
            rowHeight = std::max(rowHeight, cell.text->height());
            m_cells.push_back(std::move(cell));
            offset += length + 1; // tab or line break
            x += widths[c];
        }
        m_width = std::max(m_width, x);
        y += rowHeight + 2 * k_padY + 1;
    }
    m_height = y;
}

void TableLayout::paint(QPainter& painter, QPointF at, TextRange selection,
                        const TranscriptStyle& style) const {
    painter.fillRect(QRectF(at.x(), at.y() + m_height - 1, m_width, 1), style.color(Token::Line));
    for (std::size_t r = 1; r < m_rowTops.size(); ++r) {
        painter.fillRect(QRectF(at.x(), at.y() + m_rowTops[r] - 1, m_width, 1), style.color(Token::Line));
    }
    const QRectF clip = painter.hasClipping() ? painter.clipBoundingRect() : QRectF();
    for (const Cell& cell : m_cells) {
        const QPointF place = at + cell.at;
        if (!clip.isEmpty() && (place.y() > clip.bottom() || place.y() + cell.text->height() < clip.top()))
            continue;
        const TextRange part{std::max(0, selection.from - cell.start),
                             std::min(cell.length, selection.to - cell.start)};
        cell.text->paint(painter, place, part, style);
    }
}

const TableLayout::Cell* TableLayout::cellAt(QPointF point) const {
    const Cell* best = nullptr;
    for (const Cell& cell : m_cells) {
        if (cell.row > 0 && point.y() < m_rowTops[static_cast<std::size_t>(cell.row)]) break;
        const bool newRow = best == nullptr || cell.row != best->row;
        if (newRow || point.x() >= cell.at.x() - k_padX) best = &cell;
    }
    return best;
}

int TableLayout::positionAt(QPointF point) const {
    const Cell* cell = cellAt(point);
    if (cell == nullptr || point.y() < 0) return 0;
    const Cell& last = m_cells.back();
    if (point.y() >= m_height) return last.start + last.length;
    return cell->start + cell->text->positionAt(point - cell->at);
}

const md::Span* TableLayout::spanAt(QPointF point) const {
    const Cell* cell = cellAt(point);
    return cell ? cell->text->spanAt(point - cell->at) : nullptr;
}

QRectF TableLayout::cursorRect(int position) const {
    const Cell* best = nullptr;
    for (const Cell& cell : m_cells) {
        if (cell.start > position) break;
        best = &cell;
    }
    if (best == nullptr) return {0, 0, 1, 1};
    return best->text->cursorRect(position - best->start).translated(best->at);
}

std::vector<std::pair<QRectF, const md::Span*>> TableLayout::targets() const {
    std::vector<std::pair<QRectF, const md::Span*>> out;
    for (const Cell& cell : m_cells) {
        for (auto& [rect, span] : cell.text->targets()) {
            out.emplace_back(rect.translated(cell.at), span);
        }
    }
    return out;
}

} // namespace exo::ui
