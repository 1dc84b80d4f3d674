#pragma once
// The guides in resources/help as a window: chapters on the left, the text with a search on the right, in the
// language of the windows. Needs no network and no backend. GUI thread; opened with show(), deletes itself.

#include "ui/theme/Theme.h"

#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QTextBrowser>
#include <QWidget>

namespace exo::ui {

class HelpWindow final : public QWidget {
    Q_OBJECT
  public:
    explicit HelpWindow(const ThemeController* theme, QWidget* parent = nullptr);

  protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void load();          // the guides in the language that holds now
    void paintDocument(); // colours and fonts of the theme onto it
    void fillChapters();
    void goTo(int position);
    void follow();
    void find(bool forward);

    const ThemeController* m_theme;
    QListWidget* m_chapters;
    QLineEdit* m_search;
    QLabel* m_found;
    QTextBrowser* m_text;
};

} // namespace exo::ui
