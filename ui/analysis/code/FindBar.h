#pragma once
// The bar over the code for finding text in the file and for going to a line. GUI thread.

#include "ui/analysis/code/CodeView.h"
#include "ui/widgets/IconButton.h"

#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QTimer>

namespace exo::ui {

class FindBar final : public QFrame {
    Q_OBJECT
  public:
    FindBar(const ThemeController* theme, CodeView* view, QWidget* parent = nullptr);

    void openFind(); // with what is selected
    void openLine();
    void step(int by);
    void dismiss(); // gives the focus back to the code
    void refresh(); // another file is shown

  protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    enum class Mode { Find, Line };
    void open(Mode mode);
    void search(bool jump);
    void goToLine();
    void showCount();
    void retranslate();

    CodeView* m_view;
    QLineEdit* m_field;
    QLabel* m_count;
    IconButton* m_case;
    IconButton* m_previous;
    IconButton* m_next;
    IconButton* m_close;
    QTimer m_delay; // between the last key and the search
    Mode m_mode = Mode::Find;
    std::vector<CodeMatch> m_matches;
    int m_current = -1;
};

} // namespace exo::ui
