#include "ui/chat/Composer.h"

#include "ui/chat/TokenEstimate.h"
#include "ui/theme/Icons.h"
#include "ui/widgets/ChipButton.h"
#include "ui/widgets/IconButton.h"

#include <QBoxLayout>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLocale>
#include <QMimeData>
#include <QPaintEvent>
#include <QPainter>
#include <QUrl>

namespace exo::ui {

namespace {

constexpr int k_width = 820;

} // namespace

Composer::Composer(const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setObjectName(QStringLiteral("composer"));
    setAcceptDrops(true);
    build();
    m_estimateTimer.setSingleShot(true);
    m_estimateTimer.setInterval(150);
    connect(&m_estimateTimer, &QTimer::timeout, this, &Composer::updateEstimate);
    connect(m_edit, &QPlainTextEdit::textChanged, this, [this] {
        updateSend();
        if (!m_estimateTimer.isActive()) m_estimateTimer.start();
        emit textChanged();
    });
    connect(m_edit, &ComposerEdit::sendRequested, this, [this] {
        if (!m_busy) submit(); // while an answer is written, Enter waits
    });
    connect(m_edit, &ComposerEdit::escapePressed, this, [this] {
        if (m_editing)
            endEdit();
        else if (m_busy)
            emit stopRequested();
    });
    connect(m_edit, &ComposerEdit::filesArrived, this, &Composer::attachFiles);
    connect(m_edit, &ComposerEdit::imageArrived, this,
            [this](const QImage& image) { refuse(m_attachments.addImage(image), tr("picture")); });
    connect(m_edit, &ComposerEdit::longTextArrived, this, [this](const QString& text) {
        const auto refusal = m_attachments.addText(text);
        refuse(refusal, tr("pasted text"));
        if (refusal == Attachments::Refusal::None) {
            emit longTextAttached(text, static_cast<int>(m_attachments.list().size()) - 1);
        }
    });
    connect(&m_attachments, &Attachments::changed, this, &Composer::showAttachments);
    connect(theme, &ThemeController::changed, this, [this] { update(); });
    showAttachments();
    retranslate();
}

void Composer::build() {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(24, 12, 24, 10);
    outer->setSpacing(6);
    auto* centre = new QHBoxLayout;
    m_card = new QWidget(this);
    m_card->setObjectName(QStringLiteral("composerCard"));
    m_card->setMaximumWidth(k_width);
    centre->addStretch(0);
    centre->addWidget(m_card, 1);
    centre->addStretch(0);
    outer->addLayout(centre);

    auto* card = new QVBoxLayout(m_card);
    card->setContentsMargins(12, 8, 12, 10);
    card->setSpacing(6);
    m_editRow = new QWidget(m_card);
    auto* editRow = new QHBoxLayout(m_editRow);
    editRow->setContentsMargins(2, 0, 0, 0);
    m_editLabel = new QLabel(m_editRow);
    m_editLabel->setProperty("kind", QStringLiteral("caption"));
    m_cancelEdit = new QPushButton(m_editRow);
    m_cancelEdit->setObjectName(QStringLiteral("composerCancelEdit"));
    m_cancelEdit->setProperty("kind", QStringLiteral("quiet"));
    connect(m_cancelEdit, &QPushButton::clicked, this, &Composer::endEdit);
    editRow->addWidget(m_editLabel, 1);
    editRow->addWidget(m_cancelEdit);
    m_editRow->hide();
    card->addWidget(m_editRow);
    m_edit = new ComposerEdit(m_card);
    card->addWidget(m_edit);

    auto* tools = new QHBoxLayout;
    tools->setSpacing(8);
    m_attach = new IconButton(m_theme, QStringLiteral("composerAttach"), u"attach", m_card);
    connect(m_attach, &QToolButton::clicked, this, &Composer::chooseFiles);
    tools->addWidget(m_attach);
    m_chips = new QWidget(m_card);
    m_chipRow = new QHBoxLayout(m_chips);
    m_chipRow->setContentsMargins(0, 0, 0, 0);
    m_chipRow->setSpacing(6);
    tools->addWidget(m_chips, 1);
    m_send = new QPushButton(m_card);
    m_send->setObjectName(QStringLiteral("composerSend"));
    m_send->setProperty("kind", QStringLiteral("primary"));
    connect(m_send, &QPushButton::clicked, this, [this] {
        if (m_busy)
            emit stopRequested();
        else
            submit();
    });
    tools->addWidget(m_send);
    card->addLayout(tools);

    auto* foot = new QHBoxLayout;
    auto* footBox = new QWidget(this);
    footBox->setMaximumWidth(k_width);
    auto* footRow = new QHBoxLayout(footBox);
    footRow->setContentsMargins(2, 0, 2, 0);
    m_estimate = new QLabel(footBox);
    m_hint = new QLabel(footBox);
    for (QLabel* label : {m_estimate, m_hint}) {
        label->setProperty("kind", QStringLiteral("caption"));
    }
    m_estimate->setObjectName(QStringLiteral("composerEstimate"));
    footRow->addWidget(m_estimate, 1);
    footRow->addWidget(m_hint);
    foot->addWidget(footBox, 1);
    outer->addLayout(foot);
    foot->insertStretch(0, 0);
    foot->addStretch(0);
}

QRect Composer::cardRect() const {
    return m_card->geometry();
}

void Composer::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_theme->color(Token::Surface));
    painter.fillRect(QRect(0, 0, width(), 1), m_theme->color(Token::Line));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme->color(m_edit->hasFocus() ? Token::Accent : Token::Line), 1));
    painter.setBrush(m_theme->color(Token::Bg));
    painter.drawRoundedRect(QRectF(cardRect()).adjusted(0.5, 0.5, -0.5, -0.5), 12, 12);
}

