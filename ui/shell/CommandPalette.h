#pragma once
// Ctrl+K: one field that finds chats by their text and commands by their name. Lies over the window; Esc or a
// click beside it closes it. GUI thread; the main window owns it.

#include "ui/backend/Connections.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/ActionRegistry.h"

#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QStandardItemModel>
#include <QTimer>

namespace exo::ui {

class CommandPalette final : public QWidget {
    Q_OBJECT
  public:
    CommandPalette(Connections* connections, const ThemeController* theme, ActionRegistry* actions,
                   QWidget* window);

    void popUp();
    void dismiss();

  signals:
    void sessionChosen(const QString& sessionId, const QString& messageId);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void retranslate();
    void place();
    void onText();
    void searchNow();
    void fill();
    void addHeader(const QString& text);
    void addSessions();
    void addCommands();
    void move(int step);
    void activate(const QModelIndex& index);
    bool onKey(int key);

    Connections* m_connections;
    const ThemeController* m_theme;
    ActionRegistry* m_actions;
    QFrame* m_card;
    QLineEdit* m_field;
    QListView* m_view;
    QLabel* m_note;
    QStandardItemModel m_model;
    QTimer m_delay;
    quint64 m_query = 0; // answers to older questions are dropped
    bool m_searching = false;
    std::optional<Error> m_error;
    std::vector<api::SearchHit> m_hits;
    QPointer<QWidget> m_focusBefore;
};

} // namespace exo::ui
