#include "ui/monitor/LogPanel.h"

#include "ui/monitor/MetricText.h"

#include <QScrollBar>
#include <QVBoxLayout>

namespace exo::ui {

namespace {

constexpr int k_mostLines = 500;

Token tokenOf(const std::string& level) {
    if (level == "error") return Token::CritInk;
    return level == "debug" || level == "trace" ? Token::Text3 : Token::Text;
}

} // namespace

LogPanel::LogPanel(const ThemeController* theme, QWidget* parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_title(new QLabel(this))
    , m_text(new QPlainTextEdit(this)) {
    setObjectName(QStringLiteral("monitor.logPanel"));
    setProperty("kind", QStringLiteral("card"));
    m_title->setProperty("kind", QStringLiteral("title"));
    m_text->setObjectName(QStringLiteral("monitor.log"));
    m_text->setProperty("kind", QStringLiteral("bare"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setMaximumBlockCount(k_mostLines);
    m_text->setUndoRedoEnabled(false);
    m_text->setMinimumHeight(140);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(8);
    column->addWidget(m_title);
    column->addWidget(m_text, 1);
    connect(theme, &ThemeController::changed, this, &LogPanel::applyTheme);
    applyTheme();
    retranslate();
}

void LogPanel::applyTheme() {
    m_text->setFont(m_theme->font(FontRole::Code));
}

void LogPanel::append(const std::vector<api::LogLine>& lines) {
    if (lines.empty()) return;
    const QScrollBar* bar = m_text->verticalScrollBar();
    const bool following = bar->value() >= bar->maximum();
    for (const api::LogLine& line : lines) {
        if (line.seq <= m_lastSeq) continue;
        m_lastSeq = line.seq;
        // The message is text: whatever it holds, it is not markup.
        QTextCursor end(m_text->document());
        end.movePosition(QTextCursor::End);
        if (!m_text->document()->isEmpty()) end.insertBlock();
        QTextCharFormat format;
        format.setForeground(m_theme->color(tokenOf(line.level)));
        const QString level = QString::fromStdString(line.level).leftJustified(7);
        end.insertText(monitor::clock(line.time) + QStringLiteral("  ") + level + QStringLiteral("  ") +
                           QString::fromStdString(line.message).left(2000).replace(u'\n', u' '),
                       format);
    }
    if (following) m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
}

void LogPanel::clear() {
    m_text->clear();
    m_lastSeq = 0;
}

void LogPanel::retranslate() {
    m_title->setText(tr("Log"));
    m_text->setAccessibleName(tr("Log"));
    m_text->setPlaceholderText(tr("Nothing has been logged yet."));
}

} // namespace exo::ui
