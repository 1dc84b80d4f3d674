#include "ui/widgets/PaintedList.h"

namespace exo::ui {

PaintedItem::PaintedItem(QWidget* list, QWidget* surface, int index)
    : m_list(list)
    , m_surface(surface)
    , m_index(index) {}

QRect PaintedItem::rect() const {
    if (!isValid()) return {};
    const QRect local = painted();
    return {m_surface->mapToGlobal(local.topLeft()), local.size()};
}

QAccessible::State PaintedItem::state() const {
    QAccessible::State state;
    state.invisible = isValid() && !rect().intersects({m_list->mapToGlobal(QPoint()), m_list->size()});
    return state;
}

PaintedList::PaintedList(QWidget* list)
    : QAccessibleWidget(list, QAccessible::List) {}

PaintedList::~PaintedList() {
    for (const auto& [index, id] : m_items) {
        QAccessible::deleteAccessibleInterface(id);
    }
}

QAccessibleInterface* PaintedList::child(int index) const {
    if (index < 0 || index >= childCount()) return nullptr;
    const auto it = m_items.find(index);
    if (it != m_items.end()) return QAccessible::accessibleInterface(it->second);
    QAccessibleInterface* made = makeItem(index);
    m_items[index] = QAccessible::registerAccessibleInterface(made);
    return made;
}

int PaintedList::indexOfChild(const QAccessibleInterface* child) const {
    for (const auto& [index, id] : m_items) {
        if (QAccessible::accessibleInterface(id) == child) return index;
    }
    return -1;
}

} // namespace exo::ui
