// How the graph is drawn.
#include "ui/analysis/graph/GraphView.h"

#include <QPaintEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace exo::ui {

namespace {

constexpr qreal k_radius = 8;
constexpr qreal k_arrow = 7;
constexpr std::size_t k_mostCurves = 3000; // more are drawn as straight lines
constexpr qreal k_legible = 0.35;          // below it texts are not drawn
constexpr qreal k_near = 10;               // width of what counts as on a line, in pixels

// Through the points, leaving and arriving along the layers.
QPainterPath curveThrough(const std::vector<QPointF>& points) {
    QPainterPath path(points.front());
    if (points.size() == 3 && std::abs(points[0].x() - points[2].x()) < 240 &&
        points[1].x() > points[0].x() && points[1].x() > points[2].x()) { // within a layer
        path.cubicTo(QPointF(points[1].x(), points[0].y()), QPointF(points[1].x(), points[2].y()), points[2]);
        return path;
    }
    for (std::size_t i = 1; i < points.size(); ++i) {
        const qreal half = (points[i].x() - points[i - 1].x()) / 2;
        path.cubicTo(points[i - 1] + QPointF(half, 0), points[i] - QPointF(half, 0), points[i]);
    }
    return path;
}

QPolygonF arrowAt(const QPointF& end, bool toRight) {
    const qreal back = toRight ? -k_arrow : k_arrow;
    return QPolygonF({end, end + QPointF(back, -k_arrow * 0.5), end + QPointF(back, k_arrow * 0.5)});
}

QRectF boundsOf(const std::vector<QPointF>& points) {
    QRectF box(points.front(), QSizeF(0, 0));
    for (const QPointF& point : points) {
        box.setLeft(std::min(box.left(), point.x()));
        box.setRight(std::max(box.right(), point.x()));
        box.setTop(std::min(box.top(), point.y()));
        box.setBottom(std::max(box.bottom(), point.y()));
    }
    return box.adjusted(-2, -2, 2, 2);
}

} // namespace

QPen certaintyPen(Certainty certainty, const QColor& colour) {
    QPen pen(colour, 1.2);
    pen.setCapStyle(Qt::FlatCap);
    switch (certainty) {
    case Certainty::Exact: pen.setWidthF(2.2); break;
    case Certainty::SameFile: break;
    case Certainty::Import: pen.setDashPattern({6, 4}); break;
    case Certainty::NameOnly: pen.setDashPattern({1.4, 3.6}); break;
    }
    return pen;
}

int GraphView::edgeAt(const QPointF& point) const {
    const QPointF place = toGraph(point);
    const qreal width = k_near / m_scale;
    const std::size_t edges = std::min(m_graph.edges.size(), m_places.edges.size());
    if (edges > k_mostCurves || itemAt(point) >= 0) return -1;
    QPainterPathStroker stroker;
    stroker.setWidth(width);
    for (std::size_t i = edges; i > 0; --i) { // what was drawn last lies above
        const auto& points = m_places.edges[i - 1];
        if (points.empty() || !boundsOf(points).adjusted(-width, -width, width, width).contains(place))
            continue;
        if (stroker.createStroke(curveThrough(points)).contains(place)) return static_cast<int>(i) - 1;
    }
    return -1;
}

QPointF GraphView::edgeMiddle(int edge) const {
    return curveThrough(m_places.edges[static_cast<std::size_t>(edge)]).pointAtPercent(0.5) * m_scale +
           m_origin;
}

void GraphView::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), m_theme->color(Token::Bg));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(m_origin);
    painter.scale(m_scale, m_scale);
    const QRectF seen(toGraph({0, 0}), QSizeF(size()) / m_scale);
    paintEdges(painter, seen);
    for (int item = 0; item < static_cast<int>(m_places.nodes.size()); ++item) {
        if (m_places.nodes[static_cast<std::size_t>(item)].adjusted(-4, -4, 4, 4).intersects(seen))
            paintItem(painter, item);
    }
}

