#pragma once
// The icon set: SVGs of resources/icons, drawn in a token's colour. An icon looks its colour up when it is
// painted, so a change of theme needs only a repaint. Disabled icons take Text3. GUI thread.

#include "ui/theme/Theme.h"

#include <QIcon>
#include <QPixmap>
#include <QStringView>

namespace exo::ui {

// `name` is the file's name without ".svg". The controller must outlive the last paint of the icon or be
// destroyed as a QObject before it (the icon then paints nothing).
QIcon themedIcon(const ThemeController* theme, QStringView name, Token token = Token::Text2);
QPixmap iconPixmap(const ThemeController* theme, QStringView name, Token token, int size, qreal ratio);

// Every name there is, for tests and for the gallery.
QStringList iconNames();

} // namespace exo::ui
