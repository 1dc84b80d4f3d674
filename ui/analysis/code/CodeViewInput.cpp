// Mouse and keyboard of the code view.
#include "ui/analysis/code/CodeView.h"

#include <QContextMenuEvent>
#include <QDateTime>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QStyleHints>
#include <QTextLayout>
#include <QToolTip>

#include <algorithm>

namespace exo::ui {

void CodeView::moveTo(CodePosition position, Keep keep) {
    const CodePosition before = m_cursor;
    m_cursor = m_document.clamped(position);
    if (keep == Keep::Nothing) m_anchor = m_cursor;
    showCursor();
    viewport()->update();
    if (before != m_cursor) emit cursorMoved();
}

void CodeView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    const QPoint point = event->position().toPoint();
    const CodePosition at = positionAt(point);
    if (isOverGutter(point)) {
        const bool onFold = point.x() >= m_gutter - 20;
        if (onFold && m_folds.foldAt(at.line)) return toggleFold(at.line);
        moveTo({at.line, 0}, Keep::Nothing);
        if (markAt(at.line)) emit markActivated(at.line);
        return;
    }
    // A third click soon after a double one takes the line.
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const bool third = now - m_lastDouble < QGuiApplication::styleHints()->mouseDoubleClickInterval() &&
                       (point - m_lastPress).manhattanLength() < 6;
    m_lastPress = point;
    m_wantedX = -1;
    if (third) {
        select({at.line, 0}, {at.line, m_document.length(at.line)});
        return;
    }
    m_dragging = true;
    moveTo(at, event->modifiers().testFlag(Qt::ShiftModifier) ? Keep::Anchor : Keep::Nothing);
}

void CodeView::mouseMoveEvent(QMouseEvent* event) {
    const QPoint point = event->position().toPoint();
    viewport()->setCursor(isOverGutter(point) ? Qt::ArrowCursor : Qt::IBeamCursor);
    if (m_dragging) moveTo(positionAt(point), Keep::Anchor);
}

void CodeView::mouseReleaseEvent(QMouseEvent*) {
    m_dragging = false;
}

void CodeView::mouseDoubleClickEvent(QMouseEvent* event) {
    const QPoint point = event->position().toPoint();
    if (event->button() != Qt::LeftButton || isOverGutter(point)) return;
    m_lastDouble = QDateTime::currentMSecsSinceEpoch();
    m_lastPress = point;
    m_dragging = false;
    int start = 0;
    const CodePosition at = positionAt(point);
    const QString word = m_document.wordAt(at, &start);
    if (!word.isEmpty()) select({at.line, start}, {at.line, start + static_cast<int>(word.size())});
}

void CodeView::contextMenuEvent(QContextMenuEvent* event) {
    if (event->reason() == QContextMenuEvent::Keyboard) {
        const QPoint corner(static_cast<int>(columnX(m_cursor)), lineRect(m_cursor.line).bottom());
        emit menuWanted(viewport()->mapToGlobal(corner));
        return;
    }
    const CodePosition at = positionAt(event->pos());
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    if (!hasSelection() || at < from || to < at) moveTo(at, Keep::Nothing);
    emit menuWanted(event->globalPos());
}

bool CodeView::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const CodePosition at = positionAt(help->pos());
    QStringList texts;
    if (isOverGutter(help->pos())) {
        for (const CodeMark& mark : m_marks) {
            if (mark.startLine <= at.line && mark.endLine >= at.line && texts.size() < 8) texts << mark.text;
        }
    }
    if (texts.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), texts.join(u'\n').toHtmlEscaped(), viewport());
    return true;
}

void CodeView::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void CodeView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

