#include "ui/analysis/graph/GraphAccessible.h"

#include "ui/analysis/graph/GraphView.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>

#include <map>

namespace exo::ui {

namespace {

class AccessibleItem final : public QAccessibleInterface {
  public:
    AccessibleItem(GraphView* view, int index)
        : m_view(view)
        , m_index(index) {}

    bool isValid() const override { return m_view && m_index < static_cast<int>(m_view->items().size()); }
    QObject* object() const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_view); }
    QAccessibleInterface* child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    void setText(QAccessible::Text, const QString&) override {}

    QString text(QAccessible::Text kind) const override {
        if (!isValid() || kind != QAccessible::Name) return {};
        return m_view->items()[static_cast<std::size_t>(m_index)].spoken;
    }

    QRect rect() const override {
        if (!isValid()) return {};
        const QRect local = m_view->itemRect(m_index).toAlignedRect();
        return {m_view->mapToGlobal(local.topLeft()), local.size()};
    }

    QAccessible::State state() const override {
        QAccessible::State state;
        state.selectable = state.focusable = true;
        state.selected = isValid() && m_view->current() == m_index;
        state.focused = state.selected && m_view->hasFocus();
        state.invisible = isValid() && !rect().intersects({m_view->mapToGlobal(QPoint()), m_view->size()});
        return state;
    }

  private:
    QPointer<GraphView> m_view;
    int m_index;
};

class AccessibleGraph final : public QAccessibleWidget {
  public:
    explicit AccessibleGraph(GraphView* view)
        : QAccessibleWidget(view, QAccessible::List) {}
    ~AccessibleGraph() override {
        for (const auto& [index, id] : m_children) {
            QAccessible::deleteAccessibleInterface(id);
        }
    }

    int childCount() const override { return static_cast<int>(view()->items().size()); }
    QAccessibleInterface* child(int index) const override {
        if (index < 0 || index >= childCount()) return nullptr;
        const auto it = m_children.find(index);
        if (it != m_children.end()) return QAccessible::accessibleInterface(it->second);
        auto* made = new AccessibleItem(view(), index); // Qt's registry owns it
        m_children[index] = QAccessible::registerAccessibleInterface(made);
        return made;
    }
    int indexOfChild(const QAccessibleInterface* child) const override {
        for (const auto& [index, id] : m_children) {
            if (QAccessible::accessibleInterface(id) == child) return index;
        }
        return -1;
    }
    QAccessibleInterface* childAt(int x, int y) const override {
        return child(view()->itemAt(view()->mapFromGlobal(QPointF(x, y))));
    }
    QAccessibleInterface* focusChild() const override { return child(view()->current()); }

  private:
    GraphView* view() const { return static_cast<GraphView*>(widget()); }
    mutable std::map<int, QAccessible::Id> m_children;
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
