#pragma once
// Tabs as words that wrap into as many rows as they need, so that no language cuts them off. Arrow keys move
// the choice. GUI thread.

#include "ui/theme/Theme.h"

#include <QButtonGroup>
#include <QWidget>

namespace exo::ui {

class FlowTabs final : public QWidget {
    Q_OBJECT
  public:
    FlowTabs(const ThemeController* theme, const QString& objectName, QWidget* parent = nullptr);

    void addTab(const QString& id); // the first one added is chosen
    void setTabText(const QString& id, const QString& text);
    QString current() const;
    void setCurrent(const QString& id); // signals when it changes

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return place(width, false); }

  signals:
    void chosen(const QString& id);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QAbstractButton* tab(const QString& id) const;
    int place(int width, bool move) const;

    const ThemeController* m_theme;
    QButtonGroup m_group;
};

} // namespace exo::ui
