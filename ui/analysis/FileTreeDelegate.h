#pragma once
// Draws a row of the tree of files: name, how many files a folder has, a dot with the number of findings, a
// mark for complex code. GUI thread.

#include "ui/theme/Theme.h"

#include <QStyledItemDelegate>

namespace exo::ui {

class FileTreeDelegate final : public QStyledItemDelegate {
    Q_OBJECT
  public:
    FileTreeDelegate(const ThemeController* theme, QObject* parent);

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

  private:
    // Each draws from the right and gives the place that is left.
    QRect paintFindings(QPainter* painter, QRect area, const QModelIndex& index) const;
    QRect paintComplexity(QPainter* painter, QRect area, const QModelIndex& index) const;

    const ThemeController* m_theme;
};

} // namespace exo::ui