void GraphView::paintEdges(QPainter& painter, const QRectF& seen) const {
    std::vector<std::size_t> shown, strong;
    for (std::size_t i = 0; i < m_places.edges.size(); ++i) {
        if (m_places.edges[i].empty() || !boundsOf(m_places.edges[i]).intersects(seen)) continue;
        const GraphShape::Edge& edge = m_shown.shape.edges[i];
        const bool concerned = m_current >= 0 && (edge.from == m_current || edge.to == m_current);
        (concerned ? strong : shown).push_back(i);
    }
    if (shown.size() + strong.size() > k_mostCurves) {
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(m_theme->color(Token::Line), 0));
        QList<QLineF> lines;
        for (const std::size_t i : shown) {
            lines.append(QLineF(m_places.edges[i].front(), m_places.edges[i].back()));
        }
        painter.drawLines(lines);
        painter.setRenderHint(QPainter::Antialiasing);
        shown.clear();
        strong.resize(std::min(strong.size(), k_mostCurves));
    }
    for (const auto* list : {&shown, &strong}) { // those of the chosen box above the others
        for (const std::size_t i : *list) {
            paintEdge(painter, i);
        }
    }
}

void GraphView::paintEdge(QPainter& painter, std::size_t index) const {
    const auto& points = m_places.edges[index];
    const GraphShape::Edge& edge = m_shown.shape.edges[index];
    const bool group = index >= m_graph.edges.size();
    const bool cycle = !group && closesCycle(m_graph, m_graph.edges[index]);
    const bool strong = (m_current >= 0 && (edge.from == m_current || edge.to == m_current)) ||
                        (!group && static_cast<int>(index) == m_hoveredEdge);
    const QColor colour = m_theme->color(cycle ? Token::Warn : strong ? Token::AccentInk : Token::Text3);
    // Includes are all exact: nothing has to be told apart.
    const bool plain = group || m_graph.kind != "call";
    const Certainty certainty = plain ? Certainty::SameFile : certaintyOf(m_graph.edges[index].confidence);
    painter.setPen(certaintyPen(certainty, colour));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(curveThrough(points));
    const bool toRight = points[points.size() - 2].x() < points.back().x();
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawPolygon(arrowAt(points.back(), toRight));
}

void GraphView::paintItem(QPainter& painter, int index) const {
    const GraphItem& item = m_shown.items[static_cast<std::size_t>(index)];
    const QRectF box = m_places.nodes[static_cast<std::size_t>(index)];
    const bool focus = !m_graph.folder && !item.isGroup() && item.node == 0;
    const bool cycle = !item.isGroup() && m_graph.nodes[static_cast<std::size_t>(item.node)].cycle > 0;
    QPen pen(m_theme->color(cycle   ? Token::Warn
                            : focus ? Token::Accent
                                    : Token::Line),
             cycle || focus ? 1.5 : 1);
    if (item.isGroup()) pen = QPen(m_theme->color(Token::Text3), 1, Qt::DashLine);
    painter.setPen(pen);
    painter.setBrush(m_theme->color(focus                ? Token::AccentSoft
                                    : index == m_hovered ? Token::Hover
                                    : item.isGroup()     ? Token::Bg
                                                         : Token::Surface));
    painter.drawRoundedRect(box, k_radius, k_radius);
    if (index == m_current) {
        painter.setPen(QPen(m_theme->color(Token::Accent), hasFocus() ? 2.5 : 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), k_radius + 3, k_radius + 3);
    }
    if (m_scale >= k_legible) paintTexts(painter, index, box);
}

void GraphView::paintTexts(QPainter& painter, int index, const QRectF& box) const {
    const GraphItem& item = m_shown.items[static_cast<std::size_t>(index)];
    const bool cycle = !item.isGroup() && m_graph.nodes[static_cast<std::size_t>(item.node)].cycle > 0;
    QRectF place = box.adjusted(12, 4, -11, -5);
    QFont font = m_theme->font(FontRole::Body);
    painter.setFont(font);
    painter.setPen(m_theme->color(item.isGroup() ? Token::AccentInk : Token::Text));
    painter.drawText(place, Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine, item.title);
    painter.setFont(m_theme->font(FontRole::Caption));
    painter.setPen(m_theme->color(cycle ? Token::Text : Token::Text2));
    painter.drawText(place, Qt::AlignLeft | Qt::AlignBottom | Qt::TextSingleLine, item.caption);
}

} // namespace exo::ui
