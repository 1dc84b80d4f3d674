#pragma once
// What of the code can go along with a question, each with what it would attach. GUI thread.

#include "ui/theme/Theme.h"

#include <QAction>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <QWidget>

#include <vector>

namespace exo::ui {

class AskPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit AskPanel(const ThemeController* theme, QWidget* parent = nullptr);

    // A button that triggers the action; `context` says what it attaches now, empty: there is none.
    void addChoice(QAction* action);
    void setContext(QAction* action, const QString& context);
    void retranslate();

  private:
    struct Choice {
        QAction* action;
        QPushButton* button;
        QLabel* context;
    };
    const ThemeController* m_theme;
    QLabel* m_hint;
    QVBoxLayout* m_column;
    std::vector<Choice> m_choices;
};

} // namespace exo::ui
