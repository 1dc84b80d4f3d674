#pragma once
// What a widget paints by itself, for screen readers: a list and its items. A subclass says how many there
// are, where each is drawn and what it says. GUI thread.

#include <QAccessibleWidget>
#include <QPointer>
#include <QWidget>

#include <map>

namespace exo::ui {

class PaintedItem : public QAccessibleInterface {
  public:
    // `surface` is the widget the item is painted on, `list` the one whose items they are (both may be the
    // same).
    PaintedItem(QWidget* list, QWidget* surface, int index);

    QObject* object() const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_list); }
    QAccessibleInterface* child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    void setText(QAccessible::Text, const QString&) override {}
    QRect rect() const override;               // on the screen
    QAccessible::State state() const override; // invisible when outside of the list

  protected:
    int index() const { return m_index; }
    bool listIsThere() const { return !m_list.isNull(); }

  private:
    virtual QRect painted() const = 0; // in coordinates of the surface; asked only while the item is valid

    QPointer<QWidget> m_list;
    QPointer<QWidget> m_surface;
    int m_index;
};

class PaintedList : public QAccessibleWidget {
  public:
    explicit PaintedList(QWidget* list);
    ~PaintedList() override;

    int childCount() const override = 0;
    QAccessibleInterface* child(int index) const override;
    int indexOfChild(const QAccessibleInterface* child) const override;

  private:
    virtual QAccessibleInterface* makeItem(int index) const = 0; // Qt's registry owns it

    mutable std::map<int, QAccessible::Id> m_items;
};

} // namespace exo::ui
