// Mouse, keyboard and wheel of the transcript.
#include "ui/chat/markdown/Export.h"
#include "ui/chat/transcript/TranscriptView.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFocusEvent>
#include <QGuiApplication>
#include <QHideEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QShowEvent>
#include <QTextBoundaryFinder>
#include <QWheelEvent>

namespace exo::ui {

TextPosition TranscriptView::positionAt(QPointF point) {
    const int message = m_geometry.messageAt(static_cast<int>(point.y()) + verticalScrollBar()->value());
    if (message < 0) return {};
    const auto inTool = positionInTool(point, message, std::nullopt);
    return inTool ? *inTool : positionInText(point, message);
}

TextPosition TranscriptView::extendedTo(QPointF point) {
    if (m_selection.isInTool()) {
        const TextPosition from = m_selection.anchor();
        return positionInTool(point, from.message, from.block).value_or(from);
    }
    const int message = m_geometry.messageAt(static_cast<int>(point.y()) + verticalScrollBar()->value());
    return message < 0 ? TextPosition() : positionInText(point, message);
}

TextPosition TranscriptView::positionInText(QPointF point, int message) {
    const int y = static_cast<int>(point.y()) + verticalScrollBar()->value();
    TextPosition best{message, 0, 0};
    const MessageEntry& entry = *m_entries[static_cast<std::size_t>(message)];
    int top = m_geometry.messageTop(message);
    for (const Unit& unit : entry.units) {
        if (unit.kind == UnitKind::Text) {
            if (y < top) break;
            best.block = unit.block;
            if (unit.layout) {
                const TextPlace place = placeText(entry, unit, m_geometry.columnWidth());
                QPointF inText(point.x() - columnLeft() - place.x, y - top - place.spaceAbove - place.above);
                const auto scrolled = entry.scrolled.find(entry.codeGroup(unit.block));
                if (scrolled != entry.scrolled.end()) inText.rx() += scrolled->second;
                best.offset = unit.layout->positionAt(inText);
            }
        }
        top += unit.height;
    }
    return best;
}

// In the tool part of `block`, wherever the point is; without one, in the part under the point.
std::optional<TextPosition> TranscriptView::positionInTool(QPointF point, int message,
                                                           std::optional<int> block) {
    if (message >= static_cast<int>(m_entries.size())) return std::nullopt;
    const int y = static_cast<int>(point.y()) + verticalScrollBar()->value();
    const MessageEntry& entry = *m_entries[static_cast<std::size_t>(message)];
    int top = m_geometry.messageTop(message);
    for (const Unit& unit : entry.units) {
        const bool under = y >= top && y < top + unit.height;
        const bool meant = block ? unit.block == -1 - *block : under;
        if (unit.kind == UnitKind::ToolText && unit.layout && meant) {
            const TextPlace place = placeText(entry, unit, m_geometry.columnWidth());
            const QPointF inText(point.x() - columnLeft() - place.x,
                                 y - top - place.spaceAbove - place.above);
            return TextPosition{message, -1 - unit.block, unit.layout->positionAt(inText)};
        }
        top += unit.height;
    }
    return std::nullopt;
}

QString TranscriptView::textAt(const TextPosition& position) const {
    if (position.message >= static_cast<int>(m_entries.size())) return {};
    const MessageEntry& entry = *m_entries[static_cast<std::size_t>(position.message)];
    const auto part = static_cast<std::size_t>(-1 - position.block);
    if (position.block < 0)
        return part < entry.toolParts().size() ? md::selectableText(entry.toolParts()[part].block)
                                               : QString();
    const auto block = static_cast<std::size_t>(position.block);
    return block < entry.blocks().size() ? md::selectableText(entry.blocks()[block]) : QString();
}

QPoint TranscriptView::pointOf(const TextPosition& position) {
    if (position.message >= static_cast<int>(m_entries.size())) return {};
    const MessageEntry& entry = *m_entries[static_cast<std::size_t>(position.message)];
    int top = m_geometry.messageTop(position.message) - verticalScrollBar()->value();
    for (const Unit& unit : entry.units) {
        const bool meant = position.block < 0
                               ? unit.kind == UnitKind::ToolText && unit.block == -1 - position.block
                               : unit.kind == UnitKind::Text && unit.block == position.block;
        if (meant && unit.layout) {
            const TextPlace place = placeText(entry, unit, m_geometry.columnWidth());
            const QRectF cursor = unit.layout->cursorRect(position.offset);
            return QPointF(columnLeft() + place.x + cursor.x(),
                           top + place.spaceAbove + place.above + cursor.center().y())
                .toPoint();
        }
        top += unit.height;
    }
    return {};
}

void TranscriptView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_entries.empty()) return;
    m_focusSpot = -1;
    m_marked = {};
    m_pressedAt = event->pos();
    if (event->modifiers().testFlag(Qt::ShiftModifier) && m_selection.hasAnchor()) {
        m_selection.extendTo(extendedTo(event->position()));
        m_follow = false;
    } else {
        m_selection.start(positionAt(event->position()));
    }
    m_selecting = true;
    viewport()->update();
}

