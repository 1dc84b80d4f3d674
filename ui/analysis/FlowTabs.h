#pragma once
// Tabs as words that wrap into as many rows as they need, so that no language cuts them off.

#include "ui/widgets/ChoiceBar.h"

namespace exo::ui {

class FlowTabs final : public ChoiceBar {
    Q_OBJECT
  public:
    FlowTabs(const ThemeController* theme, const QString& objectName, QWidget* parent = nullptr);

    void addTab(const QString& id);
    void setTabText(const QString& id, const QString& text);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return place(width, false); }

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void replace();
    int place(int width, bool move) const;
};

} // namespace exo::ui
