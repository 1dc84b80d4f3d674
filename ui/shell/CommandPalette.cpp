#include "ui/shell/CommandPalette.h"

#include "ui/shell/PaletteDelegate.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/Hairline.h"

#include <QAbstractItemView>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPaintEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace exo::ui {

namespace {
constexpr int k_delayMs = 120; // between the last key and the search
constexpr int k_maxHits = 30;

QString fromStd(const std::string& text) {
    return QString::fromStdString(text);
}
} // namespace

CommandPalette::CommandPalette(Connections* connections, const ThemeController* theme,
                               ActionRegistry* actions, QWidget* window)
    : QWidget(window)
    , m_connections(connections)
    , m_theme(theme)
    , m_actions(actions)
    , m_card(new QFrame(this))
    , m_field(new QLineEdit(m_card))
    , m_view(new QListView(m_card))
    , m_note(new QLabel(m_card)) {
    setObjectName(QStringLiteral("palette"));
    hide();
    m_card->setObjectName(QStringLiteral("palette.card"));
    m_card->setProperty("kind", QStringLiteral("popup"));
    m_field->setObjectName(QStringLiteral("palette.field"));
    m_field->setProperty("kind", QStringLiteral("bare"));
    m_view->setObjectName(QStringLiteral("palette.list"));
    m_view->setModel(&m_model);
    m_view->setItemDelegate(new PaletteDelegate(theme, m_view));
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setFocusPolicy(Qt::NoFocus);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setMouseTracking(true);
    m_note->setObjectName(QStringLiteral("palette.note"));
    m_note->setProperty("kind", QStringLiteral("secondary"));
    m_note->setContentsMargins(18, 8, 18, 12);
    m_note->hide();
    auto* column = new QVBoxLayout(m_card);
    column->setContentsMargins(0, 0, 0, 6);
    column->setSpacing(0);
    auto* fieldRow = new QVBoxLayout;
    fieldRow->setContentsMargins(18, 8, 18, 8);
    fieldRow->addWidget(m_field);
    column->addLayout(fieldRow);
    column->addWidget(new Hairline(Qt::Horizontal, m_card));
    column->addSpacing(4);
    column->addWidget(m_note);
    column->addWidget(m_view, 1);

    m_delay.setSingleShot(true);
    m_delay.setInterval(k_delayMs);
    connect(&m_delay, &QTimer::timeout, this, &CommandPalette::searchNow);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::onText);
    connect(m_view, &QListView::clicked, this, &CommandPalette::activate);
    connect(m_view, &QListView::entered, m_view, &QListView::setCurrentIndex);
    m_field->installEventFilter(this);
    window->installEventFilter(this);
    retranslate();
}

