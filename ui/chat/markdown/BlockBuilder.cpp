#include "ui/chat/markdown/BlockBuilder.h"

#include "ui/chat/markdown/Citation.h"
#include "ui/chat/markdown/Latex.h"
#include "ui/chat/markdown/Parser.h"

#include <QCoreApplication>
#include <QHash>
#include <QUrl>

namespace exo::ui::md {

namespace {

constexpr int k_deepestShown = 12; // levels deeper than this are drawn at this depth
constexpr int k_mostCells = 4000;  // a table larger than this is shown as tab-separated text
constexpr int k_charsPerParagraph = 6000;
constexpr qsizetype k_longestTarget = 2000;

// Schemes that a click may open; anything else stays text.
bool mayOpen(const QString& target) {
    if (target.size() > k_longestTarget) return false;
    const QString scheme = QUrl(target, QUrl::TolerantMode).scheme();
    return scheme == u"http" || scheme == u"https" || scheme == u"mailto";
}

// "src/a.c#L12-L20" and "src/a.c:12" as link targets.
QString citationTarget(QString target) {
    const auto hash = target.indexOf(u"#L");
    if (hash > 0) {
        QString lines = target.mid(hash + 2);
        lines.remove(u'L');
        target = target.left(hash) + u':' + lines;
    }
    const auto place = parseCodePlace(target);
    return place ? formatCodePlace(*place) : QString();
}

QString decodeEntity(const QString& entity) {
    static const QHash<QString, QString> named = {
        {QStringLiteral("amp"), QStringLiteral("&")},    {QStringLiteral("lt"), QStringLiteral("<")},
        {QStringLiteral("gt"), QStringLiteral(">")},     {QStringLiteral("quot"), QStringLiteral("\"")},
        {QStringLiteral("apos"), QStringLiteral("'")},   {QStringLiteral("nbsp"), QStringLiteral("\u00a0")},
        {QStringLiteral("copy"), QStringLiteral("©")},   {QStringLiteral("reg"), QStringLiteral("®")},
        {QStringLiteral("trade"), QStringLiteral("™")},  {QStringLiteral("hellip"), QStringLiteral("…")},
        {QStringLiteral("mdash"), QStringLiteral("—")},  {QStringLiteral("ndash"), QStringLiteral("–")},
        {QStringLiteral("larr"), QStringLiteral("←")},   {QStringLiteral("rarr"), QStringLiteral("→")},
        {QStringLiteral("times"), QStringLiteral("×")},  {QStringLiteral("deg"), QStringLiteral("°")},
        {QStringLiteral("le"), QStringLiteral("≤")},     {QStringLiteral("ge"), QStringLiteral("≥")},
        {QStringLiteral("middot"), QStringLiteral("·")}, {QStringLiteral("bull"), QStringLiteral("•")},
    };
    const QString body = entity.mid(1, entity.size() - 2);
    if (!body.startsWith(u'#')) return named.value(body, entity);
    const bool hex = body.size() > 1 && (body[1] == u'x' || body[1] == u'X');
    bool ok = false;
    const uint code = hex ? body.mid(2).toUInt(&ok, 16) : body.mid(1).toUInt(&ok, 10);
    if (!ok || code < 32 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
        return QString(QChar(QChar::ReplacementCharacter));
    }
    const char32_t point = code;
    return QString::fromUcs4(&point, 1);
}

// Signs that would break lines of the layout behind our back.
QString cleaned(QString text) {
    for (QChar& c : text) {
        if (c == QChar::ParagraphSeparator || c == QChar::LineSeparator || c == u'\r')
            c = u'\n';
        else if (c.unicode() < 32 && c != u'\n' && c != u'\t')
            c = QChar::ReplacementCharacter;
        else if (c == QChar::ObjectReplacementCharacter)
            c = QChar::ReplacementCharacter;
    }
    return text;
}

} // namespace

void BlockBuilder::enterLevel(char level, Tight tight, int firstNumber) {
    flushText();
    m_levels.push_back({level, tight == Tight::Yes, firstNumber, false});
}

void BlockBuilder::leaveLevel() {
    flushText();
    if (!m_levels.empty()) m_levels.pop_back();
}

void BlockBuilder::enterItem(Marker task) {
    flushText();
    Level& list = m_levels.back();
    m_number = list.nextNumber;
    if (list.nextNumber >= 0) ++list.nextNumber;
    m_marker = task != Marker::None ? task : m_number >= 0 ? Marker::Number : Marker::Bullet;
}

void BlockBuilder::leaveItem() {
    flushText();
    if (m_marker != Marker::None) m_blocks.push_back(newBlock(BlockKind::Paragraph)); // an empty item
}

Block BlockBuilder::newBlock(BlockKind kind) {
    Block block;
    block.kind = kind;
    for (const Level& level : m_levels) {
        if (block.levels.size() >= k_deepestShown) break;
        block.levels.append(level.kind);
    }
    if (!m_levels.empty()) {
        Level& level = m_levels.back();
        block.tight = level.tight && (level.used || m_levels.size() > 1);
        m_levels.front().used = level.used = true;
    }
    block.marker = m_marker;
    block.number = m_marker == Marker::Number ? m_number : 0;
    m_marker = Marker::None;
    return block;
}

void BlockBuilder::addTextBlock(Block prototype, Inline text) {
    const int size = static_cast<int>(text.text.size());
    int at = 0;
    do {
        int end = std::min(size, at + k_charsPerParagraph);
        if (end < size && text.text[end - 1].isHighSurrogate()) --end;
        prototype.text = at == 0 && end == size ? std::move(text) : text.slice(at, end);
        m_blocks.push_back(prototype);
        prototype.continues = prototype.glued = true;
        prototype.marker = Marker::None;
        at = end;
    } while (at < size);
}

void BlockBuilder::flushText() {
    if (m_inCode || m_text.text.isEmpty()) return;
    Inline text = markBracketCitations(m_text);
    m_text = {};
    m_spans.clear();
    m_flags = {};
    m_target.clear();
    addTextBlock(newBlock(BlockKind::Paragraph), std::move(text));
}

void BlockBuilder::enterHeading(int level) {
    flushText();
    m_heading = level;
}

void BlockBuilder::leaveHeading() {
    Block block = newBlock(BlockKind::Heading);
    block.headingLevel = std::clamp(m_heading, 1, 6);
    addTextBlock(std::move(block), std::exchange(m_text, {}));
}

void BlockBuilder::enterCode(const QString& info) {
    flushText();
    m_inCode = true;
    m_info = info;
    m_code.clear();
}

void BlockBuilder::leaveCode() {
    m_inCode = false;
    addCode(m_info, QString::fromUtf8(m_code));
    m_code.clear();
}

void BlockBuilder::addCode(const QString& info, const QString& code) {
    Block block = newBlock(BlockKind::Code);
    const QString clean = info.simplified().left(200);
    const auto space = clean.indexOf(u' ');
    block.language = (space < 0 ? clean : clean.left(space)).toLower().left(40);
    block.info = space < 0 ? QString() : clean.mid(space + 1);
    QString text = cleaned(code);
    if (text.endsWith(u'\n')) text.chop(1);
    appendCode(m_blocks, std::move(block), text);
}

void BlockBuilder::addRule() {
    flushText();
    m_blocks.push_back(newBlock(BlockKind::Rule));
}

void BlockBuilder::enterTable() {
    flushText();
    m_table = newBlock(BlockKind::Table);
    m_cells = 0;
}

void BlockBuilder::enterRow() {
    m_table.rows.emplace_back();
}

void BlockBuilder::enterCell(Align align) {
    m_text = {};
    if (m_table.rows.size() == 1) m_table.aligns.push_back(align);
}

void BlockBuilder::leaveCell() {
    m_table.rows.back().push_back(markBracketCitations(std::exchange(m_text, {})));
    ++m_cells;
}

void BlockBuilder::leaveTable() {
    if (m_cells <= k_mostCells) {
        m_blocks.push_back(std::move(m_table));
        m_table = {};
        return;
    }
    QString text;
    for (const auto& row : m_table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += (i == 0 ? QString() : QStringLiteral("\t")) + row[i].text;
        }
        text += u'\n';
    }
    text.chop(1);
    Block block = std::move(m_table);
    m_table = {};
    block.rows.clear();
    block.aligns.clear();
    block.language = QStringLiteral("tsv");
    appendCode(m_blocks, std::move(block), text);
}

