#include "ui/chat/transcript/TranscriptPainter.h"

#include "ui/theme/Icons.h"

#include <QPainter>
#include <QPainterPath>

namespace exo::ui {

namespace {

constexpr qreal k_iconSize = 16;

} // namespace

// A rounded frame of which this unit may be only a part.
void TranscriptPainter::frame(QRectF rect, bool opens, bool closes, Token fill, std::optional<Token> line,
                              qreal radius) {
    m_painter.save();
    m_painter.setRenderHint(QPainter::Antialiasing);
    m_painter.setClipRect(rect, Qt::IntersectClip);
    QRectF whole = rect.adjusted(0.5, 0.5, -0.5, -0.5);
    if (!opens) whole.setTop(whole.top() - 2 * radius);
    if (!closes) whole.setBottom(whole.bottom() + 2 * radius);
    m_painter.setBrush(m_style.color(fill));
    m_painter.setPen(line ? QPen(m_style.color(*line), 1) : QPen(Qt::NoPen));
    m_painter.drawRoundedRect(whole, radius, radius);
    m_painter.restore();
}

void TranscriptPainter::codeFrame(QPointF at, const MessageEntry& entry, const Unit& unit,
                                  const TextPlace& place) {
    const md::Block& block = entry.blockOf(unit);
    const QRectF rect(at.x() + place.x - TranscriptStyle::k_codePadX, at.y() + place.spaceAbove,
                      place.width + 2 * TranscriptStyle::k_codePadX, unit.height - place.spaceAbove);
    // What follows the frame inside a bubble belongs to the bubble.
    QRectF inner = rect;
    const bool closes = entry.isLastPart(unit);
    const int codeBelow = closes ? TranscriptStyle::k_codePadY : 0;
    inner.setBottom(rect.bottom() - (place.below - codeBelow));
    const int codeAbove = block.continues ? 0 : TranscriptStyle::k_codeHeader + TranscriptStyle::k_codePadY;
    inner.setTop(rect.top() + (place.above - codeAbove));
    frame(inner, !block.continues, closes, Token::Code, Token::Line, 10);
    if (!block.continues) {
        m_painter.fillRect(
            QRectF(inner.left(), inner.top() + TranscriptStyle::k_codeHeader, inner.width(), 1),
            m_style.color(Token::Line));
        paintItems(inner.topLeft(), codeItems(entry, unit, m_style, static_cast<int>(inner.width())));
    }
    if (closes && unit.kind == UnitKind::Text) {
        const auto scrolled = entry.scrolled.find(entry.codeGroup(unit.block));
        scrollMark(inner, unit, place, scrolled == entry.scrolled.end() ? 0 : scrolled->second);
    }
}

void TranscriptPainter::scrollMark(const QRectF& frame, const Unit& unit, const TextPlace& place,
                                   int offset) {
    const int natural = unit.layout->naturalWidth();
    if (natural <= place.width) return;
    const qreal track = frame.width() - 2 * TranscriptStyle::k_codePadX;
    const qreal length = std::max<qreal>(24, track * place.width / natural);
    const qreal x = (track - length) * offset / std::max(1, natural - place.width);
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(m_style.color(Token::Line));
    m_painter.drawRoundedRect(
        QRectF(frame.left() + TranscriptStyle::k_codePadX + x, frame.bottom() - 7, length, 4), 2, 2);
}

void TranscriptPainter::bubble(QPointF at, const MessageEntry& entry, const Unit& unit) {
    const bool alone = entry.blocks().size() == 1 && entry.blocks()[0].kind == md::BlockKind::Paragraph;
    const bool opens = unit.block == 0;
    const bool closes = unit.block + 1 == static_cast<int>(entry.blocks().size());
    const int natural = unit.layout->naturalWidth() + 2 * TranscriptStyle::k_bubblePadX;
    const QRectF rect(at.x(), at.y(), alone ? std::min(m_width, natural) : m_width, unit.height);
    frame(rect, opens, closes, Token::AccentSoft, std::nullopt, 12);
}

void TranscriptPainter::quoteBars(QPointF at, const MessageEntry& entry, const Unit& unit,
                                  const TextPlace& place) {
    if (unit.kind == UnitKind::ReasoningText) {
        m_painter.fillRect(
            QRectF(at.x(), at.y(), 2, unit.height - (place.below > 0 ? TranscriptStyle::k_reasoningGap : 0)),
            m_style.color(Token::Line));
        return;
    }
    const md::Block& block = entry.blockOf(unit);
    if (!block.levels.contains(md::k_quoteLevel)) return;
    const md::Block* before =
        unit.block > 0 ? &entry.blocks()[static_cast<std::size_t>(unit.block) - 1] : nullptr;
    qreal x = at.x();
    for (qsizetype i = 0; i < block.levels.size(); ++i) {
        if (block.levels[i] != md::k_quoteLevel) {
            x += TranscriptStyle::k_levelIndent;
            continue;
        }
        const bool joined =
            before && before->levels.size() > i && before->levels.left(i + 1) == block.levels.left(i + 1);
        const qreal top = joined ? 0 : place.spaceAbove;
        m_painter.fillRect(QRectF(x, at.y() + top, 3, unit.height - top), m_style.color(Token::Line));
        x += TranscriptStyle::k_quoteIndent;
    }
}

void TranscriptPainter::marker(QPointF at, const md::Block& block, const TextPlace& place) {
    if (block.marker == md::Marker::None) return;
    qreal x = at.x() + place.x;
    if (block.kind == md::BlockKind::Code) x -= TranscriptStyle::k_codePadX;
    const qreal line =
        block.kind == md::BlockKind::Heading ? m_style.headingLine(block.headingLevel) : m_style.bodyLine;
    const qreal middle = at.y() + place.spaceAbove + line / 2 + (block.kind == md::BlockKind::Code ? 6 : 0);
    m_painter.setRenderHint(QPainter::Antialiasing);
    switch (block.marker) {
    case md::Marker::Bullet:
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(m_style.color(Token::Text2));
        m_painter.drawEllipse(QPointF(x - 13, middle + 0.5), 2.5, 2.5);
        break;
    case md::Marker::Number:
        m_painter.setFont(m_style.body);
        m_painter.setPen(m_style.color(Token::Text2));
        m_painter.drawText(QRectF(x - 100, middle - line / 2, 94, line), Qt::AlignRight | Qt::AlignVCenter,
                           QString::number(block.number) + u'.');
        break;
    default: {
        const bool done = block.marker == md::Marker::TaskDone;
        const QRectF box(x - 20.5, middle - 6.5, 13, 13);
        m_painter.setPen(QPen(m_style.color(done ? Token::Accent : Token::Text3), 1.2));
        m_painter.setBrush(done ? QBrush(m_style.color(Token::Accent)) : QBrush(Qt::NoBrush));
        m_painter.drawRoundedRect(box, 3, 3);
        if (done) {
            m_painter.setPen(
                QPen(m_style.color(Token::AccentText), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            m_painter.drawPolyline(
                QPolygonF({box.topLeft() + QPointF(3, 6.5), box.topLeft() + QPointF(5.5, 9.2),
                           box.topLeft() + QPointF(10, 4)}));
        }
        break;
    }
    }
}

void TranscriptPainter::paintText(QPointF at, const MessageEntry& entry, const Unit& unit,
                                  TextRange selection) {
    if (!unit.layout) return;
    const md::Block& block = entry.blockOf(unit);
    const TextPlace place = placeText(entry, unit, m_width);
    if (entry.isUser() && unit.kind == UnitKind::Text) bubble(at, entry, unit);
    quoteBars(at, entry, unit, place);
    QPointF textAt = at + QPointF(place.x, place.spaceAbove + place.above);
    if (block.kind != md::BlockKind::Code) {
        marker(at + QPointF(0, place.above), block, place);
        unit.layout->paint(m_painter, textAt, selection, m_style);
        return;
    }
    codeFrame(at, entry, unit, place);
    marker(at, block, place);
    m_painter.save();
    m_painter.setClipRect(QRectF(textAt.x() - 2, textAt.y(), place.width + 4, unit.textHeight),
                          Qt::IntersectClip);
    if (unit.kind == UnitKind::Text) {
        const auto scrolled = entry.scrolled.find(entry.codeGroup(unit.block));
        if (scrolled != entry.scrolled.end()) textAt.rx() -= scrolled->second;
    }
    unit.layout->paint(m_painter, textAt, selection, m_style);
    m_painter.restore();
}

void TranscriptPainter::dots(const QRectF& rect) {
    m_painter.setPen(Qt::NoPen);
    for (int i = 0; i < 3; ++i) {
        m_painter.setBrush(m_style.color(i == m_dotPhase % 3 ? Token::Text2 : Token::Line));
        m_painter.drawEllipse(QPointF(rect.left() + 5 + i * 11, rect.center().y()), 3, 3);
    }
}

void TranscriptPainter::item(const ChromeItem& item, QPointF at) {
    QRectF rect = item.rect.translated(at);
    const bool hovered = item.action != SpotAction::None && !m_hover.isEmpty() && m_hover == rect;
    if (item.look == ChromeItem::Look::Dots) return dots(rect);
    if (item.look == ChromeItem::Look::Line) {
        m_painter.setFont(m_style.caption);
        const int text = m_painter.fontMetrics().horizontalAdvance(item.text) + 24;
        const qreal y = qRound(rect.center().y()) + 0.5;
        m_painter.setPen(m_style.color(Token::Line));
        m_painter.drawLine(QPointF(rect.left(), y), QPointF(rect.center().x() - text / 2.0, y));
        m_painter.drawLine(QPointF(rect.center().x() + text / 2.0, y), QPointF(rect.right(), y));
        m_painter.setPen(m_style.color(item.token));
        m_painter.drawText(rect, Qt::AlignCenter, item.text);
        return;
    }
    const bool boxed = item.look == ChromeItem::Look::Chip || item.look == ChromeItem::Look::Button;
    if (boxed) {
        m_painter.setPen(QPen(m_style.color(hovered ? Token::Accent : Token::Line), 1));
        m_painter.setBrush(m_style.color(hovered ? Token::Hover : Token::Surface));
        const qreal radius = item.look == ChromeItem::Look::Chip ? rect.height() / 2 : 8;
        m_painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
        rect.adjust(10, 0, -10, 0);
    } else if (hovered) {
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(m_style.color(Token::Hover));
        const QRectF box(rect.left() - 5, rect.center().y() - 12, rect.width() + 10, 24);
        m_painter.drawRoundedRect(box, 6, 6);
    }
    const Token token = hovered && item.token == Token::Text2 ? Token::Text : item.token;
    const bool wrapped = item.action == SpotAction::None && !item.icon.isEmpty() && !boxed;
    if (!item.icon.isEmpty()) {
        const qreal y = wrapped ? rect.top() + (m_style.captionLine - k_iconSize) / 2
                                : rect.center().y() - k_iconSize / 2;
        const auto ratio = m_painter.device()->devicePixelRatioF();
        m_painter.drawPixmap(
            QPointF(rect.left(), y),
            iconPixmap(m_style.theme, item.icon, token == Token::Text ? Token::Text : item.token, 16, ratio));
        rect.setLeft(rect.left() + k_iconSize + (wrapped ? 8 : 5));
    }
    if (item.text.isEmpty()) return;
    m_painter.setFont(item.look == ChromeItem::Look::Strong ? m_style.strong : m_style.caption);
    m_painter.setPen(m_style.color(token));
    if (wrapped) {
        m_painter.drawText(rect, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, item.text);
        return;
    }
    m_painter.drawText(
        rect, Qt::AlignLeft | Qt::AlignVCenter,
        m_painter.fontMetrics().elidedText(item.text, Qt::ElideRight, qCeil(rect.width()) + 1));
}

void TranscriptPainter::paintItems(QPointF at, const std::vector<ChromeItem>& items) {
    m_painter.setRenderHint(QPainter::Antialiasing);
    for (const ChromeItem& one : items) {
        item(one, at);
    }
}

} // namespace exo::ui
