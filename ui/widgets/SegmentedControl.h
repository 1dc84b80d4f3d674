#pragma once
// A row of exclusive choices in one rounded frame (pages of the window, theme, language). Arrow keys move the
// choice.

#include "ui/theme/Theme.h"

#include <QButtonGroup>
#include <QWidget>

namespace exo::ui {

class SegmentedControl final : public QWidget {
    Q_OBJECT
  public:
    SegmentedControl(const ThemeController* theme, const QString& objectName, QWidget* parent = nullptr);

    void addSegment(const QString& id, const QString& text); // the first one added is chosen
    void setSegmentText(const QString& id, const QString& text);
    int count() const { return static_cast<int>(m_group.buttons().size()); }
    QString current() const;
    void setCurrent(const QString& id); // does not signal

  signals:
    void chosen(const QString& id); // by the user

  protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QAbstractButton* button(const QString& id) const;

    const ThemeController* m_theme;
    QButtonGroup m_group;
};

} // namespace exo::ui
