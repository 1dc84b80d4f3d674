// What the transcript's window shows.
#include "ui/chat/transcript/TranscriptPainter.h"
#include "ui/chat/transcript/TranscriptView.h"

#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>

namespace exo::ui {

void TranscriptView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.setClipRect(event->rect());
    painter.fillRect(event->rect(), m_style->color(Token::Bg));
    TranscriptPainter draw(painter, *m_style, m_geometry.columnWidth());
    draw.setHover(m_hoverRect);
    draw.setDotPhase(m_dotPhase);
    const int top = verticalScrollBar()->value();
    const int left = columnLeft();
    const QRect dirty = event->rect();
    for (int m = std::max(0, m_geometry.messageAt(top + dirty.top())); m < static_cast<int>(m_entries.size());
         ++m) {
        const MessageEntry& entry = *m_entries[static_cast<std::size_t>(m)];
        int y = m_geometry.messageTop(m) - top;
        if (y > dirty.bottom()) break;
        if (!m_marked.empty() && entry.message().id == m_marked) {
            painter.fillRect(QRect(left - 14, y, 3, entry.height - TranscriptStyle::k_messageGap),
                             m_style->color(Token::Accent));
        }
        for (const Unit& unit : entry.units) {
            if (y + unit.height >= dirty.top() && y <= dirty.bottom()) {
                const QPointF at(left, y);
                if (isText(unit)) {
                    draw.paintText(at, entry, unit, m_selection.within(m, unit));
                } else if (unit.kind != UnitKind::Unparsed) {
                    draw.paintItems(
                        at, chromeItems(entry, unit, *m_style, m_geometry.columnWidth(), contextOf(m)));
                }
            }
            y += unit.height;
        }
    }
    if (hasFocus() && m_focusSpot >= 0 && m_focusSpot < static_cast<int>(m_spots.size())) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(m_style->color(Token::Accent), 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(m_spots[static_cast<std::size_t>(m_focusSpot)].rect.adjusted(-4, -1, 4, 1), 6,
                                6);
    }
}

} // namespace exo::ui
