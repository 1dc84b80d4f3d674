#include "ui/chat/transcript/ChromeRows.h"

#include "ui/chat/transcript/ToolRows.h"
#include "ui/theme/LanguageController.h"

#include <QCoreApplication>
#include <QDate>
#include <QDateTime>
#include <QFontMetrics>
#include <QLocale>

namespace exo::ui {

namespace {

constexpr int k_icon = 16;
constexpr int k_gap = 14;

struct Transcript {
    Q_DECLARE_TR_FUNCTIONS(Transcript)
};

class Row {
  public:
    Row(const TranscriptStyle& style, int width, int height)
        : m_style(style)
        , m_width(width)
        , m_height(height)
        , m_right(width) {}

    ChromeItem& left(ChromeItem item) {
        const int w = widthOf(item);
        item.rect = QRectF(m_left, m_top, std::min(w, std::max(0, m_width - m_left)), m_height);
        m_left += w + k_gap;
        items.push_back(std::move(item));
        return items.back();
    }

    void right(ChromeItem item) {
        const int w = std::min(widthOf(item), std::max(0, m_right - m_left));
        if (w <= 0) return;
        item.rect = QRectF(m_right - w, m_top, w, m_height);
        m_right -= w + k_gap;
        items.push_back(std::move(item));
    }

    // Chips flow over several lines.
    void chip(ChromeItem item) {
        item.look = ChromeItem::Look::Chip;
        const int w = std::min(widthOf(item), m_width);
        if (m_left > 0 && m_left + w > m_width) {
            m_left = 0;
            m_top += m_height;
        }
        item.rect = QRectF(m_left, m_top + 8, w, m_height - 12);
        m_left += w + 8;
        items.push_back(std::move(item));
    }

    int bottom() const { return m_top + m_height; }
    std::vector<ChromeItem> items;

  private:
    int widthOf(const ChromeItem& item) const {
        const QFontMetrics metrics(item.look == ChromeItem::Look::Strong ? m_style.strong : m_style.caption);
        int w = item.text.isEmpty() ? 0 : metrics.horizontalAdvance(item.text) + 2;
        if (!item.icon.isEmpty()) w += k_icon + (item.text.isEmpty() ? 0 : 5);
        if (item.look == ChromeItem::Look::Chip || item.look == ChromeItem::Look::Button) w += 20;
        return w;
    }