void BlockBuilder::enterSpan(SpanFlags flags, const QString& target) {
    const bool insideLink = bool(m_flags & (SpanFlag::Link | SpanFlag::Image));
    QString kept = target;
    if (flags & SpanFlag::Link) {
        const QString citation = citationTarget(target);
        if (!citation.isEmpty()) {
            flags = SpanFlag::Citation;
            kept = citation;
        } else if (insideLink || !mayOpen(target)) {
            flags = {};
            kept.clear();
        }
    }
    if (flags & SpanFlag::Image) {
        if (!mayOpen(target)) kept.clear();
        if (!insideLink)
            m_text.append(QCoreApplication::translate("Markdown", "image: "), SpanFlag::Image, kept);
    }
    m_spans.push_back({flags, static_cast<int>(m_text.text.size()), m_flags, m_target});
    m_flags |= flags;
    if (!kept.isEmpty()) m_target = kept;
}

void BlockBuilder::leaveSpan() {
    if (m_spans.empty()) return;
    const OpenSpan span = std::move(m_spans.back());
    m_spans.pop_back();
    m_flags = span.outerFlags;
    m_target = span.outerTarget;
    if (span.flags == SpanFlags(SpanFlag::Code)) closeCodeSpan(span);
    if (span.flags == SpanFlags(SpanFlag::Math)) closeMathSpan(span);
}

