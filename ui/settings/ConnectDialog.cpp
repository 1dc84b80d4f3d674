#include "ui/settings/ConnectDialog.h"

#include "ui/backend/RemoteBackend.h"
#include "ui/settings/FormParts.h"
#include "ui/theme/LanguageController.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QStyle>
#include <QVBoxLayout>

namespace exo::ui {

ConnectDialog::ConnectDialog(Connections* connections, Preferences* preferences, const ThemeController* theme,
                             QWidget* parent)
    : QDialog(parent)
    , m_connections(connections)
    , m_preferences(preferences)
    , m_heading(makeLabel(this, QStringLiteral("connect.heading"), QStringLiteral("heading")))
    , m_hint(makeTextLabel(this, QStringLiteral("connect.hint"), QStringLiteral("secondary")))
    , m_url(new QLineEdit(this))
    , m_key(new SecretEdit(theme, QStringLiteral("connect.key"), this))
    , m_outcome(makeTextLabel(this, QStringLiteral("connect.outcome"), QStringLiteral("secondary")))
    , m_test(new QPushButton(this))
    , m_cancel(new QPushButton(this))
    , m_connect(new QPushButton(this)) {
    setObjectName(QStringLiteral("connectDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setModal(true);
    setMinimumWidth(480);
    m_url->setObjectName(QStringLiteral("connect.url"));
    m_url->setPlaceholderText(QStringLiteral("https://exobrain.example.com"));
    m_test->setObjectName(QStringLiteral("connect.test"));
    m_test->setAutoDefault(false);
    m_cancel->setObjectName(QStringLiteral("connect.cancel"));
    m_cancel->setAutoDefault(false);
    m_connect->setObjectName(QStringLiteral("connect.connect"));
    m_connect->setProperty("kind", QStringLiteral("primary"));
    m_connect->setDefault(true);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 20);
    column->setSpacing(4);
    column->addWidget(m_heading);
    column->addSpacing(4);
    column->addWidget(m_hint);
    column->addSpacing(12);
    m_urlLabel = addField(column, m_url, this);
    m_keyLabel = addField(column, m_key, this);
    column->addWidget(m_outcome);
    column->addSpacing(8);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_test);
    row->addStretch();
    row->addWidget(m_cancel);
    row->addWidget(m_connect);
    column->addLayout(row);

    const Preferences::Server last = preferences->lastServer();
    m_url->setText(last.url.toString());
    m_key->setText(last.key);
    connect(m_url, &QLineEdit::textChanged, this, &ConnectDialog::validate);
    connect(m_key, &QLineEdit::textChanged, this, &ConnectDialog::validate);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_test, &QPushButton::clicked, this, [this] { test(Then::Stay); });
    connect(m_connect, &QPushButton::clicked, this, [this] { test(Then::Connect); });
    retranslate();
    validate();
}

void ConnectDialog::offer(const QUrl& server) {
    m_url->setText(server.toString());
    m_key->clear();
}

void ConnectDialog::setTaker(std::function<void(const Preferences::Server&)> taker) {
    m_taker = std::move(taker);
    offer({});
    retranslate();
}

void ConnectDialog::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QDialog::changeEvent(event);
}

void ConnectDialog::retranslate() {
    const QString heading = m_taker ? tr("Watch a server") : tr("Connect to server");
    setWindowTitle(heading);
    m_heading->setText(heading);
    m_hint->setText(
        m_taker ? tr("The tray shows its state and tells of its alerts, beside the others.")
                : tr("Use the chats and providers of an ExoBrain server instead of those of this computer."));
    setFieldName(m_urlLabel, m_url, tr("Server address"));
    setFieldName(m_keyLabel, m_key, tr("Key (starts with exo_)"));
    m_key->setPlaceholderText(tr("Not needed for a server without keys on this computer"));
    const auto name = [](QPushButton* button, const QString& text) {
        button->setText(text);
        button->setAccessibleName(text);
    };
    name(m_test, tr("Test"));
    name(m_cancel, tr("Cancel"));
    name(m_connect, m_taker ? tr("Watch") : tr("Connect"));
}

void ConnectDialog::validate() {
    const bool good = RemoteBackend::normaliseServer(m_url->text()).has_value();
    const bool wrong = !good && !m_url->text().trimmed().isEmpty();
    setInvalid(m_url, wrong ? tr("This is not the address of a server.") : QString());
    showOutcome(QStringLiteral("error"), wrong ? tr("This is not the address of a server.") : QString());
    m_test->setEnabled(good && !m_busy);
    m_connect->setEnabled(good && !m_busy);
}

void ConnectDialog::showOutcome(const QString& kind, const QString& text) {
    m_outcome->setProperty("kind", kind);
    m_outcome->style()->unpolish(m_outcome);
    m_outcome->style()->polish(m_outcome);
    m_outcome->setText(text);
    m_outcome->setVisible(!text.isEmpty());
}

void ConnectDialog::test(Then then) {
    const auto url = RemoteBackend::normaliseServer(m_url->text());
    if (!url || m_busy || !m_connections) return;
    m_busy = true;
    validate();
    showOutcome(QStringLiteral("secondary"), tr("Asking %1…").arg(url->toString()));
    const QString key = m_key->text().trimmed();
    m_connections->test(*url, key, this, [this, then, url = *url, key](Result<api::ServiceStatus> status) {
        m_busy = false;
        validate();
        if (!status.ok()) {
            (status.error().code == ErrorCode::InvalidApiKey ? m_key : m_url)->setFocus();
            const QString detail = QString::fromStdString(status.error().detail);
            return showOutcome(QStringLiteral("error"), errorSentence(status.error()) +
                                                            (detail.isEmpty() ? QString() : u'\n' + detail));
        }
        showOutcome(QStringLiteral("secondary"),
                    tr("ExoBrain %1 answers").arg(QString::fromStdString(status->version)));
        m_connect->setFocus();
        if (then == Then::Stay || !m_connections) return;
        if (m_taker) {
            m_taker({url, key});
            return accept();
        }
        m_preferences->rememberServer({url, key});
        m_preferences->setUsesServer(true);
        m_connections->connectTo(url, key);
        accept();
    });
}

} // namespace exo::ui
