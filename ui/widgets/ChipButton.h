#pragma once
// A round-ended button with an optional state dot, an optional icon, a text that elides, and an arrow when it
// has a menu or a close mark when it can be taken away.

#include "ui/theme/Theme.h"

#include <QPushButton>

#include <optional>

namespace exo::ui {

class ChipButton final : public QPushButton {
    Q_OBJECT
  public:
    enum class Trailing : std::uint8_t { None, Arrow, Close };

    ChipButton(const ThemeController* theme, const QString& objectName, QWidget* parent = nullptr);

    void setDot(std::optional<Token> token);
    void setIconName(const QString& name);
    void setTrailing(Trailing trailing);
    void setMaximumTextWidth(int pixels);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int decorationWidth() const;

    const ThemeController* m_theme;
    std::optional<Token> m_dot;
    QString m_iconName;
    Trailing m_trailing = Trailing::None;
    int m_maximumTextWidth = 220;
};

} // namespace exo::ui
