#pragma once
// Paints the rows of the palette: a heading, a command with its keys, or a chat with the found words marked.
// GUI thread.

#include "ui/theme/Theme.h"

#include <QStyledItemDelegate>

namespace exo::ui {

enum PaletteRole { KindRole = Qt::UserRole + 1, IdRole, MessageRole, SnippetRole, IconRole, KeysRole };
enum class PaletteKind { Header, Command, Session };

class PaletteDelegate final : public QStyledItemDelegate {
    Q_OBJECT
  public:
    PaletteDelegate(const ThemeController* theme, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    void paintSnippet(QPainter* painter, const QRect& area, const QString& snippet) const;
    const ThemeController* m_theme;
};

} // namespace exo::ui
