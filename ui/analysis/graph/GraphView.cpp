#include "ui/analysis/graph/GraphView.h"

#include "ui/analysis/graph/GraphAccessible.h"

#include <QFutureWatcher>
#include <QPromise>
#include <QThreadPool>

#include <algorithm>
#include <cmath>

namespace exo::ui {

namespace {

constexpr std::size_t k_atOnce = 600; // nodes and edges that are laid out while the reader waits
constexpr qreal k_smallest = 0.1, k_largest = 3;
constexpr qreal k_readable = 0.66; // a graph is not shrunk below this by itself
constexpr qreal k_margin = 20;

} // namespace

GraphView::GraphView(const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setObjectName(QStringLiteral("code.graph.view"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumHeight(120);
    installGraphAccessibility();
    connect(theme, &ThemeController::changed, this, &GraphView::retranslate);
    retranslate();
}

GraphView::~GraphView() {
    if (m_pending) m_pending->store(true);
}

void GraphView::retranslate() {
    setAccessibleName(tr("Graph"));
    m_keepSight = !m_pending;
    rebuild();
}

void GraphView::setGraph(api::AnalysisGraph graph) {
    m_next = std::move(graph);
    m_keepSight = false;
    rebuild();
}

void GraphView::rebuild() {
    layOut(graphItems(m_next, m_theme));
}

void GraphView::layOut(GraphItems items) {
    if (m_pending) m_pending->store(true);
    m_pending.reset();
    if (items.shape.nodes.size() + items.shape.edges.size() <= k_atOnce) {
        GraphPlaces places = layoutGraph(items.shape);
        return adopt(std::move(items), std::move(places));
    }
    m_pending = std::make_shared<std::atomic<bool>>(false);
    auto promise = std::make_shared<QPromise<GraphPlaces>>();
    promise->start();
    auto* watcher = new QFutureWatcher<GraphPlaces>(this); // dies with the view, whatever the worker does
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher, items, stop = m_pending] {
        watcher->deleteLater();
        if (stop != m_pending) return;
        m_pending.reset();
        adopt(items, watcher->future().takeResult());
    });
    watcher->setFuture(promise->future());
    QThreadPool::globalInstance()->start([promise, shape = items.shape, stop = m_pending] {
        promise->addResult(layoutGraph(shape, stop.get()));
        promise->finish();
    });
}

void GraphView::adopt(GraphItems items, GraphPlaces places) {
    const bool same = m_keepSight && items.items.size() == m_shown.items.size();
    m_graph = m_next;
    m_shown = std::move(items);
    m_places = std::move(places);
    m_hovered = m_hoveredEdge = -1;
    if (!same) {
        m_current = m_graph.folder || m_graph.nodes.empty() ? -1 : 0;
        m_untouched = true;
    }
    if (m_untouched) look();
    update();
    emit laidOut();
    emit currentChanged();
}

// All of it when that can be read, else the focus with what is around it.
void GraphView::look() {
    fit();
    if (m_scale >= k_readable || m_places.nodes.empty()) return;
    m_scale = k_readable;
    const QPointF middle = m_graph.folder ? m_places.bounds.center() : m_places.nodes.front().center();
    m_origin = QRectF(rect()).center() - middle * m_scale;
    keepInSight();
}

void GraphView::fit() {
    const QSizeF size = m_places.bounds.size();
    const qreal across = (width() - 2 * k_margin) / std::max(size.width(), 1.0);
    const qreal down = (height() - 2 * k_margin) / std::max(size.height(), 1.0);
    m_scale = std::clamp(std::min(across, down), k_smallest, 1.0);
    m_origin = QRectF(rect()).center() - m_places.bounds.center() * m_scale;
    update();
}

void GraphView::zoomAt(qreal factor, const QPointF& point) {
    const QPointF fixed = toGraph(point);
    m_scale = std::clamp(m_scale * factor, k_smallest, k_largest);
    m_origin = point - fixed * m_scale;
    m_untouched = false;
    keepInSight();
    update();
}

void GraphView::pan(const QPointF& by) {
    m_origin += by;
    m_untouched = false;
    keepInSight();
    update();
}

// The picture cannot be moved out of the window.
void GraphView::keepInSight() {
    const QRectF drawn(m_origin + m_places.bounds.topLeft() * m_scale, m_places.bounds.size() * m_scale);
    const QRectF room = QRectF(rect()).adjusted(60, 40, -60, -40);
    if (drawn.right() < room.left()) m_origin.rx() += room.left() - drawn.right();
    if (drawn.left() > room.right()) m_origin.rx() -= drawn.left() - room.right();
    if (drawn.bottom() < room.top()) m_origin.ry() += room.top() - drawn.bottom();
    if (drawn.top() > room.bottom()) m_origin.ry() -= drawn.top() - room.bottom();
}

QRectF GraphView::itemRect(int item) const {
    if (item < 0 || item >= static_cast<int>(m_places.nodes.size())) return {};
    const QRectF& box = m_places.nodes[static_cast<std::size_t>(item)];
    return {m_origin + box.topLeft() * m_scale, box.size() * m_scale};
}

int GraphView::itemAt(const QPointF& point) const {
    const QPointF at = toGraph(point);
    const auto& nodes = m_places.nodes;
    const auto hit =
        std::find_if(nodes.begin(), nodes.end(), [at](const QRectF& box) { return box.contains(at); });
    return hit == nodes.end() ? -1 : static_cast<int>(hit - nodes.begin());
}

void GraphView::setCurrent(int item) {
    if (item >= static_cast<int>(m_shown.items.size())) return;
    m_current = item;
    showItem(item);
    tellGraphFocus(this, item);
    update();
    emit currentChanged();
}

void GraphView::showItem(int item) {
    if (item < 0) return;
    const QRectF box = itemRect(item).adjusted(-k_margin, -k_margin, k_margin, k_margin);
    QPointF by;
    if (box.left() < 0) by.setX(-box.left());
    if (box.right() > width()) by.setX(width() - box.right());
    if (box.top() < 0) by.setY(-box.top());
    if (box.bottom() > height()) by.setY(height() - box.bottom());
    if (!by.isNull()) pan(by);
}

void GraphView::activate(int item) {
    if (item < 0 || item >= static_cast<int>(m_shown.items.size())) return;
    const GraphItem& one = m_shown.items[static_cast<std::size_t>(item)];
    if (!one.isGroup())
        emit chosen(one.node);
    else if (one.node >= 0)
        emit groupOpened(item);
}

// Left and right along the layers, up and down within one: the nearest box in that direction.
int GraphView::neighbour(int key) const {
    const QPointF from = m_places.nodes[static_cast<std::size_t>(m_current)].center();
    const bool across = key == Qt::Key_Left || key == Qt::Key_Right;
    const int own = m_places.layers[static_cast<std::size_t>(m_current)];
    int best = m_current;
    qreal nearest = 1e18;
    for (int i = 0; i < static_cast<int>(m_places.nodes.size()); ++i) {
        const int layer = m_places.layers[static_cast<std::size_t>(i)];
        if (i == m_current || across == (layer == own)) continue;
        const QPointF way = m_places.nodes[static_cast<std::size_t>(i)].center() - from;
        const qreal along = key == Qt::Key_Left    ? -way.x()
                            : key == Qt::Key_Right ? way.x()
                            : key == Qt::Key_Up    ? -way.y()
                                                   : way.y();
        if (along <= 0) continue;
        const qreal distance = across ? std::abs(layer - own) * 1e6 + std::abs(way.y()) : along;
        if (distance >= nearest) continue;
        nearest = distance;
        best = i;
    }
    return best;
}

} // namespace exo::ui
