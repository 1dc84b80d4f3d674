#pragma once
// A word with its state's dot before it; the colour never stands alone.

#include "ui/theme/Theme.h"

#include <QLabel>

namespace exo::ui {

class StateLabel final : public QLabel {
    Q_OBJECT
  public:
    StateLabel(const ThemeController* theme, const QString& objectName, QWidget* parent = nullptr);

    void setState(Token dot, const QString& word);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const ThemeController* m_theme;
    Token m_dot = Token::Ok;
};

} // namespace exo::ui