    const TranscriptStyle& m_style;
    int m_width;
    int m_height;
    int m_left = 0;
    int m_right;
    int m_top = 0;
};

ChromeItem action(SpotAction what, const char* icon, const QString& tip, const QString& text = {}) {
    ChromeItem item;
    item.action = what;
    item.icon = QString::fromLatin1(icon);
    item.tip = tip;
    item.text = text;
    return item;
}

ChromeItem label(const QString& text, Token token = Token::Text2) {
    ChromeItem item;
    item.text = text;
    item.token = token;
    return item;
}

QString timeOf(const api::Message& message) {
    const QDateTime when = QDateTime::fromMSecsSinceEpoch(toUnixMillis(message.createdAt));
    const bool today = when.date() == QDate::currentDate();
    return QLocale().toString(when, today ? QStringLiteral("HH:mm") : QStringLiteral("MM-dd HH:mm"));
}

ChromeItem branchNumber(const api::Message& message) {
    return label(QStringLiteral("%1/%2").arg(message.siblingIndex + 1).arg(message.siblingCount));
}

void headerRow(Row& row, const MessageEntry& entry, const ChromeContext& context) {
    const api::Message& message = entry.message();
    ChromeItem name = label(senderOf(message), Token::Text);
    name.look = ChromeItem::Look::Strong;
    row.left(name);
    if (!entry.isUser()) {
        row.right(label(figuresOf(message)));
        return;
    }
    row.right(action(SpotAction::Copy, "copy", Transcript::tr("Copy message")));
    if (!context.busy) row.right(action(SpotAction::Edit, "edit", Transcript::tr("Edit as a new branch")));
    row.right(label(timeOf(message)));
    if (message.siblingCount > 1) {
        if (!context.busy)
            row.right(action(SpotAction::NextBranch, "chevron-right", Transcript::tr("Next branch")));
        row.right(branchNumber(message));
        if (!context.busy)
            row.right(action(SpotAction::PreviousBranch, "chevron-left", Transcript::tr("Previous branch")));
    }
}

void actionsRow(Row& row, const MessageEntry& entry, const ChromeContext& context) {
    const api::Message& message = entry.message();
    if (message.siblingCount > 1) {
        if (!context.busy)
            row.left(action(SpotAction::PreviousBranch, "chevron-left", Transcript::tr("Previous branch")));
        row.left(branchNumber(message));
        if (!context.busy)
            row.left(action(SpotAction::NextBranch, "chevron-right", Transcript::tr("Next branch")));
    }
    if (!context.active) return;
    if (!context.busy) {
        row.left(action(SpotAction::Regenerate, "refresh", Transcript::tr("Answer again as a new branch"),
                        Transcript::tr("Regenerate")));
    }
    row.left(action(SpotAction::Copy, "copy", Transcript::tr("Copy message"), Transcript::tr("Copy")));
    row.left(action(SpotAction::Quote, "quote", Transcript::tr("Quote in the next message"),
                    Transcript::tr("Quote")));
}

void stateRow(Row& row, const MessageEntry& entry, const TranscriptStyle& style, int width,
              const ChromeContext& context) {
    const api::Message& message = entry.message();
    if (entry.isPending()) {
        ChromeItem dots;
        dots.look = ChromeItem::Look::Dots;
        dots.rect = QRectF(0, 0, 40, style.bodyLine);
        dots.tip = Transcript::tr("Answering");
        const int running = entry.runningTool();
        // The line of the call that runs has the dots; with text behind it, it may be far above.
        if (entry.toolRunsAtEnd()) dots.look = ChromeItem::Look::Text;
        row.items.push_back(dots);
        if (running < 0 || entry.toolRunsAtEnd()) return;
        ChromeItem what = label(toolTitle(entry, running));
        what.rect = QRectF(dots.rect.right(), 0, width - dots.rect.right(), style.bodyLine);
        row.items.push_back(what);
        return;
    }
    const bool failed =
        message.state == api::MessageState::Failed || message.state == api::MessageState::Interrupted;
    ChromeItem text =
        label(stateText(message), message.state == api::MessageState::Failed ? Token::CritInk : Token::Text2);
    text.icon = failed ? QStringLiteral("warning") : QStringLiteral("stop");
    const int textWidth = width - k_icon - 8;
    const QRect bounds =
        QFontMetrics(style.caption).boundingRect(0, 0, textWidth, 2000, Qt::TextWordWrap, text.text);
    text.rect = QRectF(0, 4, width, std::max(bounds.height(), style.captionLine));
    row.items.push_back(text);
    if (context.busy) return;
    const qreal top = text.rect.bottom() + 6;
    qreal x = k_icon + 8;
    const auto button = [&](SpotAction what, const QString& caption, const char* icon) {
        ChromeItem item = action(what, icon, caption, caption);
        item.look = ChromeItem::Look::Button;
        const int w = QFontMetrics(style.caption).horizontalAdvance(caption) + 24 + k_icon + 5;
        item.rect = QRectF(x, top, w, 28);
        x += w + 8;
        row.items.push_back(item);
    };
    if (!message.content.empty() && !entry.isUser())
        button(SpotAction::Continue, Transcript::tr("Continue"), "chevron-right");
    button(SpotAction::Retry, Transcript::tr("Try again"), "refresh");
}

void reasoningRow(Row& row, const MessageEntry& entry) {
    const bool thinking = entry.isPending() && entry.message().content.empty();
    row.left(action(SpotAction::ToggleReasoning, entry.reasoningShown() ? "chevron-down" : "chevron-right",
                    entry.reasoningShown() ? Transcript::tr("Hide the reasoning")
                                           : Transcript::tr("Show the reasoning"),
                    thinking ? Transcript::tr("Thinking…") : Transcript::tr("Reasoning")));
}

QString sizeText(qint64 bytes) {
    return QLocale().formattedDataSize(bytes, 0, QLocale::DataSizeTraditionalFormat);
}

void chips(Row& row, const MessageEntry& entry, UnitKind kind) {
    if (kind == UnitKind::Attachments) {
        for (const api::Attachment& attachment : entry.message().attachments) {
            ChromeItem item = label(QString::fromStdString(attachment.name) + QStringLiteral(" · ") +
                                    sizeText(attachment.size));
            item.icon =
                attachment.mimeType.starts_with("image/") ? QStringLiteral("eye") : QStringLiteral("file");
            row.chip(item);
        }
        return;
    }
    int index = 0;
    for (const api::Citation& citation : entry.message().citations) {
        QString text = QString::fromStdString(citation.path) + u':' + QString::number(citation.startLine);
        if (citation.endLine > citation.startLine) text += u'-' + QString::number(citation.endLine);
        ChromeItem item = label(text, Token::AccentInk);
        item.action = SpotAction::OpenSource;
        item.index = index++;
        item.tip = Transcript::tr("Open %1").arg(text);
        row.chip(item);
    }
}

int rowHeight(UnitKind kind) {
    switch (kind) {
    case UnitKind::Boundary: return 40;
    case UnitKind::Actions: return TranscriptStyle::k_actionsRow;
    case UnitKind::Attachments:
    case UnitKind::Sources: return TranscriptStyle::k_chipRow;
    default: return TranscriptStyle::k_headerRow;
    }
}

} // namespace

QString senderOf(const api::Message& message) {
    switch (message.role) {
    case api::Role::User: return Transcript::tr("You");
    case api::Role::System: return Transcript::tr("System");
    case api::Role::Tool: return Transcript::tr("Tool");
    case api::Role::Assistant: break;
    }
    return QStringLiteral("ExoBrain");
}

QString figuresOf(const api::Message& message) {
    QStringList parts;
    const QLocale locale;
    if (!message.model.empty()) parts << QString::fromStdString(message.model);
    if (message.firstTokenMs >= 0) {
        const double seconds = static_cast<double>(message.firstTokenMs) / 1000;
        parts << Transcript::tr("first token %1 s").arg(locale.toString(seconds, 'f', seconds < 10 ? 2 : 1));
    }
    const qint64 tokens = message.usage ? message.usage->outputTokens : 0;
    const qint64 writing = message.durationMs - std::max<qint64>(0, message.firstTokenMs);
    if (tokens > 0 && message.durationMs > 0 && writing > 50) {
        const double rate = static_cast<double>(tokens) * 1000 / static_cast<double>(writing);
        parts << Transcript::tr("%1 tok/s").arg(locale.toString(rate, 'f', rate < 10 ? 1 : 0));
    }
    if (tokens > 0)
        parts << Transcript::tr("%1 tokens")
                     .arg((message.usage->estimated ? u"≈ " : u"") + locale.toString(tokens));
    return parts.join(QStringLiteral(" · "));
}

QString stateText(const api::Message& message) {
    const QString reason = message.error && message.error->code != "cancelled"
                               ? errorSentence(QString::fromStdString(message.error->code))
                               : QString();
    switch (message.state) {
    case api::MessageState::Complete: return {};
    case api::MessageState::Pending: return Transcript::tr("Answering");
    case api::MessageState::Stopped: return Transcript::tr("Stopped. The text so far is kept.");
    case api::MessageState::Interrupted:
        return reason.isEmpty() ? Transcript::tr("Interrupted. The text so far is kept.")
                                : Transcript::tr("Interrupted: %1").arg(reason);
    case api::MessageState::Failed: return reason.isEmpty() ? Transcript::tr("The answer failed.") : reason;
    }
    return {};
}

std::vector<ChromeItem> chromeItems(const MessageEntry& entry, const Unit& unit, const TranscriptStyle& style,
                                    int width, const ChromeContext& context) {
    const UnitKind kind = unit.kind;
    Row row(style, width, rowHeight(kind));
    switch (kind) {
    case UnitKind::Header: headerRow(row, entry, context); break;
    case UnitKind::Actions: actionsRow(row, entry, context); break;
    case UnitKind::State: stateRow(row, entry, style, width, context); break;
    case UnitKind::ReasoningToggle: reasoningRow(row, entry); break;
    case UnitKind::ToolsToggle: return toolsSummaryItems(entry, unit.block, style, width);
    case UnitKind::ToolRow: return toolItems(entry, unit.block, style, width);
    case UnitKind::ToolsMore: return toolsMoreItems(entry, unit.block, style, width);
    case UnitKind::Attachments:
    case UnitKind::Sources: chips(row, entry, kind); break;
    case UnitKind::Boundary: {
        ChromeItem line = label(Transcript::tr("Older messages were summarised for the model"), Token::Text3);
        line.look = ChromeItem::Look::Line;
        line.rect = QRectF(0, 0, width, rowHeight(kind) - 12);
        row.items.push_back(line);
        break;
    }
    default: break;
    }
    return std::move(row.items);
}

std::vector<ChromeItem> codeItems(const MessageEntry& entry, const Unit& unit, const TranscriptStyle& style,
                                  int width) {
    const md::Block& block = entry.blockOf(unit);
    Row row(style, width - 2 * 12, TranscriptStyle::k_codeHeader);
    QString name = block.language.isEmpty() ? Transcript::tr("text") : block.language;
    if (!block.info.isEmpty()) name += QStringLiteral(" · ") + block.info;
    if (unit.kind == UnitKind::ToolText) {
        name = partTitle(entry.toolParts()[static_cast<std::size_t>(unit.block)]);
        row.right(action(SpotAction::CopyCode, "copy", Transcript::tr("Copy all of this text"),
                         Transcript::tr("Copy")));
    } else {
        row.right(action(SpotAction::CopyCode, "copy", Transcript::tr("Copy this code"),
                         Transcript::tr("Copy code")));
    }
    if (unit.kind == UnitKind::Text) {
        const bool wraps = entry.wrapped.contains(entry.codeGroup(unit.block));
        row.right(action(SpotAction::WrapCode, "wrap", Transcript::tr("Wrap long lines"),
                         wraps ? Transcript::tr("Do not wrap") : Transcript::tr("Wrap")));
    }
    row.left(label(name));
    for (ChromeItem& item : row.items) {
        item.rect.translate(12, 0);
    }
    return std::move(row.items);
}

int chromeHeight(const MessageEntry& entry, const Unit& unit, const TranscriptStyle& style, int width) {
    const auto items = chromeItems(entry, unit, style, width, {true, false});
    qreal bottom = unit.kind == UnitKind::State ? 0 : rowHeight(unit.kind);
    for (const ChromeItem& item : items) {
        bottom = std::max(bottom, item.rect.bottom());
    }
    return qCeil(bottom);
}

} // namespace exo::ui
