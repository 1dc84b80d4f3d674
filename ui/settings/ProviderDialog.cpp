#include "ui/settings/ProviderDialog.h"

#include "ui/settings/FormParts.h"
#include "ui/theme/LanguageController.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace exo::ui {

namespace {

QString freeName(const QString& wanted, const QStringList& taken) {
    QString name = wanted;
    for (int n = 2; taken.contains(name); ++n) {
        name = wanted + u'-' + QString::number(n);
    }
    return name;
}

QString fromStd(const std::string& text) {
    return QString::fromStdString(text);
}

} // namespace

ProviderDialog::ProviderDialog(Backend* backend, const ThemeController* theme, QStringList taken,
                               QWidget* parent)
    : QDialog(parent)
    , m_backend(backend)
    , m_theme(theme)
    , m_taken(std::move(taken)) {
    setObjectName(QStringLiteral("providerDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setModal(true);
    setMinimumWidth(500);
    build();
}

ProviderDialog::ProviderDialog(Backend* backend, const ThemeController* theme, const ProviderPreset& preset,
                               QStringList taken, QWidget* parent)
    : ProviderDialog(backend, theme, std::move(taken), parent) {
    m_preset = preset;
    m_name->setText(freeName(preset.id, m_taken));
    m_type->setCurrentIndex(m_type->findData(preset.type));
    m_baseUrl->setText(preset.baseUrl);
    m_models->setPlainText(preset.models.join(u'\n'));
    retranslate();
    (preset.baseUrl.isEmpty() ? m_baseUrl : m_key)->setFocus();
}

ProviderDialog::ProviderDialog(Backend* backend, const ThemeController* theme,
                               const api::ProviderInfo& provider, QStringList taken, QWidget* parent)
    : ProviderDialog(backend, theme, std::move(taken), parent) {
    m_oldName = fromStd(provider.name);
    m_taken.removeAll(m_oldName);
    m_hasKey = provider.hasKey;
    m_name->setText(m_oldName);
    m_type->setCurrentIndex(std::max(0, m_type->findData(fromStd(provider.type))));
    m_baseUrl->setText(fromStd(provider.baseUrl));
    QStringList models;
    for (const auto& model : provider.models) {
        models << fromStd(model);
    }
    m_models->setPlainText(models.join(u'\n'));
    const int known = m_proxy->findData(fromStd(provider.proxy));
    m_proxy->setCurrentIndex(known >= 0 ? known : m_proxy->findData(QStringLiteral("custom")));
    if (known < 0) m_proxyUrl->setText(fromStd(provider.proxy));
    retranslate();
}

void ProviderDialog::build() {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 20);
    column->setSpacing(4);
    m_heading = makeLabel(this, QStringLiteral("provider.heading"), QStringLiteral("heading"));
    column->addWidget(m_heading);
    column->addSpacing(8);

    m_name = new QLineEdit(this);
    m_name->setObjectName(QStringLiteral("provider.name"));
    m_name->setMaxLength(64);
    m_labels[0] = addField(column, m_name, this);
    m_type = new QComboBox(this);
    m_type->setObjectName(QStringLiteral("provider.type"));
    m_type->addItem(QString(), QStringLiteral("openai"));
    m_type->addItem(QString(), QStringLiteral("anthropic"));
    m_labels[1] = addField(column, m_type, this);
    m_baseUrl = new QLineEdit(this);
    m_baseUrl->setObjectName(QStringLiteral("provider.baseUrl"));
    m_labels[2] = addField(column, m_baseUrl, this);
    m_preview = makeTextLabel(this, QStringLiteral("provider.preview"), QStringLiteral("caption"));
    column->insertWidget(column->count() - 1, m_preview);
    m_key = new SecretEdit(m_theme, QStringLiteral("provider.key"), this);
    m_labels[3] = addField(column, m_key, this);
    m_keyHint = makeTextLabel(this, QStringLiteral("provider.keyHint"), QStringLiteral("caption"));
    m_keyHint->setTextFormat(Qt::RichText);
    m_keyHint->setOpenExternalLinks(true);
    column->insertWidget(column->count() - 1, m_keyHint);
    m_models = new QPlainTextEdit(this);
    m_models->setObjectName(QStringLiteral("provider.models"));
    m_models->setTabChangesFocus(true);
    m_models->setFixedHeight(88);
    m_labels[4] = addField(column, m_models, this);
    m_proxy = new QComboBox(this);
    m_proxy->setObjectName(QStringLiteral("provider.proxy"));
    for (const char* choice : {"system", "none", "custom"}) {
        m_proxy->addItem(QString(), QString::fromLatin1(choice));
    }
    m_labels[5] = addField(column, m_proxy, this);
    m_proxyUrl = new QLineEdit(this);
    m_proxyUrl->setObjectName(QStringLiteral("provider.proxyUrl"));
    m_proxyUrl->setPlaceholderText(QStringLiteral("http://127.0.0.1:7890"));
    column->addWidget(m_proxyUrl);
    m_error = makeTextLabel(this, QStringLiteral("provider.error"), QStringLiteral("error"));
    column->addWidget(m_error);
    column->addSpacing(8);
    column->addLayout(buildButtons());

    for (QLineEdit* edit : {m_name, m_baseUrl, m_key, m_proxyUrl}) {
        connect(edit, &QLineEdit::textChanged, this, &ProviderDialog::validate);
    }
    connect(m_type, &QComboBox::currentIndexChanged, this, &ProviderDialog::validate);
    connect(m_proxy, &QComboBox::currentIndexChanged, this, &ProviderDialog::validate);
}

QLayout* ProviderDialog::buildButtons() {
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addStretch();
    m_cancel = new QPushButton(this);
    m_cancel->setObjectName(QStringLiteral("provider.cancel"));
    m_cancel->setAutoDefault(false);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    m_save = new QPushButton(this);
    m_save->setObjectName(QStringLiteral("provider.save"));
    m_save->setProperty("kind", QStringLiteral("primary"));
    m_save->setDefault(true);
    connect(m_save, &QPushButton::clicked, this, &ProviderDialog::save);
    row->addWidget(m_cancel);
    row->addWidget(m_save);
    return row;
}

void ProviderDialog::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QDialog::changeEvent(event);
}

