#include "ui/widgets/EmptyState.h"

#include "ui/theme/Icons.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace exo::ui {

EmptyState::EmptyState(const ThemeController* theme, const QString& objectName, const QString& iconName,
                       QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_iconName(iconName)
    , m_icon(new QLabel(this))
    , m_title(new QLabel(this))
    , m_hint(new WrapLabel(this))
    , m_actions(new QHBoxLayout) {
    setObjectName(objectName);
    m_title->setProperty("kind", QStringLiteral("heading"));
    m_hint->setProperty("kind", QStringLiteral("secondary"));
    m_hint->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_hint->setFixedWidth(440);
    m_title->setAlignment(Qt::AlignCenter);
    m_title->setWordWrap(true);
    m_actions->setSpacing(8);

    auto* column = new QVBoxLayout(this);
    column->setSpacing(8);
    column->addStretch(2);
    column->addWidget(m_icon, 0, Qt::AlignHCenter);
    column->addSpacing(4);
    column->addWidget(m_title);
    // A row of its own: beside stretches the label's height is asked for its own width, not for the view's.
    auto* hintRow = new QHBoxLayout;
    hintRow->addStretch();
    hintRow->addWidget(m_hint);
    hintRow->addStretch();
    column->addLayout(hintRow);
    column->addSpacing(8);
    auto* row = new QHBoxLayout;
    row->addStretch();
    row->addLayout(m_actions);
    row->addStretch();
    column->addLayout(row);
    column->addStretch(3);
    updateIcon();
    connect(theme, &ThemeController::changed, this, &EmptyState::updateIcon);
}

void EmptyState::setTexts(const QString& title, const QString& hint) {
    m_title->setText(title);
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

QPushButton* EmptyState::addAction(const QString& objectName, const QString& text) {
    auto* button = new QPushButton(text, this);
    button->setObjectName(objectName);
    button->setAccessibleName(text);
    if (m_actionCount++ == 0) button->setProperty("kind", QStringLiteral("primary"));
    m_actions->addWidget(button);
    return button;
}

void EmptyState::updateIcon() {
    m_icon->setPixmap(iconPixmap(m_theme, m_iconName, Token::Text3, 36, devicePixelRatioF()));
}

} // namespace exo::ui
