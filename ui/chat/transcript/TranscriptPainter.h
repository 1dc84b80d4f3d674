#pragma once
// Draws units: frames of code, bubbles, quote bars, list markers, text with its selection, and the rows
// around it. GUI thread.

#include "ui/chat/transcript/ChromeRows.h"
#include "ui/chat/transcript/Geometry.h"

class QPainter;

namespace exo::ui {

class TranscriptPainter {
  public:
    TranscriptPainter(QPainter& painter, const TranscriptStyle& style, int columnWidth)
        : m_painter(painter)
        , m_style(style)
        , m_width(columnWidth) {}

    // `at` is the unit's top left corner.
    void paintText(QPointF at, const MessageEntry& entry, const Unit& unit, TextRange selection);
    void paintItems(QPointF at, const std::vector<ChromeItem>& items);
    void setHover(const QRectF& rect) { m_hover = rect; } // viewport place of the item under the pointer
    void setDotPhase(int phase) { m_dotPhase = phase; }

  private:
    void frame(QRectF rect, bool opens, bool closes, Token fill, std::optional<Token> line, qreal radius);
    void codeFrame(QPointF at, const MessageEntry& entry, const Unit& unit, const TextPlace& place);
    void scrollMark(const QRectF& frame, const Unit& unit, const TextPlace& place, int offset);
    void bubble(QPointF at, const MessageEntry& entry, const Unit& unit);
    void quoteBars(QPointF at, const MessageEntry& entry, const Unit& unit, const TextPlace& place);
    void marker(QPointF at, const md::Block& block, const TextPlace& place);
    void item(const ChromeItem& item, QPointF at);
    void dots(const QRectF& rect);

    QPainter& m_painter;
    const TranscriptStyle& m_style;
    int m_width;
    QRectF m_hover;
    int m_dotPhase = 0;
};

} // namespace exo::ui
