// Pointer, wheel and keys of the graph.
#include "ui/analysis/graph/GraphView.h"

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <cmath>

namespace exo::ui {

namespace {

constexpr qreal k_zoomStep = 1.2;
constexpr qreal k_panStep = 60;

bool isArrow(int key) {
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
}

} // namespace

void GraphView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::BackButton) return emit backWanted();
    if (event->button() == Qt::ForwardButton) return emit forwardWanted();
    if (event->button() != Qt::LeftButton) return;
    m_pressed = true;
    m_dragging = false;
    m_pressedAt = m_lastAt = event->position();
    m_pressedItem = itemAt(event->position());
    m_pressedEdge = edgeAt(event->position());
}

void GraphView::mouseMoveEvent(QMouseEvent* event) {
    if (m_pressed) {
        const bool far =
            (event->position() - m_pressedAt).manhattanLength() >= QApplication::startDragDistance();
        m_dragging = m_dragging || far;
        if (!m_dragging) return;
        setCursor(Qt::ClosedHandCursor);
        pan(event->position() - m_lastAt);
        m_lastAt = event->position();
        return;
    }
    hover(event->position());
}

void GraphView::hover(const QPointF& point) {
    const int item = itemAt(point);
    const int edge = edgeAt(point);
    setCursor(item >= 0 || edge >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (item == m_hovered && edge == m_hoveredEdge) return;
    m_hovered = item;
    m_hoveredEdge = edge;
    update();
}

void GraphView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !m_pressed) return;
    m_pressed = false;
    const int item = itemAt(event->position());
    const int edge = edgeAt(event->position());
    hover(event->position());
    if (m_dragging || item != m_pressedItem || edge != m_pressedEdge) return;
    if (edge >= 0) return emit edgeChosen(edge);
    setCurrent(item);
    activate(item);
}

void GraphView::mouseDoubleClickEvent(QMouseEvent* event) {
    const int item = itemAt(event->position());
    m_pressed = false;
    if (event->button() != Qt::LeftButton || item < 0) return;
    const GraphItem& one = m_shown.items[static_cast<std::size_t>(item)];
    if (!one.isGroup()) emit focusWanted(one.node);
}

void GraphView::leaveEvent(QEvent* event) {
    m_hovered = m_hoveredEdge = -1;
    update();
    QWidget::leaveEvent(event);
}

// A wheel enlarges where the pointer is; fingers on a pad move, with Ctrl they enlarge.
void GraphView::wheelEvent(QWheelEvent* event) {
    const bool fingers = !event->pixelDelta().isNull();
    event->accept();
    if (event->modifiers().testFlag(Qt::ShiftModifier)) {
        const int by = event->angleDelta().y() + event->angleDelta().x();
        return pan(QPointF(by / 2.0, 0));
    }
    if (fingers && !event->modifiers().testFlag(Qt::ControlModifier)) return pan(event->pixelDelta());
    zoomAt(std::pow(k_zoomStep, event->angleDelta().y() / 120.0), event->position());
}

bool GraphView::moveBy(int key, Qt::KeyboardModifiers modifiers) {
    if (modifiers.testFlag(Qt::ControlModifier)) {
        pan(QPointF(key == Qt::Key_Left    ? k_panStep
                    : key == Qt::Key_Right ? -k_panStep
                                           : 0,
                    key == Qt::Key_Up     ? k_panStep
                    : key == Qt::Key_Down ? -k_panStep
                                          : 0));
        return true;
    }
    if (m_places.nodes.empty()) return false;
    setCurrent(m_current < 0 ? 0 : neighbour(key));
    return true;
}

void GraphView::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    const auto modifiers = event->modifiers();
    const bool enter = key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space;
    if (modifiers.testFlag(Qt::AltModifier) && key == Qt::Key_Left) return emit backWanted();
    if (modifiers.testFlag(Qt::AltModifier) && key == Qt::Key_Right) return emit forwardWanted();
    if (key == Qt::Key_Backspace) return emit backWanted();
    if (key == Qt::Key_Plus || key == Qt::Key_Equal) return zoom(k_zoomStep);
    if (key == Qt::Key_Minus) return zoom(1 / k_zoomStep);
    if (key == Qt::Key_0) return fit();
    if (isArrow(key) && moveBy(key, modifiers)) return;
    if (key == Qt::Key_Home && !m_shown.items.empty()) return setCurrent(0);
    if (!enter || m_current < 0) return QWidget::keyPressEvent(event);
    const GraphItem& item = m_shown.items[static_cast<std::size_t>(m_current)];
    if (modifiers.testFlag(Qt::ControlModifier) && !item.isGroup()) return emit focusWanted(item.node);
    activate(m_current);
}

void GraphView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void GraphView::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

void GraphView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (m_untouched) look();
}

QString GraphView::tipAt(const QPointF& point) const {
    if (const int item = itemAt(point); item >= 0)
        return m_shown.items[static_cast<std::size_t>(item)].spoken.toHtmlEscaped();
    const int edge = edgeAt(point);
    if (edge < 0) return {};
    return graphEdgeText(m_graph, m_graph.edges[static_cast<std::size_t>(edge)])
        .toHtmlEscaped()
        .replace(u'\n', QStringLiteral("<br>"));
}

bool GraphView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) { // before the page's own way back
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool travels = key->modifiers().testFlag(Qt::AltModifier) &&
                             (key->key() == Qt::Key_Left || key->key() == Qt::Key_Right);
        const bool refocuses = key->modifiers().testFlag(Qt::ControlModifier) &&
                               (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter);
        if (travels || refocuses) {
            event->accept();
            return true;
        }
    }
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QString tip = tipAt(QPointF(help->pos()));
    if (tip.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), tip, this,
                           QRect(help->pos(), QSize(1, 1)).adjusted(-4, -4, 4, 4));
    return true;
}

} // namespace exo::ui
