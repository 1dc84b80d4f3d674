#pragma once
// Layout of a table: columns as wide as they like while they fit, else shares of the width. Offsets run
// through the cells as in md::selectableText. GUI thread.

#include "ui/chat/transcript/TextLayout.h"

namespace exo::ui {

class TableLayout final : public BlockLayout {
  public:
    TableLayout(const md::Block& table, const TranscriptStyle& style, int width);

    int height() const override { return m_height; }
    int naturalWidth() const override { return m_width; }
    void paint(QPainter& painter, QPointF at, TextRange selection,
               const TranscriptStyle& style) const override;
    int positionAt(QPointF point) const override;
    const md::Span* spanAt(QPointF point) const override;
    QRectF cursorRect(int position) const override;
    std::vector<std::pair<QRectF, const md::Span*>> targets() const override;

  private:
    struct Cell {
        std::unique_ptr<TextLayout> text;
        QPointF at;
        int row = 0;
        int start = 0; // in the selectable text
        int length = 0;
    };
    std::vector<int> columnWidths(const md::Block& table, const TranscriptStyle& style, int width) const;
    const Cell* cellAt(QPointF point) const;

    std::vector<Cell> m_cells;
    std::vector<int> m_rowTops;
    int m_columns = 0;
    int m_height = 0;
    int m_width = 0;
};

} // namespace exo::ui
