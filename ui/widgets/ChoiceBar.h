#pragma once
// Exclusive choices that look as the subclass has them look: one group of buttons known by ids, arrow keys
// move the choice. GUI thread.

#include "ui/theme/Theme.h"

#include <QButtonGroup>
#include <QWidget>

namespace exo::ui {

class ChoiceBar : public QWidget {
    Q_OBJECT
  public:
    int count() const { return static_cast<int>(m_group.buttons().size()); }
    QString current() const;
    void setCurrent(const QString& id); // does not signal; an unknown id changes nothing

  signals:
    void chosen(const QString& id); // by the user

  protected:
    ChoiceBar(const ThemeController* theme, const QString& objectName, QWidget* parent);

    void addChoice(const QString& id, QAbstractButton* button); // the first one added is chosen
    void setChoiceText(const QString& id, const QString& text);
    QList<QAbstractButton*> choices() const { return m_group.buttons(); }
    void keyPressEvent(QKeyEvent* event) override;

    const ThemeController* m_theme;

  private:
    QAbstractButton* choice(const QString& id) const;

    QButtonGroup m_group;
};

} // namespace exo::ui
