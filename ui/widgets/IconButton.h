#pragma once
// A quiet square button with an icon and no text; its tool tip is its accessible name.

#include "ui/theme/Theme.h"

#include <QToolButton>

namespace exo::ui {

class IconButton final : public QToolButton {
    Q_OBJECT
  public:
    IconButton(const ThemeController* theme, const QString& objectName, QStringView iconName,
               QWidget* parent = nullptr, Token token = Token::Text2);

    void setIconName(QStringView name, Token token = Token::Text2);
    // Tool tip and accessible name; `shortcut` is added to the tool tip only.
    void setHelp(const QString& text, const QString& shortcut = {});

  private:
    const ThemeController* m_theme;
};

} // namespace exo::ui
