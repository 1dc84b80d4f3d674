#include "ui/settings/SettingsPages.h"

#include "ui/settings/ConnectDialog.h"
#include "ui/settings/FormParts.h"

#include <QDesktopServices>
#include <QEvent>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace exo::ui {

namespace {

QVBoxLayout* pageLayout(QWidget* page, QLabel* heading) {
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(heading);
    column->addSpacing(10);
    return column;
}

QString themeId(ThemeMode mode) {
    return mode == ThemeMode::Light  ? QStringLiteral("light")
           : mode == ThemeMode::Dark ? QStringLiteral("dark")
                                     : QStringLiteral("system");
}

void nameButton(QPushButton* button, const QString& text) {
    button->setText(text);
    button->setAccessibleName(text);
}

} // namespace

AppearancePage::AppearancePage(ThemeController* theme, LanguageController* language, Preferences* preferences,
                               QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_language(language)
    , m_heading(makeLabel(this, QStringLiteral("appearance.heading"), QStringLiteral("heading")))
    , m_themes(new SegmentedControl(theme, QStringLiteral("appearance.theme"), this))
    , m_languages(new SegmentedControl(theme, QStringLiteral("appearance.language"), this))
    , m_size(new QSpinBox(this)) {
    setObjectName(QStringLiteral("settings.appearance"));
    for (const char* id : {"system", "light", "dark"}) {
        m_themes->addSegment(QString::fromLatin1(id), QString());
    }
    m_languages->addSegment(QStringLiteral("system"), QString());
    m_languages->addSegment(QStringLiteral("zh_CN"), QStringLiteral("简体中文"));
    m_languages->addSegment(QStringLiteral("en"), QStringLiteral("English"));
    m_themes->setCurrent(themeId(theme->mode()));
    m_languages->setCurrent(language->language().isEmpty() ? QStringLiteral("system") : language->language());
    m_size->setObjectName(QStringLiteral("appearance.fontSize"));
    m_size->setRange(11, 22);
    m_size->setSuffix(QStringLiteral(" px"));
    m_size->setValue(theme->fontPixels());
    m_size->setFixedWidth(110);

    QVBoxLayout* column = pageLayout(this, m_heading);
    m_themeLabel = addField(column, m_themes, this);
    m_languageLabel = addField(column, m_languages, this);
    m_sizeLabel = addField(column, m_size, this);
    column->addStretch();

    connect(m_themes, &SegmentedControl::chosen, this, [theme, preferences](const QString& id) {
        const ThemeMode mode = id == u"light"  ? ThemeMode::Light
                               : id == u"dark" ? ThemeMode::Dark
                                               : ThemeMode::System;
        preferences->setThemeMode(mode);
        theme->setMode(mode);
    });
    connect(m_languages, &SegmentedControl::chosen, this, [language, preferences](const QString& id) {
        const QString code = id == u"system" ? QString() : id;
        preferences->setLanguage(code);
        language->setLanguage(code);
    });
    connect(m_size, &QSpinBox::valueChanged, this, [theme, preferences](int pixels) {
        preferences->setFontPixels(pixels);
        theme->setFontPixels(pixels);
    });
    retranslate();
}

void AppearancePage::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void AppearancePage::retranslate() {
    m_heading->setText(tr("Appearance"));
    setFieldName(m_themeLabel, m_themes, tr("Theme"));
    m_themes->setSegmentText(QStringLiteral("system"), tr("As the system"));
    m_themes->setSegmentText(QStringLiteral("light"), tr("Light"));
    m_themes->setSegmentText(QStringLiteral("dark"), tr("Dark"));
    setFieldName(m_languageLabel, m_languages, tr("Language"));
    m_languages->setSegmentText(QStringLiteral("system"), tr("As the system"));
    setFieldName(m_sizeLabel, m_size, tr("Text size"));
}

ConnectionPage::ConnectionPage(Connections* connections, Preferences* preferences,
                               const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_connections(connections)
    , m_heading(makeLabel(this, QStringLiteral("connection.heading"), QStringLiteral("heading")))
    , m_now(makeTextLabel(this, QStringLiteral("connection.now"), QStringLiteral("secondary")))
    , m_connect(new QPushButton(this))
    , m_local(new QPushButton(this)) {
    setObjectName(QStringLiteral("settings.connection"));
    m_connect->setObjectName(QStringLiteral("connection.connect"));
    m_local->setObjectName(QStringLiteral("connection.local"));
    QVBoxLayout* column = pageLayout(this, m_heading);
    column->addWidget(m_now);
    column->addSpacing(10);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_connect);
    row->addWidget(m_local);
    row->addStretch();
    column->addLayout(row);
    column->addStretch();
    connect(m_connect, &QPushButton::clicked, this, [this, preferences, theme] {
        (new ConnectDialog(m_connections, preferences, theme, this))->open();
    });
    connect(m_local, &QPushButton::clicked, this, [this, preferences] {
        preferences->setUsesServer(false);
        m_connections->useLocal();
    });
    connect(connections, &Connections::changed, this, &ConnectionPage::retranslate);
    retranslate();
}

void ConnectionPage::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void ConnectionPage::retranslate() {
    m_heading->setText(tr("Connection"));
    const bool local = m_connections->isLocal();
    m_now->setText(
        local ? tr("ExoBrain works on this computer. Chats are stored here; only the providers you add are "
                   "asked over the network.")
              : tr("Connected to %1. Chats are stored there.").arg(m_connections->server().toString()));
    nameButton(m_connect, tr("Connect to server…"));
    nameButton(m_local, tr("Use this computer"));
    m_local->setVisible(!local);
}

DataPage::DataPage(const QString& folder, QWidget* parent)
    : QWidget(parent)
    , m_heading(makeLabel(this, QStringLiteral("data.heading"), QStringLiteral("heading")))
    , m_hint(makeTextLabel(this, QStringLiteral("data.hint"), QStringLiteral("secondary")))
    , m_folder(new QLineEdit(folder, this))
    , m_open(new QPushButton(this)) {
    setObjectName(QStringLiteral("settings.data"));
    m_folder->setObjectName(QStringLiteral("data.folder"));
    m_folder->setReadOnly(true);
    m_folder->setCursorPosition(0);
    m_open->setObjectName(QStringLiteral("data.open"));
    QVBoxLayout* column = pageLayout(this, m_heading);
    column->addWidget(m_hint);
    column->addSpacing(6);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_folder, 1);
    row->addWidget(m_open);
    column->addLayout(row);
    column->addStretch();
    connect(m_open, &QPushButton::clicked, this,
            [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); });
    retranslate();
}

void DataPage::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void DataPage::retranslate() {
    m_heading->setText(tr("Data"));
    m_hint->setText(
        tr("Chats and attachments of this computer are in this folder. Copy it to take them along."));
    m_folder->setAccessibleName(tr("Data folder"));
    nameButton(m_open, tr("Open folder"));
}

} // namespace exo::ui
