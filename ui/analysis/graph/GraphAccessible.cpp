#include "ui/analysis/graph/GraphAccessible.h"

#include "ui/analysis/graph/GraphView.h"
#include "ui/widgets/PaintedList.h"

namespace exo::ui {

namespace {

class AccessibleItem final : public PaintedItem {
  public:
    AccessibleItem(GraphView* view, int index)
        : PaintedItem(view, view, index)
        , m_view(view) {}

    bool isValid() const override {
        return listIsThere() && index() < static_cast<int>(m_view->items().size());
    }

    QString text(QAccessible::Text kind) const override {
        if (!isValid() || kind != QAccessible::Name) return {};
        return m_view->items()[static_cast<std::size_t>(index())].spoken;
    }

    QAccessible::State state() const override {
        QAccessible::State state = PaintedItem::state();
        state.selectable = state.focusable = true;
        state.selected = isValid() && m_view->current() == index();
        state.focused = state.selected && m_view->hasFocus();
        return state;
    }

  private:
    QRect painted() const override { return m_view->itemRect(index()).toAlignedRect(); }

    GraphView* m_view;
};

class AccessibleGraph final : public PaintedList {
  public:
    explicit AccessibleGraph(GraphView* view)
        : PaintedList(view) {}

    int childCount() const override { return static_cast<int>(view()->items().size()); }
    QAccessibleInterface* childAt(int x, int y) const override {
        return child(view()->itemAt(view()->mapFromGlobal(QPointF(x, y))));
    }
    QAccessibleInterface* focusChild() const override { return child(view()->current()); }

  private:
    QAccessibleInterface* makeItem(int index) const override { return new AccessibleItem(view(), index); }
    GraphView* view() const { return static_cast<GraphView*>(widget()); }
};

QAccessibleInterface* factory(const QString&, QObject* object) {
    auto* view = qobject_cast<GraphView*>(object);
    return view ? new AccessibleGraph(view) : nullptr;
}

} // namespace

void installGraphAccessibility() {
    static const bool once = [] {
        QAccessible::installFactory(factory);
        return true;
    }();
    Q_UNUSED(once)
}

void tellGraphFocus(GraphView* view, int item) {
    if (!QAccessible::isActive() || item < 0) return;
    QAccessibleEvent event(view, QAccessible::Focus);
    event.setChild(item);
    QAccessible::updateAccessibility(&event);
}

} // namespace exo::ui