void Composer::retranslate() {
    m_edit->setPlaceholderText(tr("Ask anything…"));
    m_edit->setAccessibleName(tr("Message"));
    m_attach->setHelp(tr("Attach files or pictures"));
    m_editLabel->setText(tr("Editing: the new version becomes a branch of its own, the old one stays."));
    m_cancelEdit->setText(tr("Cancel"));
    m_cancelEdit->setAccessibleName(m_cancelEdit->text());
    m_hint->setText(tr("Enter sends · Shift+Enter breaks the line"));
    setAccessibleName(tr("New message"));
    updateSend();
    updateEstimate();
    showAttachments();
}

void Composer::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange) retranslate();
}

void Composer::setText(const QString& text) {
    m_edit->setPlainText(text);
    m_edit->moveCursor(QTextCursor::End);
}

void Composer::insertQuote(const QString& text) {
    const QString words = text.trimmed();
    QString quoted;
    for (const QStringView line : QStringView(words).split(u'\n')) {
        quoted += QStringLiteral("> ") + line + u'\n';
    }
    QTextCursor cursor = m_edit->textCursor();
    cursor.movePosition(QTextCursor::End);
    cursor.insertText((m_edit->document()->isEmpty() ? QString() : QStringLiteral("\n\n")) + quoted + u'\n');
    m_edit->setTextCursor(cursor);
    focusInput();
}

void Composer::setBusy(bool busy) {
    m_busy = busy;
    updateSend();
}

void Composer::setConnected(bool connected) {
    m_connected = connected;
    updateSend();
}

void Composer::setHistory(qint64 tokens, int messages, qint64 window) {
    m_historyTokens = tokens;
    m_historyMessages = messages;
    m_window = window;
    updateEstimate();
}

void Composer::updateSend() {
    m_send->setText(m_busy ? tr("Stop") : tr("Send"));
    m_send->setIcon(themedIcon(m_theme, m_busy ? u"stop" : u"send", Token::AccentText));
    m_send->setAccessibleName(m_busy ? tr("Stop the answer") : tr("Send the message"));
    const bool something = !text().trimmed().isEmpty() || !m_attachments.list().empty();
    m_send->setEnabled(m_busy || (m_connected && something));
}

