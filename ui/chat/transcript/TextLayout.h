#pragma once
// Layout of a paragraph, a heading, a piece of code or a table cell. GUI thread.

#include "ui/chat/transcript/BlockLayout.h"

#include <QTextLayout>

namespace exo::ui {

class TextLayout final : public BlockLayout {
  public:
    struct Look {
        QFont font;
        QColor color;
        int lineHeight = 0;
        bool wrap = true;
        Qt::Alignment align = Qt::AlignLeft;
    };

    TextLayout(md::Inline text, Look look, const TranscriptStyle& style, int width);
    // Code, coloured.
    TextLayout(const md::Block& code, const TranscriptStyle& style, int width, bool wrap);

    int height() const override { return m_height; }
    int naturalWidth() const override { return m_naturalWidth; }
    void paint(QPainter& painter, QPointF at, TextRange selection,
               const TranscriptStyle& style) const override;
    int positionAt(QPointF point) const override;
    const md::Span* spanAt(QPointF point) const override;
    QRectF cursorRect(int position) const override;
    std::vector<std::pair<QRectF, const md::Span*>> targets() const override;

  private:
    std::vector<QTextLayout::FormatRange> formats(const TranscriptStyle& style) const;
    void place(int width);
    void forRects(int from, int to, const std::function<void(const QRectF&)>& use) const;

    md::Inline m_text;
    Look m_look;
    bool m_code = false;
    QTextLayout m_layout;
    int m_height = 0;
    int m_naturalWidth = 0;
};

} // namespace exo::ui
