#pragma once
// Small pieces the forms of the dialogs share. GUI thread.

#include "ui/theme/Theme.h"

#include <QLabel>
#include <QLineEdit>
#include <QString>

class QFormLayout;
class QBoxLayout;

namespace exo::ui {

// A label with the look of `kind` (StyleSheet.cpp), plain text.
QLabel* makeLabel(QWidget* parent, const QString& objectName, const QString& kind);
// The same for texts that may need more than one line.
QLabel* makeTextLabel(QWidget* parent, const QString& objectName, const QString& kind);
// Adds a row whose label is the field's buddy and its accessible name; returns the label to set its text.
QLabel* addField(QBoxLayout* column, QWidget* field, QWidget* parent);
void setFieldName(QLabel* label, QWidget* field, const QString& text);
// A line edit for a secret: hidden, with an eye to look.
class SecretEdit final : public QLineEdit {
    Q_OBJECT
  public:
    SecretEdit(const ThemeController* theme, const QString& objectName, QWidget* parent);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void retranslate();
    QAction* m_eye;
    const ThemeController* m_theme;
};
// Marks a field as wrong or right again.
void setInvalid(QWidget* field, const QString& reason);

} // namespace exo::ui