void TranscriptView::mouseMoveEvent(QMouseEvent* event) {
    if (!m_selecting || !event->buttons().testFlag(Qt::LeftButton)) {
        updateHover(event->position());
        return;
    }
    if ((event->pos() - m_pressedAt).manhattanLength() < QApplication::startDragDistance() &&
        m_selection.isEmpty())
        return;
    m_dragPoint = event->pos();
    if (m_follow) takeAnchor(verticalScrollBar()->value());
    m_follow = false; // who selects does not want the text to move away
    m_selection.extendTo(extendedTo(event->position()));
    const bool outside = event->pos().y() < 0 || event->pos().y() > viewport()->height();
    if (outside && !m_autoscroll.isActive()) m_autoscroll.start();
    if (!outside) m_autoscroll.stop();
    viewport()->update();
}

void TranscriptView::autoscroll() {
    const int below = m_dragPoint.y() - viewport()->height();
    const int by = below > 0 ? below : std::min(0, m_dragPoint.y());
    verticalScrollBar()->setValue(verticalScrollBar()->value() + std::clamp(by, -60, 60));
    m_follow = false;
    m_selection.extendTo(extendedTo(QPointF(m_dragPoint)));
    viewport()->update();
}

void TranscriptView::mouseReleaseEvent(QMouseEvent* event) {
    m_autoscroll.stop();
    if (event->button() != Qt::LeftButton || !m_selecting) return;
    m_selecting = false;
    const bool click = (event->pos() - m_pressedAt).manhattanLength() < QApplication::startDragDistance();
    if (click && m_selection.isEmpty()) {
        if (const Spot* spot = spotAt(event->position())) activate(*spot);
    } else if (!m_selection.isEmpty() && QGuiApplication::clipboard()->supportsSelection()) {
        QGuiApplication::clipboard()->setText(selectedText(), QClipboard::Selection);
    }
}

void TranscriptView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && spotAt(event->position()) == nullptr)
        selectWordAt(event->position());
}

void TranscriptView::selectWordAt(QPointF point) {
    const TextPosition at = positionAt(point);
    const QString text = textAt(at);
    if (text.isEmpty()) return;
    QTextBoundaryFinder finder(QTextBoundaryFinder::Word, text);
    finder.setPosition(std::min<qsizetype>(at.offset + 1, text.size()));
    const auto from = std::max<qsizetype>(0, finder.toPreviousBoundary());
    finder.setPosition(from);
    auto to = finder.toNextBoundary();
    if (to < 0) to = text.size();
    m_selection.start({at.message, at.block, static_cast<int>(from)});
    m_selection.extendTo({at.message, at.block, static_cast<int>(to)});
    m_follow = false;
    m_selecting = false;
    viewport()->update();
}

void TranscriptView::selectAll() {
    if (m_entries.empty()) return;
    constexpr int k_all = std::numeric_limits<int>::max();
    m_selection.start({0, 0, 0});
    m_selection.extendTo({static_cast<int>(m_entries.size()) - 1, k_all, k_all});
    if (m_follow) takeAnchor(verticalScrollBar()->value());
    m_follow = false;
    viewport()->update();
}

void TranscriptView::wheelEvent(QWheelEvent* event) {
    const QPoint angle = event->angleDelta();
    const bool sideways =
        std::abs(angle.x()) > std::abs(angle.y()) || event->modifiers().testFlag(Qt::ShiftModifier);
    if (sideways) {
        const int delta = angle.x() != 0 ? angle.x() : angle.y();
        scrollCode(event->position(), -delta / 2);
        event->accept();
        return;
    }
    // Up means: I want to read here, even when the window is still at its end.
    if (angle.y() > 0 && verticalScrollBar()->maximum() > 0) {
        if (m_follow) takeAnchor(verticalScrollBar()->value());
        m_follow = false;
    }
    QAbstractScrollArea::wheelEvent(event);
}