CodePosition CodeView::wordStep(CodePosition from, int direction) const {
    const QString text = m_document.line(from.line);
    const int size = static_cast<int>(text.size());
    if (direction > 0 && from.column >= size)
        return from.line < m_document.lineCount() ? CodePosition{from.line + 1, 0} : from;
    if (direction < 0 && from.column == 0)
        return from.line > 1 ? CodePosition{from.line - 1, m_document.length(from.line - 1)} : from;
    const auto isWord = [](QChar c) { return c.isLetterOrNumber() || c == u'_' || c.isSurrogate(); };
    int at = from.column;
    if (direction > 0) {
        while (at < size && isWord(text[at])) {
            ++at;
        }
        while (at < size && !isWord(text[at])) {
            ++at;
        }
        return {from.line, at};
    }
    while (at > 0 && !isWord(text[at - 1])) {
        --at;
    }
    while (at > 0 && isWord(text[at - 1])) {
        --at;
    }
    return {from.line, at};
}

CodePosition CodeView::byRows(int rows) const {
    if (m_wantedX < 0) m_wantedX = static_cast<int>(columnX(m_cursor)) - textLeft();
    const int row = std::clamp(m_folds.rowOf(m_cursor.line) + rows, 0, m_folds.rows() - 1);
    const int line = m_folds.lineAt(row);
    return m_document.clamped({line, layoutOf(line).lineAt(0).xToCursor(m_wantedX)});
}

CodePosition CodeView::moved(QKeyEvent* event) const {
    const bool control = event->modifiers().testFlag(Qt::ControlModifier);
    const int page = std::max(viewport()->height() / m_lineHeight - 1, 1);
    const CodePosition at = m_cursor;
    switch (event->key()) {
    case Qt::Key_Up: return byRows(-1);
    case Qt::Key_Down: return byRows(1);
    case Qt::Key_PageUp: return byRows(-page);
    case Qt::Key_PageDown: return byRows(page);
    case Qt::Key_Home: {
        if (control) return {1, 0};
        const QString text = m_document.line(at.line);
        int indent = 0;
        while (indent < text.size() && text[indent].isSpace()) {
            ++indent;
        }
        return {at.line, at.column == indent ? 0 : indent};
    }
    case Qt::Key_End: {
        const int line = control ? m_document.lineCount() : at.line;
        return {line, m_document.length(line)};
    }
    case Qt::Key_Left:
        if (control) return wordStep(at, -1);
        if (at.column > 0) return {at.line, layoutOf(at.line).previousCursorPosition(at.column)};
        return at.line > 1 ? CodePosition{at.line - 1, m_document.length(at.line - 1)} : at;
    case Qt::Key_Right:
        if (control) return wordStep(at, 1);
        if (at.column < m_document.length(at.line))
            return {at.line, layoutOf(at.line).nextCursorPosition(at.column)};
        return at.line < m_document.lineCount() ? CodePosition{at.line + 1, 0} : at;
    default: return at;
    }
}

void CodeView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return copy();
    if (event->matches(QKeySequence::SelectAll)) return selectAll();
    const int key = event->key();
    const bool control = event->modifiers().testFlag(Qt::ControlModifier);
    if (control && event->modifiers().testFlag(Qt::ShiftModifier) &&
        (key == Qt::Key_BracketLeft || key == Qt::Key_BraceLeft || key == Qt::Key_BracketRight ||
         key == Qt::Key_BraceRight))
        return toggleFold(m_cursor.line);
    const bool upDown =
        key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp || key == Qt::Key_PageDown;
    const bool across =
        key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Home || key == Qt::Key_End;
    if (!upDown && !across) return QAbstractScrollArea::keyPressEvent(event);
    if (control && (key == Qt::Key_Up || key == Qt::Key_Down)) { // scrolls, the cursor stays
        QScrollBar* bar = verticalScrollBar();
        bar->setValue(bar->value() + (key == Qt::Key_Up ? -m_lineHeight : m_lineHeight));
        return;
    }
    CodePosition target = moved(event);
    if (!upDown) m_wantedX = -1;
    if (m_folds.isHidden(target.line)) { // to the next line that is shown
        const bool forward = m_cursor < target;
        const int line = m_folds.lineAt(m_folds.rowOf(target.line) + (forward ? 1 : 0));
        target = {line, forward ? 0 : m_document.length(line)};
    }
    moveTo(target, event->modifiers().testFlag(Qt::ShiftModifier) ? Keep::Anchor : Keep::Nothing);
}

} // namespace exo::ui
