#include "ui/settings/FormParts.h"

#include "ui/theme/Icons.h"
#include "ui/widgets/WrapLabel.h"

#include <QAction>
#include <QBoxLayout>
#include <QEvent>
#include <QStyle>
#include <QToolButton>

namespace exo::ui {

QLabel* makeLabel(QWidget* parent, const QString& objectName, const QString& kind) {
    auto* label = new QLabel(parent);
    label->setObjectName(objectName);
    label->setTextFormat(Qt::PlainText);
    if (!kind.isEmpty()) label->setProperty("kind", kind);
    return label;
}

QLabel* makeTextLabel(QWidget* parent, const QString& objectName, const QString& kind) {
    auto* label = new WrapLabel(parent);
    label->setObjectName(objectName);
    if (!kind.isEmpty()) label->setProperty("kind", kind);
    return label;
}

QLabel* addField(QBoxLayout* column, QWidget* field, QWidget* parent) {
    QLabel* label =
        makeLabel(parent, field->objectName() + QStringLiteral(".label"), QStringLiteral("secondary"));
    label->setBuddy(field);
    column->addWidget(label);
    column->addWidget(field);
    column->addSpacing(8);
    return label;
}

void setFieldName(QLabel* label, QWidget* field, const QString& text) {
    label->setText(text);
    field->setAccessibleName(text);
}

SecretEdit::SecretEdit(const ThemeController* theme, const QString& objectName, QWidget* parent)
    : QLineEdit(parent)
    , m_eye(new QAction(this))
    , m_theme(theme) {
    setObjectName(objectName);
    setEchoMode(QLineEdit::Password);
    setInputMethodHints(Qt::ImhSensitiveData | Qt::ImhNoPredictiveText);
    addAction(m_eye, QLineEdit::TrailingPosition);
    m_eye->setIcon(themedIcon(theme, u"eye"));
    connect(m_eye, &QAction::triggered, this, [this] {
        const bool hidden = echoMode() == QLineEdit::Password;
        setEchoMode(hidden ? QLineEdit::Normal : QLineEdit::Password);
        m_eye->setIcon(themedIcon(m_theme, hidden ? u"eye-off" : u"eye"));
        retranslate();
    });
    for (QToolButton* button : findChildren<QToolButton*>()) {
        button->setObjectName(objectName + QStringLiteral(".eye"));
    }
    retranslate();
}

void SecretEdit::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QLineEdit::changeEvent(event);
}

void SecretEdit::retranslate() {
    m_eye->setText(echoMode() == QLineEdit::Password ? tr("Show") : tr("Hide"));
    for (QToolButton* button : findChildren<QToolButton*>()) {
        button->setAccessibleName(m_eye->text());
    }
}

void setInvalid(QWidget* field, const QString& reason) {
    field->setProperty("invalid", !reason.isEmpty());
    field->setToolTip(reason);
    field->setAccessibleDescription(reason);
    field->style()->unpolish(field);
    field->style()->polish(field);
}

} // namespace exo::ui
