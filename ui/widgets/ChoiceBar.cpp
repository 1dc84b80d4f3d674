#include "ui/widgets/ChoiceBar.h"

#include <QAbstractButton>
#include <QKeyEvent>

namespace exo::ui {

namespace {

QString idOf(const QAbstractButton* button) {
    return button->property("choice").toString();
}

} // namespace

ChoiceBar::ChoiceBar(const ThemeController* theme, const QString& objectName, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setObjectName(objectName);
    m_group.setExclusive(true);
    connect(&m_group, &QButtonGroup::buttonClicked, this,
            [this](QAbstractButton* clicked) { emit chosen(idOf(clicked)); });
}

void ChoiceBar::addChoice(const QString& id, QAbstractButton* button) {
    button->setObjectName(objectName() + u'.' + id);
    button->setProperty("choice", id);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAttribute(Qt::WA_Hover);
    m_group.addButton(button);
    if (count() == 1) button->setChecked(true);
}

void ChoiceBar::setChoiceText(const QString& id, const QString& text) {
    QAbstractButton* found = choice(id);
    if (!found || found->text() == text) return;
    found->setText(text);
    found->setAccessibleName(text);
    found->updateGeometry();
}

QString ChoiceBar::current() const {
    const QAbstractButton* checked = m_group.checkedButton();
    return checked ? idOf(checked) : QString();
}

void ChoiceBar::setCurrent(const QString& id) {
    if (QAbstractButton* found = choice(id)) found->setChecked(true);
}

QAbstractButton* ChoiceBar::choice(const QString& id) const {
    for (QAbstractButton* candidate : choices()) {
        if (idOf(candidate) == id) return candidate;
    }
    return nullptr;
}

void ChoiceBar::keyPressEvent(QKeyEvent* event) {
    const int step = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    const auto buttons = choices();
    const qsizetype at = buttons.indexOf(m_group.checkedButton()) + step;
    if (step == 0 || at < 0 || at >= buttons.size()) return QWidget::keyPressEvent(event);
    buttons[at]->setFocus(Qt::OtherFocusReason);
    buttons[at]->click();
}

} // namespace exo::ui