void TranscriptView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return copySelection();
    if (event->matches(QKeySequence::SelectAll)) return selectAll();
    QScrollBar* bar = verticalScrollBar();
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    if (shift && m_selection.hasAnchor() && !m_entries.empty()) return moveCursor(event);
    switch (event->key()) {
    case Qt::Key_PageUp: bar->triggerAction(QAbstractSlider::SliderPageStepSub); break;
    case Qt::Key_PageDown: bar->triggerAction(QAbstractSlider::SliderPageStepAdd); break;
    case Qt::Key_Up: bar->triggerAction(QAbstractSlider::SliderSingleStepSub); break;
    case Qt::Key_Down: bar->triggerAction(QAbstractSlider::SliderSingleStepAdd); break;
    case Qt::Key_Home: bar->triggerAction(QAbstractSlider::SliderToMinimum); break;
    case Qt::Key_End: followEnd(); break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (m_focusSpot >= 0 && m_focusSpot < static_cast<int>(m_spots.size())) {
            activate(m_spots[static_cast<std::size_t>(m_focusSpot)]);
            tellFocus();
            break;
        }
        bar->triggerAction(shift ? QAbstractSlider::SliderPageStepSub : QAbstractSlider::SliderPageStepAdd);
        break;
    case Qt::Key_Escape:
        if (m_selection.isEmpty()) return event->ignore();
        m_selection.clear();
        viewport()->update();
        break;
    default: event->ignore(); break;
    }
}

// Shift with an arrow moves the end of the selection.
void TranscriptView::moveCursor(QKeyEvent* event) {
    TextPosition at = m_selection.cursor();
    at.message = std::min(at.message, static_cast<int>(m_entries.size()) - 1);
    const int blocks = static_cast<int>(m_entries[static_cast<std::size_t>(at.message)]->blocks().size());
    at.block = std::min(at.block, std::max(0, blocks - 1));
    const int length = static_cast<int>(textAt(at).size());
    at.offset = std::min(at.offset, length);
    switch (event->key()) {
    case Qt::Key_Left: at.offset > 0 ? --at.offset : at.offset; break;
    case Qt::Key_Right: at.offset < length ? ++at.offset : at.offset; break;
    case Qt::Key_Up:
    case Qt::Key_Down: {
        const int step = event->key() == Qt::Key_Up ? -m_style->bodyLine : m_style->bodyLine;
        at = extendedTo(QPointF(pointOf(at) + QPoint(0, step)));
        break;
    }
    case Qt::Key_Home: at.offset = 0; break;
    case Qt::Key_End: at.offset = length; break;
    default: return event->ignore();
    }
    m_selection.extendTo(at);
    m_follow = false;
    viewport()->update();
}

void TranscriptView::contextMenuEvent(QContextMenuEvent* event) {
    const int y = event->pos().y() + verticalScrollBar()->value();
    const bool keyboard = event->reason() == QContextMenuEvent::Keyboard;
    const int message = keyboard ? static_cast<int>(m_entries.size()) - 1 : m_geometry.messageAt(y);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillMenu(*menu, message);
    menu->popup(event->globalPos());
}

void TranscriptView::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::LanguageChange) restyle();
}

void TranscriptView::showEvent(QShowEvent* event) {
    QAbstractScrollArea::showEvent(event);
    relayout();
}

void TranscriptView::hideEvent(QHideEvent* event) {
    QAbstractScrollArea::hideEvent(event);
    m_dots.stop();
    m_autoscroll.stop();
}

void TranscriptView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    m_focusSpot = -1;
    tellFocus();
    viewport()->update();
}

// For screen readers: what Enter would do.
void TranscriptView::tellFocus() {
    const bool any = m_focusSpot >= 0 && m_focusSpot < static_cast<int>(m_spots.size());
    setAccessibleDescription(any ? tipOf(m_spots[static_cast<std::size_t>(m_focusSpot)]) : QString());
}

// Tab goes through what can be opened or done in the window, then on to the next widget.
bool TranscriptView::focusNextPrevChild(bool next) {
    int at = m_focusSpot;
    do {
        at += next ? 1 : -1;
        if (at < -1) at = static_cast<int>(m_spots.size()) - 1;
        if (at < 0 || at >= static_cast<int>(m_spots.size())) {
            m_focusSpot = -1;
            tellFocus();
            return QAbstractScrollArea::focusNextPrevChild(next);
        }
    } while (m_spots[static_cast<std::size_t>(at)].item.action == SpotAction::None);
    m_focusSpot = at;
    tellFocus();
    viewport()->update();
    return true;
}

QRect TranscriptView::messageRect(int message) {
    if (message < 0 || message >= static_cast<int>(m_entries.size())) return {};
    return {columnLeft(), m_geometry.messageTop(message) - verticalScrollBar()->value(),
            m_geometry.columnWidth(), m_entries[static_cast<std::size_t>(message)]->height};
}

} // namespace exo::ui
