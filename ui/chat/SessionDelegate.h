#pragma once
// Paints the rows of the side bar and edits a title in place. GUI thread; the session list owns it.

#include "ui/theme/Theme.h"

#include <QStyledItemDelegate>

namespace exo::ui {

class SessionDelegate final : public QStyledItemDelegate {
    Q_OBJECT
  public:
    SessionDelegate(const ThemeController* theme, QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const override;
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const override;

  private:
    void paintHeading(QPainter* painter, const QRect& rect, const QString& text) const;
    void paintFolder(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
    void paintSession(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
    void paintGround(QPainter* painter, const QStyleOptionViewItem& option) const;

    const ThemeController* m_theme;
};

} // namespace exo::ui