void CommandPalette::popUp() {
    if (isVisible()) return dismiss();
    m_focusBefore = window()->focusWidget();
    m_hits.clear();
    m_error.reset();
    m_field->clear();
    fill();
    place();
    show();
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::dismiss() {
    m_delay.stop();
    ++m_query;
    m_searching = false;
    hide();
    if (m_focusBefore) m_focusBefore->setFocus(Qt::OtherFocusReason);
}

void CommandPalette::retranslate() {
    m_field->setPlaceholderText(tr("Search chats and commands"));
    m_field->setAccessibleName(m_field->placeholderText());
    m_view->setAccessibleName(tr("Results"));
    if (isVisible()) fill();
}

void CommandPalette::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void CommandPalette::place() {
    setGeometry(parentWidget()->rect());
    const int width = std::min(640, parentWidget()->width() - 48);
    int content = m_field->sizeHint().height() + 40 + (m_note->isHidden() ? 0 : m_note->sizeHint().height());
    for (int row = 0; row < m_model.rowCount(); ++row) {
        content += m_view->sizeHintForRow(row);
    }
    const int height = std::min({content, 460, parentWidget()->height() - 120});
    m_card->setGeometry((this->width() - width) / 2, 64, width, height);
}

void CommandPalette::onText() {
    ++m_query;
    const bool asks = !m_field->text().trimmed().isEmpty();
    if (!asks) m_hits.clear();
    m_searching = asks;
    m_error.reset();
    if (asks) {
        m_delay.start();
    } else {
        m_delay.stop();
    }
    fill();
}

void CommandPalette::searchNow() {
    const quint64 query = ++m_query;
    m_connections->current()->search(m_field->text().trimmed(), this,
                                     [this, query](Result<std::vector<api::SearchHit>> hits) {
                                         if (query != m_query) return;
                                         m_searching = false;
                                         m_hits.clear();
                                         m_error.reset();
                                         if (hits.ok()) {
                                             m_hits = std::move(*hits);
                                         } else {
                                             m_error = hits.error();
                                         }
                                         fill();
                                     });
}

void CommandPalette::fill() {
    m_model.clear();
    addSessions();
    addCommands();
    QString note;
    if (m_error) {
        note = errorSentence(*m_error);
    } else if (m_model.rowCount() == 0) {
        note = m_searching ? tr("Searching…") : tr("Nothing found. Try fewer or other words.");
    }
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    m_view->setVisible(m_model.rowCount() > 0);
    move(1);
    place();
}

void CommandPalette::addHeader(const QString& text) {
    auto* item = new QStandardItem(text);
    item->setFlags(Qt::NoItemFlags);
    item->setData(static_cast<int>(PaletteKind::Header), KindRole);
    m_model.appendRow(item);
}

void CommandPalette::addSessions() {
    if (m_hits.empty()) return;
    addHeader(tr("Chats"));
    for (std::size_t i = 0; i < m_hits.size() && i < k_maxHits; ++i) {
        const api::SearchHit& hit = m_hits[i];
        const QString title = fromStd(hit.sessionTitle);
        auto* item = new QStandardItem(title.isEmpty() ? tr("Untitled chat") : title);
        item->setData(static_cast<int>(PaletteKind::Session), KindRole);
        item->setData(fromStd(hit.sessionId.str()), IdRole);
        item->setData(fromStd(hit.messageId.str()), MessageRole);
        item->setData(hit.messageId.empty() ? QString() : fromStd(hit.snippet), SnippetRole);
        item->setData(QStringLiteral("chat"), IconRole);
        m_model.appendRow(item);
    }
}

void CommandPalette::addCommands() {
    const QStringList words = m_field->text().split(u' ', Qt::SkipEmptyParts);
    bool headed = false;
    for (const auto& entry : m_actions->entries()) {
        const QAction* action = m_actions->action(entry.id);
        if (!entry.inPalette || !action->isEnabled()) continue;
        const QString text = action->text();
        const bool matches = std::all_of(words.begin(), words.end(), [&](const QString& word) {
            return text.contains(word, Qt::CaseInsensitive) || entry.id.contains(word, Qt::CaseInsensitive);
        });
        if (!matches) continue;
        if (!std::exchange(headed, true)) addHeader(tr("Commands"));
        auto* item = new QStandardItem(text);
        item->setData(static_cast<int>(PaletteKind::Command), KindRole);
        item->setData(entry.id, IdRole);
        item->setData(entry.icon.isEmpty() ? QStringLiteral("chevron-right") : entry.icon, IconRole);
        item->setData(action->shortcut().toString(QKeySequence::NativeText), KeysRole);
        m_model.appendRow(item);
    }
}

void CommandPalette::move(int step) {
    const int rows = m_model.rowCount();
    const int from = m_view->currentIndex().isValid() ? m_view->currentIndex().row() : (step > 0 ? -1 : rows);
    for (int row = from + step; row >= 0 && row < rows; row += step) {
        if (!m_model.item(row)->isEnabled()) continue;
        m_view->setCurrentIndex(m_model.index(row, 0));
        if (row == 1) m_view->scrollToTop(); // the heading above it too
        return;
    }
}

void CommandPalette::activate(const QModelIndex& index) {
    if (!index.isValid() || !m_model.itemFromIndex(index)->isEnabled()) return;
    const auto kind = static_cast<PaletteKind>(index.data(KindRole).toInt());
    const QString id = index.data(IdRole).toString();
    const QString message = index.data(MessageRole).toString();
    dismiss();
    if (kind == PaletteKind::Session) {
        emit sessionChosen(id, message);
    } else if (QAction* action = m_actions->action(id)) {
        action->trigger();
    }
}

bool CommandPalette::onKey(int key) {
    switch (key) {
    case Qt::Key_Escape: dismiss(); return true;
    case Qt::Key_Down: move(1); return true;
    case Qt::Key_Up: move(-1); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: activate(m_view->currentIndex()); return true;
    case Qt::Key_Tab:
    case Qt::Key_Backtab: return true; // the focus stays in the palette
    default: return false;
    }
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) place();
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        if (onKey(static_cast<QKeyEvent*>(event)->key())) return true;
    }
    return QWidget::eventFilter(watched, event);
}

void CommandPalette::mousePressEvent(QMouseEvent* event) {
    if (!m_card->geometry().contains(event->pos())) dismiss();
}

void CommandPalette::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), QColor(0, 0, 0, m_theme->isDark() ? 110 : 60));
}

} // namespace exo::ui