void Composer::updateEstimate() {
    qint64 attached = 0;
    for (const api::Attachment& attachment : m_attachments.list()) {
        attached += attachment.mimeType.starts_with("image/")
                        ? 1000
                        : estimateTokens(std::string_view(attachment.data));
    }
    const QLocale locale;
    const qint64 sum = m_historyTokens + attached + estimateTokens(text());
    const QString total = locale.toString(sum);
    QStringList parts;
    if (m_window > 0) {
        parts << tr("Next request ≈ %1 of %2 k tokens").arg(total, locale.toString((m_window + 512) / 1024));
    } else {
        parts << tr("Next request ≈ %1 tokens").arg(total);
    }
    if (m_historyMessages > 0) parts << tr("earlier messages: %1").arg(locale.toString(m_historyMessages));
    m_estimate->setText(parts.join(QStringLiteral(" · ")));
}

void Composer::showAttachments() {
    while (QLayoutItem* item = m_chipRow->takeAt(0)) {
        if (item->widget() != nullptr) item->widget()->deleteLater();
        delete item;
    }
    int index = 0;
    for (const api::Attachment& attachment : m_attachments.list()) {
        auto* chip = new ChipButton(m_theme, QStringLiteral("attachment%1").arg(index), m_chips);
        const QString name = QString::fromStdString(attachment.name);
        chip->setText(name);
        chip->setMaximumTextWidth(140);
        chip->setIconName(attachment.mimeType.starts_with("image/") ? QStringLiteral("eye")
                                                                    : QStringLiteral("file"));
        chip->setTrailing(ChipButton::Trailing::Close);
        chip->setToolTip(
            tr("%1 · %2 · click to remove").arg(name, QLocale().formattedDataSize(attachment.size)));
        chip->setAccessibleName(tr("Remove attachment %1").arg(name));
        connect(chip, &QPushButton::clicked, this, [this, index] { m_attachments.remove(index); });
        m_chipRow->addWidget(chip);
        ++index;
    }
    m_chipRow->addStretch(1);
    updateSend();
    updateEstimate();
}

void Composer::submit() {
    if (!m_send->isEnabled() || m_edit->isComposing()) return;
    const QString written = text().trimmed();
    if (m_editing) {
        const MessageId message = *m_editing;
        m_editing.reset();
        m_editRow->hide();
        setText(m_beforeEdit);
        emit editFinished(message, written);
        return;
    }
    emit sendRequested(written);
}

void Composer::beginEdit(const MessageId& message, const QString& text) {
    if (!m_editing) m_beforeEdit = this->text();
    m_editing = message;
    m_editRow->show();
    setText(text);
    focusInput();
}

void Composer::endEdit() {
    if (!m_editing) return;
    m_editing.reset();
    m_editRow->hide();
    setText(m_beforeEdit);
}

void Composer::refuse(Attachments::Refusal refusal, const QString& name) {
    if (refusal != Attachments::Refusal::None) emit notice(Attachments::reasonText(refusal, name));
}

void Composer::attachFiles(const QStringList& paths) {
    for (const QString& path : paths) {
        refuse(m_attachments.addFile(path), QFileInfo(path).fileName());
    }
    focusInput();
}

void Composer::chooseFiles() {
    auto* dialog = new QFileDialog(this, tr("Attach files"));
    dialog->setObjectName(QStringLiteral("attachDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &Composer::attachFiles);
    dialog->open();
}

void Composer::focusInput() {
    m_edit->setFocus(Qt::OtherFocusReason);
}

bool Composer::takes(const QMimeData* data) {
    return data->hasUrls() || data->hasImage();
}

void Composer::take(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls()) {
        if (url.isLocalFile()) paths << url.toLocalFile();
    }
    if (!paths.isEmpty())
        attachFiles(paths);
    else if (data->hasImage())
        refuse(m_attachments.addImage(qvariant_cast<QImage>(data->imageData())), tr("picture"));
}

void Composer::dragEnterEvent(QDragEnterEvent* event) {
    if (takes(event->mimeData())) event->acceptProposedAction();
}

void Composer::dropEvent(QDropEvent* event) {
    take(event->mimeData());
    event->acceptProposedAction();
}

} // namespace exo::ui
