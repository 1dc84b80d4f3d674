#include "ui/settings/ProvidersPage.h"

#include "ui/settings/FormParts.h"
#include "ui/settings/ProviderDialog.h"
#include "ui/settings/ProviderRow.h"
#include "ui/theme/Icons.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/Toast.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QMessageBox>
#include <QScrollArea>

namespace exo::ui {

ProvidersPage::ProvidersPage(Backend* backend, const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_backend(backend)
    , m_theme(theme)
    , m_heading(makeLabel(this, QStringLiteral("providers.heading"), QStringLiteral("heading")))
    , m_hint(makeTextLabel(this, QStringLiteral("providers.hint"), QStringLiteral("secondary")))
    , m_add(new QPushButton(this))
    , m_menu(new QMenu(this))
    , m_list(new QVBoxLayout) {
    setObjectName(QStringLiteral("settings.providers"));
    m_add->setObjectName(QStringLiteral("providers.add"));
    m_add->setProperty("kind", QStringLiteral("primary"));
    m_add->setIcon(themedIcon(theme, u"plus", Token::AccentText));
    m_add->setMenu(m_menu);
    m_menu->setObjectName(QStringLiteral("providers.addMenu"));

    auto* head = new QHBoxLayout;
    head->addWidget(m_heading, 1);
    head->addWidget(m_add);
    auto* content = new QWidget(this);
    content->setProperty("kind", QStringLiteral("page"));
    m_list->setContentsMargins(0, 0, 4, 0);
    m_list->setSpacing(8);
    m_list->addStretch();
    content->setLayout(m_list);
    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("providers.scroll"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(content);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addLayout(head);
    column->addWidget(m_hint);
    column->addWidget(scroll, 1);
    retranslate();
    reload();
}

void ProvidersPage::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void ProvidersPage::retranslate() {
    m_heading->setText(tr("Providers"));
    m_add->setText(tr("Add provider"));
    m_add->setAccessibleName(m_add->text());
    m_menu->clear();
    for (const ProviderPreset& preset : ProviderPresets::all()) {
        QAction* action = m_menu->addAction(preset.title);
        action->setObjectName(QStringLiteral("providers.preset.") + preset.id);
        connect(action, &QAction::triggered, this, [this, preset] { add(preset); });
    }
    const bool remote = m_error && m_error->code == ErrorCode::Unsupported;
    m_add->setVisible(!remote);
    if (remote) {
        m_hint->setText(
            tr("You are connected to a server. Its providers are set in the server's own configuration."));
    } else if (m_error) {
        m_hint->setText(errorSentence(*m_error));
    } else {
        m_hint->setText(
            tr("Who answers. Keys are kept in files that only you can read; without a provider, the local "
               "assistant answers."));
    }
}

void ProvidersPage::reload() {
    if (!m_backend) return;
    m_backend->listProviders(
        this, [this](Result<std::vector<api::ProviderInfo>> providers) { show(std::move(providers)); });
}

void ProvidersPage::show(Result<std::vector<api::ProviderInfo>> providers) {
    m_error.reset();
    for (ProviderRow* row : m_rows) {
        row->hide();
        row->deleteLater();
    }
    m_rows.clear();
    m_providers.clear();
    if (providers.ok()) {
        m_providers = std::move(*providers);
    } else {
        m_error = providers.error();
    }
    for (const auto& provider : m_providers) {
        auto* row = new ProviderRow(m_theme, provider, this);
        connect(row, &ProviderRow::testWanted, this,
                [this, row] { test(QString::fromStdString(row->provider().name)); });
        connect(row, &ProviderRow::editWanted, this, [this, row] { edit(row->provider()); });
        connect(row, &ProviderRow::removeWanted, this, [this, row] { remove(row->provider()); });
        m_list->insertWidget(m_list->count() - 1, row);
        m_rows.push_back(row);
    }
    retranslate();
    if (const QString name = std::exchange(m_testAfterLoad, {}); !name.isEmpty()) test(name);
}

QStringList ProvidersPage::names() const {
    QStringList names;
    for (const auto& provider : m_providers) {
        names << QString::fromStdString(provider.name);
    }
    return names;
}

void ProvidersPage::offerAdd() {
    // After the dialog is laid out and shown, else the menu has no place.
    QTimer::singleShot(0, this, [this] {
        if (m_add->isVisible()) m_menu->popup(m_add->mapToGlobal(QPoint(0, m_add->height() + 4)));
    });
}

void ProvidersPage::add(const ProviderPreset& preset) {
    open(new ProviderDialog(m_backend, m_theme, preset, names(), this));
}

void ProvidersPage::edit(const api::ProviderInfo& provider) {
    open(new ProviderDialog(m_backend, m_theme, provider, names(), this));
}

void ProvidersPage::open(ProviderDialog* dialog) {
    connect(dialog, &ProviderDialog::saved, this, [this](const QString& name) {
        m_testAfterLoad = name; // a saved provider says at once whether it works
        reload();
    });
    dialog->open();
}

void ProvidersPage::test(const QString& name) {
    const auto rowOf = [this, name]() -> ProviderRow* {
        for (ProviderRow* row : m_rows) {
            if (row->provider().name == name.toStdString()) return row;
        }
        return nullptr;
    };
    if (!m_backend || !rowOf()) return;
    rowOf()->showTesting();
    m_backend->testProvider(name, this, [rowOf](Result<api::ProviderTest> test) {
        if (ProviderRow* row = rowOf()) row->showTest(test);
    });
}

void ProvidersPage::remove(const api::ProviderInfo& provider) {
    const QString name = QString::fromStdString(provider.name);
    auto* question = new QMessageBox(QMessageBox::Question, tr("Remove provider"), tr("Remove %1?").arg(name),
                                     QMessageBox::Cancel, this);
    question->setObjectName(QStringLiteral("providers.removeQuestion"));
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(tr("Its stored key is deleted with it. Your chats stay."));
    QPushButton* yes = question->addButton(tr("Remove"), QMessageBox::AcceptRole);
    yes->setObjectName(QStringLiteral("providers.removeYes"));
    yes->setProperty("kind", QStringLiteral("danger"));
    connect(yes, &QPushButton::clicked, this, [this, name] { removeNow(name); });
    question->open();
}

void ProvidersPage::removeNow(const QString& name) {
    if (!m_backend) return;
    m_backend->removeProvider(name, this, [this, name](Result<void> result) {
        const QString text = result.ok() ? tr("%1 was removed").arg(name) : errorSentence(result.error());
        Toast::popUp(m_theme, window(), {text, {}, {}}, std::chrono::seconds(5));
        reload();
    });
}

} // namespace exo::ui
