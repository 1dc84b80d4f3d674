#include "ui/settings/ProviderRow.h"

#include "ui/settings/FormParts.h"
#include "ui/theme/LanguageController.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QStyle>
#include <QVBoxLayout>

namespace exo::ui {

ProviderRow::ProviderRow(const ThemeController* theme, api::ProviderInfo provider, QWidget* parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_provider(std::move(provider)) {
    const QString name = QString::fromStdString(m_provider.name);
    const QString id = QStringLiteral("providers.") + name;
    setObjectName(id);
    setProperty("kind", QStringLiteral("card"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 12, 12, 12);
    row->setSpacing(8);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    QLabel* title = makeLabel(this, id + QStringLiteral(".title"), QStringLiteral("title"));
    title->setText(name);
    m_about = makeTextLabel(this, id + QStringLiteral(".about"), QStringLiteral("secondary"));
    m_outcome = makeTextLabel(this, id + QStringLiteral(".outcome"), QStringLiteral("secondary"));
    m_outcome->hide();
    texts->addWidget(title);
    texts->addWidget(m_about);
    texts->addWidget(m_outcome);
    row->addLayout(texts, 1);

    m_test = new QPushButton(this);
    m_test->setObjectName(id + QStringLiteral(".test"));
    m_edit = new QPushButton(this);
    m_edit->setObjectName(id + QStringLiteral(".edit"));
    m_remove = new IconButton(theme, id + QStringLiteral(".remove"), u"trash", this);
    row->addWidget(m_test);
    row->addWidget(m_edit);
    row->addWidget(m_remove);
    const bool builtIn = m_provider.type == "local";
    m_edit->setVisible(!builtIn);
    m_remove->setVisible(!builtIn);
    m_test->setVisible(!builtIn);
    connect(m_test, &QPushButton::clicked, this, &ProviderRow::testWanted);
    connect(m_edit, &QPushButton::clicked, this, &ProviderRow::editWanted);
    connect(m_remove, &QToolButton::clicked, this, &ProviderRow::removeWanted);
    retranslate();
}

void ProviderRow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QFrame::changeEvent(event);
}

void ProviderRow::retranslate() {
    const QString name = QString::fromStdString(m_provider.name);
    QStringList parts;
    if (m_provider.type == "local") {
        parts << tr("Built in: answers from your chats and project folders, without a network");
    } else {
        parts << QString::fromStdString(m_provider.baseUrl);
        parts << tr("Models: %1").arg(m_provider.models.size());
        parts << (m_provider.hasKey ? tr("key stored") : tr("no key"));
    }
    m_about->setText(parts.join(QStringLiteral(" · ")));
    m_test->setText(tr("Test"));
    m_test->setAccessibleName(tr("Test %1").arg(name));
    m_edit->setText(tr("Edit"));
    m_edit->setAccessibleName(tr("Edit %1").arg(name));
    m_remove->setHelp(tr("Remove %1").arg(name));
    updateResult();
}

void ProviderRow::showTesting() {
    m_state = Test::Running;
    updateResult();
}

void ProviderRow::showTest(const Result<api::ProviderTest>& test) {
    m_state = Test::Done;
    m_result = test;
    updateResult();
}

void ProviderRow::updateResult() {
    m_outcome->setVisible(m_state != Test::None);
    m_test->setEnabled(m_state != Test::Running);
    if (m_state == Test::None) return;
    QString kind = QStringLiteral("secondary");
    if (m_state == Test::Running) {
        m_outcome->setText(tr("Asking for one word…"));
    } else if (m_result.ok() && m_result->ok) {
        m_outcome->setText(
            tr("Works: %1 answered in %2 ms")
                .arg(QString::fromStdString(m_result->model), QString::number(m_result->latencyMs)));
    } else {
        kind = QStringLiteral("error");
        const bool asked = m_result.ok() && m_result->error;
        const QString code = asked ? QString::fromStdString(m_result->error->code)
                                   : QString::fromStdString(std::string(toString(m_result.error().code)));
        const QString detail =
            QString::fromStdString(asked ? m_result->error->message : m_result.error().detail);
        m_outcome->setText(errorSentence(code) + (detail.isEmpty() ? QString() : u'\n' + detail));
    }
    m_outcome->setProperty("kind", kind);
    m_outcome->style()->unpolish(m_outcome);
    m_outcome->style()->polish(m_outcome);
}

} // namespace exo::ui
