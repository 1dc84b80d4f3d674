#include "ui/widgets/IconButton.h"

#include "ui/theme/Icons.h"

namespace exo::ui {

IconButton::IconButton(const ThemeController* theme, const QString& objectName, QStringView iconName,
                       QWidget* parent, Token token)
    : QToolButton(parent)
    , m_theme(theme) {
    setObjectName(objectName);
    setIconSize({18, 18});
    setFixedSize(30, 30);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::ArrowCursor);
    setPopupMode(QToolButton::InstantPopup);
    setIconName(iconName, token);
}

void IconButton::setIconName(QStringView name, Token token) {
    setIcon(themedIcon(m_theme, name, token));
}

void IconButton::setHelp(const QString& text, const QString& shortcut) {
    setAccessibleName(text);
    setToolTip(shortcut.isEmpty() ? text : text + QStringLiteral("  ") + shortcut);
}

} // namespace exo::ui
