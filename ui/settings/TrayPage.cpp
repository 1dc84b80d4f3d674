#include "ui/settings/TrayPage.h"

#include "ui/settings/FormParts.h"

#include <QEvent>
#include <QShowEvent>
#include <QSystemTrayIcon>
#include <QVBoxLayout>

namespace exo::ui {

namespace {

struct Kind {
    const char* id; // as Preferences::notifies() takes it
    const char* text;
};
constexpr Kind k_kinds[] = {{"answer", QT_TRANSLATE_NOOP("exo::ui::TrayPage", "A long answer is ready")},
                            {"critical", QT_TRANSLATE_NOOP("exo::ui::TrayPage", "Critical alerts")},
                            {"warning", QT_TRANSLATE_NOOP("exo::ui::TrayPage", "Warnings")},
                            {"recovered", QT_TRANSLATE_NOOP("exo::ui::TrayPage", "Recoveries")},
                            {"reach", QT_TRANSLATE_NOOP("exo::ui::TrayPage", "A server that is lost")}};

void nameBox(QCheckBox* box, const QString& text) {
    box->setText(text);
    box->setAccessibleName(text);
}

} // namespace

TrayPage::TrayPage(Preferences* preferences, QWidget* parent)
    : QWidget(parent)
    , m_preferences(preferences)
    , m_heading(makeLabel(this, QStringLiteral("tray.heading"), QStringLiteral("heading")))
    , m_icon(addBox(QStringLiteral("icon")))
    , m_keep(addBox(QStringLiteral("keepRunning")))
    , m_hint(makeTextLabel(this, QStringLiteral("traySettings.hint"), QStringLiteral("caption")))
    , m_kindsTitle(makeLabel(this, QStringLiteral("traySettings.kinds"), QStringLiteral("secondary"))) {
    setObjectName(QStringLiteral("settings.tray"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_heading);
    column->addSpacing(10);
    column->addWidget(m_icon);
    column->addWidget(m_keep);
    column->addWidget(m_hint);
    column->addSpacing(14);
    column->addWidget(m_kindsTitle);
    for (const Kind& kind : k_kinds) {
        const QString id = QString::fromLatin1(kind.id);
        QCheckBox* box = addBox(QStringLiteral("notify.") + id);
        connect(box, &QCheckBox::toggled, this, [this, id](bool on) { m_preferences->setNotifies(id, on); });
        column->addWidget(box);
        m_kinds.push_back(box);
    }
    column->addStretch();
    read();
    connect(m_icon, &QCheckBox::toggled, this, [this](bool on) {
        m_preferences->setTrayIcon(on);
        read();
    });
    connect(m_keep, &QCheckBox::toggled, preferences, &Preferences::setClosesToTray);
    retranslate();
}

QCheckBox* TrayPage::addBox(const QString& name) {
    auto* box = new QCheckBox(this);
    box->setObjectName(QStringLiteral("traySettings.") + name);
    return box;
}

// Also what the menu of the tray, or exobrain-tray, has changed meanwhile.
void TrayPage::read() {
    const bool exists = QSystemTrayIcon::isSystemTrayAvailable();
    m_icon->setChecked(m_preferences->trayIcon());
    m_keep->setChecked(m_preferences->closesToTray());
    m_icon->setEnabled(exists);
    m_keep->setEnabled(exists);
    for (std::size_t i = 0; i < m_kinds.size(); ++i) {
        m_kinds[i]->setChecked(m_preferences->notifies(QString::fromLatin1(k_kinds[i].id)));
        m_kinds[i]->setEnabled(exists);
    }
}

void TrayPage::showEvent(QShowEvent* event) {
    read();
    retranslate();
    QWidget::showEvent(event);
}

void TrayPage::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void TrayPage::retranslate() {
    m_heading->setText(tr("Window and tray"));
    nameBox(m_icon, tr("Show an icon in the tray"));
    nameBox(m_keep, tr("Keep running in the tray when the window is closed"));
    m_hint->setText(QSystemTrayIcon::isSystemTrayAvailable()
                        ? tr("While exobrain-tray runs, its icon is the one that is shown.")
                        : tr("This desktop has no tray: closing the window ends ExoBrain."));
    m_kindsTitle->setText(tr("Notify of"));
    for (std::size_t i = 0; i < m_kinds.size(); ++i) {
        nameBox(m_kinds[i], tr(k_kinds[i].text));
    }
}

} // namespace exo::ui
