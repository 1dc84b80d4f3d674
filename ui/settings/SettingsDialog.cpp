#include "ui/settings/SettingsDialog.h"

#include "ui/settings/ProvidersPage.h"
#include "ui/settings/SettingsPages.h"
#include "ui/settings/TrayPage.h"
#include "ui/theme/Icons.h"
#include "ui/widgets/Hairline.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace exo::ui {

SettingsDialog::SettingsDialog(const WindowServices& services, QWidget* parent)
    : QDialog(parent)
    , m_services(services)
    , m_list(new QListWidget(this))
    , m_stack(new QStackedWidget(this))
    , m_close(new QPushButton(this)) {
    setObjectName(QStringLiteral("settingsDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setModal(true);
    resize(860, 600);
    m_list->setObjectName(QStringLiteral("settings.list"));
    m_list->setFixedWidth(200);
    m_list->setIconSize({18, 18});
    for (const char* icon : {"plug", "palette", "computer", "server", "database"}) {
        m_list->addItem(
            new QListWidgetItem(themedIcon(services.theme, QString::fromLatin1(icon)), QString()));
    }
    m_stack->setObjectName(QStringLiteral("settings.stack"));
    m_stack->addWidget(new QWidget(m_stack)); // place of the providers
    m_stack->addWidget(new AppearancePage(services.theme, services.language, services.preferences, m_stack));
    m_stack->addWidget(new TrayPage(services.preferences, m_stack));
    m_stack->addWidget(
        new ConnectionPage(services.connections, services.preferences, services.theme, m_stack));
    m_stack->addWidget(new DataPage(services.dataFolder, m_stack));
    remakeProviders();

    auto* side = new QFrame(this);
    side->setProperty("kind", QStringLiteral("sidebar"));
    auto* sideLayout = new QVBoxLayout(side);
    sideLayout->setContentsMargins(12, 16, 12, 12);
    sideLayout->addWidget(m_list);
    m_close->setObjectName(QStringLiteral("settings.close"));
    m_close->setAutoDefault(false);
    auto* right = new QVBoxLayout;
    right->setContentsMargins(28, 20, 24, 16);
    right->addWidget(m_stack, 1);
    auto* foot = new QHBoxLayout;
    foot->addStretch();
    foot->addWidget(m_close);
    right->addLayout(foot);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(side);
    row->addWidget(new Hairline(Qt::Vertical, this));
    row->addLayout(right, 1);

    connect(m_list, &QListWidget::currentRowChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(m_close, &QPushButton::clicked, this, &QDialog::accept);
    connect(services.connections, &Connections::changed, this, &SettingsDialog::remakeProviders);
    retranslate();
    showPage(Page::Providers);
}

void SettingsDialog::remakeProviders() {
    const int shown = m_stack->currentIndex();
    QWidget* old = m_stack->widget(0);
    m_providers = new ProvidersPage(m_services.connections->current(), m_services.theme, m_stack);
    m_stack->insertWidget(0, m_providers);
    m_stack->removeWidget(old);
    old->deleteLater();
    m_stack->setCurrentIndex(std::max(0, shown));
}

void SettingsDialog::showPage(Page page) {
    m_list->setCurrentRow(static_cast<int>(page));
    m_list->setFocus();
}

void SettingsDialog::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QDialog::changeEvent(event);
}

void SettingsDialog::retranslate() {
    setWindowTitle(tr("Settings"));
    m_list->setAccessibleName(tr("Settings"));
    const QStringList names{tr("Providers"), tr("Appearance"), tr("Window and tray"), tr("Connection"),
                            tr("Data")};
    for (int row = 0; row < m_list->count(); ++row) {
        m_list->item(row)->setText(names.value(row));
    }
    m_close->setText(tr("Done"));
    m_close->setAccessibleName(m_close->text());
}

} // namespace exo::ui
