#include "ui/chat/transcript/ToolRows.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QLocale>

namespace exo::ui {

namespace {

constexpr int k_icon = 16;
constexpr int k_gap = 8;
constexpr int k_dots = 36;

struct Transcript {
    Q_DECLARE_TR_FUNCTIONS(Transcript)
};

QString nameOf(const api::ToolCall& call) {
    if (call.name == "search") return Transcript::tr("Search");
    if (call.name == "outline") return Transcript::tr("Outline");
    if (call.name == "references") return Transcript::tr("References");
    if (call.name == "callers") return Transcript::tr("Calls");
    if (call.name == "metrics") return Transcript::tr("Metrics");
    if (call.name == "findings") return Transcript::tr("Findings");
    if (call.name == "repo_map") return Transcript::tr("Project map");
    if (call.name == "read_range") return Transcript::tr("Read");
    if (call.name == "list_files") return Transcript::tr("List files");
    return oneLine(call.name, 40);
}

QString durationText(qint64 ms) {
    const QLocale locale;
    if (ms < 1000) return Transcript::tr("%1 ms").arg(locale.toString(ms));
    return Transcript::tr("%1 s").arg(locale.toString(static_cast<double>(ms) / 1000, 'f', 1));
}

QString countText(const ToolFacts& facts) {
    const QString number = QLocale().toString(facts.count) + (facts.more ? u"+" : u"");
    const bool one = facts.count == 1 && !facts.more;
    if (facts.count == 0) return Transcript::tr("nothing found");
    switch (facts.unit) {
    case ToolUnit::Symbols:
        return one ? Transcript::tr("1 symbol") : Transcript::tr("%1 symbols").arg(number);
    case ToolUnit::Files: return one ? Transcript::tr("1 file") : Transcript::tr("%1 files").arg(number);
    case ToolUnit::Lines: return one ? Transcript::tr("1 line") : Transcript::tr("%1 lines").arg(number);
    case ToolUnit::Results: break;
    }
    return one ? Transcript::tr("1 result") : Transcript::tr("%1 results").arg(number);
}

QString outcomeOf(const MessageEntry& entry, int index) {
    const api::ToolCall& call = entry.message().toolCalls[static_cast<std::size_t>(index)];
    if (isOpen(call)) return entry.isPending() ? Transcript::tr("running") : Transcript::tr("did not end");
    const ToolFacts& facts = entry.toolFacts(index);
    QString text = !call.failed              ? countText(facts)
                   : facts.failure.isEmpty() ? Transcript::tr("failed")
                                             : Transcript::tr("failed: %1").arg(facts.failure);
    if (call.durationMs >= 0) text += QStringLiteral(" · ") + durationText(call.durationMs);
    return text;
}

bool runsIn(const MessageEntry& entry, const ToolGroup& group) {
    return entry.runningTool() >= group.first && entry.runningTool() < group.first + group.count;
}

QString summaryOf(const MessageEntry& entry, const ToolGroup& group) {
    const ToolSums& sums = group.sums;
    const QString calls = QLocale().toString(sums.calls);
    if (runsIn(entry, group)) return Transcript::tr("Looking at the project: %1 calls").arg(calls);
    const QString time = durationText(sums.ms);
    return sums.failed == 0 ? Transcript::tr("Looked at the project: %1 calls, %2").arg(calls, time)
                            : Transcript::tr("Looked at the project: %1 calls, %2 failed, %3")
                                  .arg(calls, QLocale().toString(sums.failed), time);
}

// A line of texts from left to right over one wide thing to press.
class Line {
  public:
    Line(const TranscriptStyle& style, int left, int width)
        : m_style(style)
        , m_metrics(style.caption)
        , m_left(left)
        , m_right(width) {}

    void press(SpotAction action, int index, const QString& tip) {
        ChromeItem item;
        item.rect = QRectF(m_left, 0, m_right - m_left, TranscriptStyle::k_headerRow);
        item.action = action;
        item.index = index;
        item.tip = tip;
        items.push_back(std::move(item));
    }
    void icon(const char* name) {
        ChromeItem item;
        item.icon = QString::fromLatin1(name);
        item.rect = QRectF(m_left, (TranscriptStyle::k_headerRow - m_style.captionLine) / 2.0, k_icon,
                           m_style.captionLine);
        items.push_back(std::move(item));
        m_left += k_icon + 5;
    }
    // Takes at most what leaves `reserved` to its right.
    void text(const QString& text, Token token, int reserved = 0) {
        const int width = std::min(widthOf(text), m_right - m_left - reserved);
        if (text.isEmpty() || width < 12) return;
        ChromeItem item;
        item.text = text;
        item.token = token;
        item.rect = QRectF(m_left, 0, width, TranscriptStyle::k_headerRow);
        items.push_back(std::move(item));
        m_left += width + k_gap;
    }
    void dots() {
        ChromeItem item;
        item.look = ChromeItem::Look::Dots;
        item.rect = QRectF(m_left, 0, k_dots, TranscriptStyle::k_headerRow);
        items.push_back(std::move(item));
    }
    int widthOf(const QString& text) const { return m_metrics.horizontalAdvance(text) + 2; }
    int room() const { return m_right - m_left; }
    std::vector<ChromeItem> items;

