#pragma once
// The treemap with the way to the shown folder above it and the choice of what the colours mean. GUI thread.

#include "ui/analysis/TreemapView.h"
#include "ui/widgets/SegmentedControl.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QWidget>

namespace exo::ui {

class TreemapPage final : public QWidget {
    Q_OBJECT
  public:
    explicit TreemapPage(const ThemeController* theme, QWidget* parent = nullptr);

    TreemapView* view() const { return m_view; }
    void setTree(std::shared_ptr<const FileTree> tree, const QString& rootName, bool hasHistory);
    void setColour(TreemapView::Colour colour);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void showWay();
    void retranslate();

    TreemapView* m_view;
    QWidget* m_way;
    QHBoxLayout* m_wayRow;
    SegmentedControl* m_colours;
    QLabel* m_legend;
    QString m_rootName;
    bool m_hasHistory = false;
};

} // namespace exo::ui
