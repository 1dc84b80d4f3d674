#pragma once
// A graph as a picture that can be moved and enlarged. Boxes can be chosen by pointer and keyboard; a second
// press asks for the graph around one. Large graphs are laid out by another thread. GUI thread.

#include "ui/analysis/graph/GraphItems.h"

#include <QWidget>

#include <memory>

class QPainter;

namespace exo::ui {

class GraphView final : public QWidget {
    Q_OBJECT
  public:
    explicit GraphView(const ThemeController* theme, QWidget* parent = nullptr);
    ~GraphView() override;

    // Shown when it is laid out; until then what was shown stays.
    void setGraph(api::AnalysisGraph graph);
    const api::AnalysisGraph& graph() const { return m_graph; }
    bool isLayingOut() const { return m_pending != nullptr; }

    const std::vector<GraphItem>& items() const { return m_shown.items; }
    int current() const { return m_current; } // item; -1 none
    void setCurrent(int item);
    QRectF itemRect(int item) const; // where it is drawn
    int itemAt(const QPointF& point) const;
    int edgeAt(const QPointF& point)
        const; // of the graph; -1 none, also where an item is or so many that none stands out
    QPointF edgeMiddle(int edge) const; // where it is drawn

    qreal scale() const { return m_scale; }
    void zoom(qreal factor) { zoomAt(factor, QRectF(rect()).center()); }
    void fit(); // all of it, as large as fits, never above its true size
    void retranslate();

  signals:
    void chosen(int node);      // pressed, or Enter
    void focusWanted(int node); // pressed twice, or Ctrl+Enter
    void edgeChosen(int edge);  // of the graph
    void groupOpened(int item);
    void backWanted();
    void forwardWanted();
    void laidOut();
    void currentChanged();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void rebuild();
    void layOut(GraphItems items);
    void adopt(GraphItems items, GraphPlaces places);
    void look(); // the first sight of a graph
    void zoomAt(qreal factor, const QPointF& point);
    void pan(const QPointF& by);
    void keepInSight();
    void showItem(int item);
    void activate(int item);
    void hover(const QPointF& point);
    QString tipAt(const QPointF& point) const;
    int neighbour(int key) const;
    bool moveBy(int key, Qt::KeyboardModifiers modifiers);
    QPointF toGraph(const QPointF& point) const { return (point - m_origin) / m_scale; }

    void paintEdges(QPainter& painter, const QRectF& seen) const;
    void paintEdge(QPainter& painter, std::size_t edge) const;
    void paintItem(QPainter& painter, int item) const;
    void paintTexts(QPainter& painter, int item, const QRectF& box) const;

    const ThemeController* m_theme;
    api::AnalysisGraph m_graph; // the one that is shown
    api::AnalysisGraph m_next;  // the one that is laid out
    GraphItems m_shown;
    GraphPlaces m_places;
    std::shared_ptr<std::atomic<bool>> m_pending; // true: nobody waits for that layout any more
    bool m_keepSight = false;
    bool m_untouched = true; // the reader has not moved it
    qreal m_scale = 1;
    QPointF m_origin;
    int m_current = -1, m_hovered = -1, m_hoveredEdge = -1;
    QPointF m_pressedAt, m_lastAt;
    bool m_dragging = false, m_pressed = false;
    int m_pressedItem = -1, m_pressedEdge = -1;
};

// How a line of that certainty is drawn.
QPen certaintyPen(Certainty certainty, const QColor& colour);

} // namespace exo::ui