// `path:line` inside of code becomes a citation.
void BlockBuilder::closeCodeSpan(const OpenSpan& span) {
    const auto place = parseCodePlace(QStringView(m_text.text).mid(span.start));
    if (!place) return;
    for (auto piece = m_text.spans.rbegin(); piece != m_text.spans.rend() && piece->start >= span.start;
         ++piece) {
        piece->flags |= SpanFlag::Citation;
        piece->flags &= ~SpanFlags(SpanFlag::Link);
        piece->target = formatCodePlace(*place);
    }
}

void BlockBuilder::closeMathSpan(const OpenSpan& span) {
    const QString raw = m_text.text.mid(span.start);
    m_text.text.truncate(span.start);
    while (!m_text.spans.empty() && m_text.spans.back().start >= span.start) {
        m_text.spans.pop_back();
    }
    if (looksLikeLatex(raw))
        m_text.append(readableLatex(raw), m_flags | SpanFlag::Math, m_target);
    else
        m_text.append(u'$' + raw + u'$', m_flags, m_target);
}

void BlockBuilder::addText(const QString& text) {
    if (m_inCode) {
        m_code += text.toUtf8();
        return;
    }
    m_text.append(cleaned(text), m_flags, m_target);
}

void BlockBuilder::addUtf8(std::string_view text) {
    if (m_inCode) {
        m_code.append(text.data(), static_cast<qsizetype>(text.size()));
        return;
    }
    addText(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())));
}

void BlockBuilder::addEntity(const QString& entity) {
    addText(decodeEntity(entity));
}

void BlockBuilder::addPlain(const QString& paragraph) {
    m_text.append(cleaned(paragraph));
    Inline text = std::exchange(m_text, {});
    addTextBlock(newBlock(BlockKind::Paragraph), std::move(text));
}

Blocks BlockBuilder::take() {
    flushText();
    return std::exchange(m_blocks, {});
}

} // namespace exo::ui::md
