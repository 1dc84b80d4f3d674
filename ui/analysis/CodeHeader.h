#pragma once
// The bar over the code: which file, the function at the cursor, find, ask, and a menu. GUI thread.

#include "ui/widgets/ChipButton.h"
#include "ui/widgets/IconButton.h"

#include <QFrame>
#include <QLabel>
#include <QMenu>

namespace exo::ui {

class CodeHeader final : public QFrame {
    Q_OBJECT
  public:
    explicit CodeHeader(const ThemeController* theme, QWidget* parent = nullptr);

    void setPath(const QString& path);
    void setSymbol(const QString& name); // empty: none at the cursor
    void setFileOpen(bool open);
    QMenu* menu() const { return m_menu; }
    ChipButton* symbol() const { return m_symbol; }
    ChipButton* find() const { return m_find; }
    ChipButton* ask() const { return m_ask; }
    IconButton* graph() const { return m_graph; }

  protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void showPath();
    void retranslate();

    QLabel* m_path;
    ChipButton *m_symbol, *m_find, *m_ask;
    IconButton *m_graph, *m_more;
    QMenu* m_menu;
    QString m_text, m_name;
};

} // namespace exo::ui
