#include "ui/analysis/AskPanel.h"

#include "ui/theme/Icons.h"

namespace exo::ui {

AskPanel::AskPanel(const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_hint(new QLabel(this))
    , m_column(new QVBoxLayout(this)) {
    setObjectName(QStringLiteral("code.askPanel"));
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(6);
    m_hint->setProperty("kind", QStringLiteral("secondary"));
    m_hint->setWordWrap(true);
    m_column->addWidget(m_hint);
    m_column->addStretch(1);
    retranslate();
}

void AskPanel::addChoice(QAction* action) {
    auto* button = new QPushButton(this);
    button->setObjectName(QStringLiteral("code.askPanel.") + action->objectName());
    button->setIcon(themedIcon(m_theme, u"chat"));
    button->setEnabled(action->isEnabled());
    auto* context = new QLabel(this);
    context->setProperty("kind", QStringLiteral("caption"));
    context->setWordWrap(true);
    context->setContentsMargins(4, 0, 4, 6);
    m_column->insertWidget(m_column->count() - 1, button);
    m_column->insertWidget(m_column->count() - 1, context);
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::changed, this, [this] { retranslate(); });
    m_choices.push_back({action, button, context});
    retranslate();
}

void AskPanel::setContext(QAction* action, const QString& context) {
    for (const Choice& choice : m_choices) {
        if (choice.action != action) continue;
        choice.context->setText(context);
        choice.context->setVisible(!context.isEmpty());
    }
}

void AskPanel::retranslate() {
    m_hint->setText(tr("What you ask about goes along with your question, and you see it before you send."));
    for (const Choice& choice : m_choices) {
        choice.button->setText(choice.action->text());
        choice.button->setAccessibleName(choice.action->text());
        choice.button->setEnabled(choice.action->isEnabled());
    }
}

} // namespace exo::ui
