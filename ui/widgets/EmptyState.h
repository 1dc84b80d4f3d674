#pragma once
// What a view shows when it has nothing: an icon, a sentence, what to do next, and up to a few buttons that
// do it.

#include "ui/theme/Theme.h"
#include "ui/widgets/WrapLabel.h"

#include <QLabel>
#include <QPushButton>
#include <QWidget>

class QHBoxLayout;

namespace exo::ui {

class EmptyState final : public QWidget {
    Q_OBJECT
  public:
    EmptyState(const ThemeController* theme, const QString& objectName, const QString& iconName,
               QWidget* parent = nullptr);

    void setTexts(const QString& title, const QString& hint);
    // The first one added is the primary button. The caller sets its text again when the language changes.
    QPushButton* addAction(const QString& objectName, const QString& text);

  private:
    void updateIcon();

    const ThemeController* m_theme;
    QString m_iconName;
    QLabel* m_icon;
    QLabel* m_title;
    WrapLabel* m_hint;
    QHBoxLayout* m_actions;
    int m_actionCount = 0;
};

} // namespace exo::ui