void ProviderDialog::retranslate() {
    const QString title = m_oldName.isEmpty() ? tr("Add provider") : tr("Edit %1").arg(m_oldName);
    setWindowTitle(title);
    m_heading->setText(title);
    setFieldName(m_labels[0], m_name, tr("Name"));
    setFieldName(m_labels[1], m_type, tr("Interface"));
    setFieldName(m_labels[2], m_baseUrl, tr("Address"));
    setFieldName(m_labels[3], m_key, tr("API key"));
    setFieldName(m_labels[4], m_models, tr("Models, one per line"));
    setFieldName(m_labels[5], m_proxy, tr("Proxy"));
    m_proxyUrl->setAccessibleName(tr("Proxy address"));
    m_type->setItemText(0, tr("OpenAI-compatible"));
    m_type->setItemText(1, QStringLiteral("Anthropic"));
    m_proxy->setItemText(0, tr("As the system says"));
    m_proxy->setItemText(1, tr("No proxy"));
    m_proxy->setItemText(2, tr("This one:"));
    m_baseUrl->setPlaceholderText(QStringLiteral("https://api.example.com/v1"));
    m_key->setPlaceholderText(m_hasKey ? tr("A key is stored. Leave empty to keep it.") : QString());
    m_keyHint->setVisible(!m_preset.keyPage.isEmpty());
    if (!m_preset.keyPage.isEmpty()) {
        const QString url = m_preset.keyPage.toHtmlEscaped();
        m_keyHint->setText(tr("Keys are made at %1").arg(QStringLiteral("<a href=\"%1\">%1</a>").arg(url)));
    }
    m_cancel->setText(tr("Cancel"));
    m_cancel->setAccessibleName(m_cancel->text());
    m_save->setText(m_busy ? tr("Saving…") : tr("Save"));
    m_save->setAccessibleName(tr("Save"));
    validate();
}

void ProviderDialog::updatePreview() {
    const QString text = m_baseUrl->text().trimmed();
    m_preview->setVisible(!text.isEmpty());
    if (text.isEmpty() || !m_backend) return;
    const auto url = m_backend->previewEndpoint(text, m_type->currentData().toString());
    if (url.ok()) {
        m_preview->setText(tr("Calls go to %1").arg(*url));
        return setInvalid(m_baseUrl, QString());
    }
    if (url.error().code == ErrorCode::Unsupported) return m_preview->hide();
    m_preview->setText(tr("This is not an address that can be called."));
    setInvalid(m_baseUrl, m_preview->text());
}

void ProviderDialog::updateProxy() {
    m_proxyUrl->setVisible(m_proxy->currentData().toString() == u"custom");
}

QString ProviderDialog::problem() const {
    static const QRegularExpression good(QStringLiteral("^[A-Za-z0-9._-]{1,64}$"));
    const QString name = m_name->text().trimmed();
    if (name.isEmpty()) return tr("A name is needed.");
    if (!good.match(name).hasMatch()) return tr("The name may have letters, digits, and . _ - only.");
    if (m_taken.contains(name)) return tr("Another provider has this name.");
    const bool anthropic = m_type->currentData().toString() == u"anthropic";
    if (m_baseUrl->text().trimmed().isEmpty() && !anthropic) return tr("An address is needed.");
    if (m_baseUrl->property("invalid").toBool()) return m_preview->text();
    if (m_proxy->currentData().toString() == u"custom" && m_proxyUrl->text().trimmed().isEmpty()) {
        return tr("The address of the proxy is needed.");
    }
    return {};
}

void ProviderDialog::validate() {
    updatePreview();
    updateProxy();
    const QString reason = problem();
    m_error->clear();
    m_error->hide();
    m_save->setEnabled(!m_busy && reason.isEmpty());
    m_save->setToolTip(reason);
}

api::ProviderInfo ProviderDialog::collect() const {
    api::ProviderInfo provider;
    provider.name = m_name->text().trimmed().toStdString();
    provider.type = m_type->currentData().toString().toStdString();
    provider.baseUrl = m_baseUrl->text().trimmed().toStdString();
    static const QRegularExpression separator(QStringLiteral("[\\n,;，；]"));
    for (const QString& model : m_models->toPlainText().split(separator, Qt::SkipEmptyParts)) {
        if (const QString clean = model.trimmed(); !clean.isEmpty())
            provider.models.push_back(clean.toStdString());
    }
    const QString proxy = m_proxy->currentData().toString();
    provider.proxy = (proxy == u"custom" ? m_proxyUrl->text().trimmed() : proxy).toStdString();
    return provider;
}

void ProviderDialog::save() {
    if (!m_backend || m_busy || !problem().isEmpty()) return;
    m_busy = true;
    retranslate();
    const QString key = m_key->text().trimmed();
    std::optional<QString> newKey;
    if (!key.isEmpty()) newKey = key;
    m_backend->saveProvider(m_oldName, collect(), newKey, this, [this](Result<void> result) {
        m_busy = false;
        retranslate();
        if (!result.ok()) {
            const QString detail = fromStd(result.error().detail);
            m_error->setText(errorSentence(result.error()) + (detail.isEmpty() ? QString() : u'\n' + detail));
            m_error->show();
            return;
        }
        emit saved(m_name->text().trimmed());
        accept();
    });
}

} // namespace exo::ui
