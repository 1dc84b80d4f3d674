#pragma once
// The side bar: new chat, filter, the sessions, and what can be done with one of them. It changes nothing
// itself; it asks. GUI thread; the chat page owns it.

#include "ui/chat/SessionListModel.h"
#include "ui/theme/Theme.h"

#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QWidget>

class QMenu;

namespace exo::ui {

class IconButton;

class SessionList final : public QWidget {
    Q_OBJECT
  public:
    explicit SessionList(const ThemeController* theme, QWidget* parent = nullptr);

    SessionListModel& model() { return *m_model; }
    QListView* view() const { return m_view; }
    void setCurrent(const QString& id); // empty: none
    void rename(const QString& id);
    void focusFilter();
    void setNotice(const QString& text); // shown instead of the list: loading, not reachable
    // What can be done with a session, for the context menu here and the header's.
    void fillMenu(QMenu& menu, const QString& id);

  signals:
    void newChatRequested();
    void importRequested();
    void opened(const QString& id);
    void renamed(const QString& id, const QString& title);
    void pinRequested(const QString& id, bool pinned);
    void moveRequested(const QString& id, const QString& folder); // empty: out of its folder
    void newFolderRequested(const QString& id);
    void exportRequested(const QString& id, bool markdown);
    void removeRequested(const QString& id);

  protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void build(const ThemeController* theme);
    void retranslate();
    void open(const QModelIndex& index);
    void showMenu(const QPoint& at);
    void updateHint();

    SessionListModel* m_model;
    QPushButton* m_new;
    QLineEdit* m_filter;
    IconButton* m_import;
    QListView* m_view;
    QLabel* m_hint;
    QString m_current;
    int m_scrolledTo = 0; // while the rows are made anew
    QString m_notice;
};

} // namespace exo::ui
