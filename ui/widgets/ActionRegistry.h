#pragma once
// Every action of the window, once: menus, buttons, the palette, the tests and a later shortcut editor read
// this table. The main window owns it; pages add theirs and keep the QAction. GUI thread.

#include <QAction>
#include <QHash>
#include <QKeySequence>
#include <QObject>

#include <functional>
#include <vector>

namespace exo::ui {

class ActionRegistry final : public QObject {
    Q_OBJECT
  public:
    struct Entry {
        QString id;                    // "chat.new"; also the action's objectName
        std::function<QString()> text; // calls tr(); asked again when the language changes
        QKeySequence shortcut;
        QString icon; // name in the icon set, may be empty
        bool inPalette = true;
    };

    using QObject::QObject;

    // Adds an action that runs `run`; an id may be taken only once. Its shortcut works in the whole window
    // after attachTo().
    QAction* add(Entry entry, std::function<void()> run);
    QAction* action(const QString& id) const;
    const std::vector<Entry>& entries() const { return m_entries; } // in order of adding
    void attachTo(QWidget* window);
    void retranslate();

  private:
    std::vector<Entry> m_entries;
    QHash<QString, QAction*> m_actions;
    QWidget* m_window = nullptr;
};

} // namespace exo::ui
