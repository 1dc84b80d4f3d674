#pragma once
// A row of exclusive choices in one rounded frame (pages of the window, theme, language).

#include "ui/widgets/ChoiceBar.h"

namespace exo::ui {

class SegmentedControl final : public ChoiceBar {
    Q_OBJECT
  public:
    SegmentedControl(const ThemeController* theme, const QString& objectName, QWidget* parent = nullptr);

    void addSegment(const QString& id, const QString& text);
    void setSegmentText(const QString& id, const QString& text) { setChoiceText(id, text); }

  protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace exo::ui
