#pragma once
// What the lines of the graph mean. GUI thread.

#include "ui/theme/Theme.h"

#include <QWidget>

namespace exo::ui {

class GraphLegend final : public QWidget {
    Q_OBJECT
  public:
    explicit GraphLegend(const ThemeController* theme, QWidget* parent = nullptr);

    void setCalls(bool calls); // includes are all exact: only cycles are told then
    void retranslate();
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {40, sizeHint().height()}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Entry;
    std::vector<Entry> entries() const;

    const ThemeController* m_theme;
    bool m_calls = true;
};

} // namespace exo::ui
