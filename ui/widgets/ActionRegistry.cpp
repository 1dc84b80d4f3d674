#include "ui/widgets/ActionRegistry.h"

#include <QWidget>

namespace exo::ui {

QAction* ActionRegistry::add(Entry entry, std::function<void()> run) {
    Q_ASSERT(!m_actions.contains(entry.id));
    auto* action = new QAction(entry.text(), this);
    action->setObjectName(entry.id);
    action->setShortcut(entry.shortcut);
    action->setShortcutContext(Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    m_actions.insert(entry.id, action);
    m_entries.push_back(std::move(entry));
    if (m_window) m_window->addAction(action);
    return action;
}

QAction* ActionRegistry::action(const QString& id) const {
    return m_actions.value(id);
}

void ActionRegistry::attachTo(QWidget* window) {
    m_window = window;
    for (const Entry& entry : m_entries) {
        window->addAction(m_actions.value(entry.id));
    }
}

void ActionRegistry::retranslate() {
    for (const Entry& entry : m_entries) {
        m_actions.value(entry.id)->setText(entry.text());
    }
}

} // namespace exo::ui