  private:
    const TranscriptStyle& m_style;
    QFontMetrics m_metrics;
    int m_left;
    int m_right;
};

} // namespace

int toolIndent(const MessageEntry& entry, int call) {
    return entry.toolGroupOf(call).isList() ? TranscriptStyle::k_quoteIndent : 0;
}

std::vector<ChromeItem> toolsSummaryItems(const MessageEntry& entry, int first, const TranscriptStyle& style,
                                          int width) {
    Line line(style, 0, width);
    const ToolGroup& group = entry.toolGroupOf(first);
    const bool shown = entry.toolsShown(first);
    const QString summary = summaryOf(entry, group);
    line.press(SpotAction::ToggleTools, first,
               summary + QStringLiteral(". ") +
                   (shown ? Transcript::tr("Hide the calls") : Transcript::tr("Show the calls")));
    line.icon(shown ? "chevron-down" : "chevron-right");
    line.text(summary, Token::Text2, k_dots);
    if (!runsIn(entry, group)) return std::move(line.items);
    const int running = entry.runningTool();
    if (!shown) { // what runs is worth a look even when the list is closed
        const api::ToolCall& call = entry.message().toolCalls[static_cast<std::size_t>(running)];
        line.text(nameOf(call), Token::Text3, k_dots);
        line.text(entry.toolFacts(running).argument, Token::Text3, k_dots);
    }
    if (entry.toolRunsAtEnd()) line.dots(); // else they are below the text: one set of dots moves
    return std::move(line.items);
}

std::vector<ChromeItem> toolItems(const MessageEntry& entry, int index, const TranscriptStyle& style,
                                  int width) {
    const api::ToolCall& call = entry.message().toolCalls[static_cast<std::size_t>(index)];
    const bool shown = entry.isToolShown(index);
    Line line(style, toolIndent(entry, index), width);
    line.press(SpotAction::ToggleTool, index,
               toolText(entry, index) + QStringLiteral(". ") +
                   (shown ? Transcript::tr("Hide arguments and result")
                          : Transcript::tr("Show arguments and result")));
    line.icon(shown ? "chevron-down" : "chevron-right");
    line.text(nameOf(call), Token::Text2);
    const bool dots = entry.runningTool() == index && entry.toolRunsAtEnd();
    const QString outcome = dots ? QString() : outcomeOf(entry, index);
    const int reserved = dots ? k_dots : std::min(line.widthOf(outcome), line.room() * 3 / 5) + k_gap;
    line.text(entry.toolFacts(index).argument, Token::Text, reserved);
    line.text(outcome, call.failed && !isOpen(call) ? Token::CritInk : Token::Text3);
    if (dots) line.dots();
    return std::move(line.items);
}

std::vector<ChromeItem> toolsMoreItems(const MessageEntry& entry, int first, const TranscriptStyle& style,
                                       int width) {
    Line line(style, toolIndent(entry, first) + k_icon + 5, width);
    const ToolGroup& group = entry.toolGroupOf(first);
    const qint64 more = group.count - MessageEntry::listedTools(group);
    line.text(Transcript::tr("%1 more calls are not listed").arg(QLocale().toString(more)), Token::Text3);
    return std::move(line.items);
}

QString toolTitle(const MessageEntry& entry, int index) {
    const QString name = nameOf(entry.message().toolCalls[static_cast<std::size_t>(index)]);
    const QString& argument = entry.toolFacts(index).argument;
    return argument.isEmpty() ? name : name + u' ' + argument;
}

QString toolText(const MessageEntry& entry, int index) {
    return toolTitle(entry, index) + QStringLiteral(": ") + outcomeOf(entry, index);
}

QString spokenText(const MessageEntry& entry) {
    const QString text = QString::fromStdString(entry.message().content);
    if (entry.toolGroups().empty()) return text;
    QStringList parts;
    qsizetype from = 0;
    const auto say = [&](qsizetype to) {
        const QString part = text.mid(from, to - from).trimmed();
        if (!part.isEmpty()) parts << part;
        from = to;
    };
    for (const ToolGroup& group : entry.toolGroups()) {
        say(std::clamp(entry.toolPlace(group.first), from, text.size()));
        parts << (group.isList() ? summaryOf(entry, group) : toolText(entry, group.first));
    }
    say(text.size());
    return parts.join(u'\n');
}

QString partTitle(const ToolPart& part) {
    const QString name = part.isResult ? Transcript::tr("Result") : Transcript::tr("Arguments");
    if (part.shownLines >= part.lines) return name;
    const QLocale locale;
    return name + QStringLiteral(" · ") +
           Transcript::tr("%1 of %2 lines")
               .arg(locale.toString(part.shownLines), locale.toString(part.lines));
}

} // namespace exo::ui
