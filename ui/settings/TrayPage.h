#pragma once
// Settings of the icon in the tray: whether there is one, whether closing the window leaves the program
// there, what it tells of. Each change applies at once. GUI thread.

#include "ui/settings/Preferences.h"

#include <QCheckBox>
#include <QLabel>
#include <QWidget>

#include <vector>

namespace exo::ui {

class TrayPage final : public QWidget {
    Q_OBJECT
  public:
    TrayPage(Preferences* preferences, QWidget* parent);

  protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    QCheckBox* addBox(const QString& name);
    void read();
    void retranslate();

    Preferences* m_preferences;
    QLabel* m_heading;
    QCheckBox* m_icon;
    QCheckBox* m_keep;
    QLabel* m_hint;
    QLabel* m_kindsTitle;
    std::vector<QCheckBox*> m_kinds;
};

} // namespace exo::ui
