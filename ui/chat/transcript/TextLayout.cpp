#include "ui/chat/transcript/TextLayout.h"

#include "ui/chat/markdown/Highlighter.h"

#include <QPainter>

namespace exo::ui {

using md::SpanFlag;

namespace {

constexpr qreal k_chipPad = 4;
constexpr qreal k_unbounded = 1e6;

QString displayText(QString text) {
    text.replace(u'\n', QChar::LineSeparator);
    return text;
}

bool isChip(const md::Span& span) {
    return bool(span.flags & (SpanFlag::Code | SpanFlag::Citation | SpanFlag::Image));
}

QTextCharFormat formatOf(const md::Span& span, const TranscriptStyle& style, const QFont& base) {
    QTextCharFormat format;
    if (span.flags & SpanFlag::Bold) format.setFontWeight(QFont::DemiBold);
    if (span.flags & (SpanFlag::Italic | SpanFlag::Math)) format.setFontItalic(true);
    if (span.flags & SpanFlag::Strike) format.setFontStrikeOut(true);
    if (span.flags & (SpanFlag::Code | SpanFlag::Citation)) {
        format.setFontFamilies(style.code.families());
        format.setFontStyleStrategy(style.code.styleStrategy());
        format.setProperty(QTextFormat::FontPixelSize, base.pixelSize() - 1);
        format.setFontFixedPitch(true);
    }
    if (span.flags & SpanFlag::Citation) format.setForeground(style.color(Token::AccentInk));
    if (span.flags & SpanFlag::Image) format.setForeground(style.color(Token::Text2));
    if (span.flags & SpanFlag::Link) {
        format.setForeground(style.color(Token::AccentInk));
        format.setFontUnderline(true);
    }
    return format;
}

Token tokenOf(md::TokenKind kind) {
    switch (kind) {
    case md::TokenKind::Keyword: return Token::Keyword;
    case md::TokenKind::String: return Token::String;
    case md::TokenKind::Comment: return Token::Comment;
    case md::TokenKind::Number: return Token::Number;
    case md::TokenKind::Function: return Token::Function;
    }
    return Token::Text;
}

// Chips get room on both sides by spacing out the letter before them and their last letter.
std::vector<bool> spacedLetters(const md::Inline& text) {
    std::vector<bool> spaced(static_cast<std::size_t>(text.text.size()), false);
    const auto mark = [&](int at) {
        if (at >= 0 && text.text[at] != u'\n') spaced[static_cast<std::size_t>(at)] = true;
    };
    for (const md::Span& span : text.spans) {
        if (!isChip(span)) continue;
        mark(span.start - 1);
        mark(span.start + span.length - 1);
    }
    return spaced;
}

} // namespace

TextLayout::TextLayout(md::Inline text, Look look, const TranscriptStyle& style, int width)
    : m_text(std::move(text))
    , m_look(std::move(look))
    , m_layout(displayText(m_text.text), m_look.font) {
    QTextOption option(m_look.align);
    option.setWrapMode(m_look.wrap ? QTextOption::WrapAtWordBoundaryOrAnywhere : QTextOption::NoWrap);
    m_layout.setTextOption(option);
    const auto ranges = formats(style);
    m_layout.setFormats(QList<QTextLayout::FormatRange>(ranges.begin(), ranges.end()));
    place(width);
}

TextLayout::TextLayout(const md::Block& code, const TranscriptStyle& style, int width, bool wrap)
    : m_look{style.code, style.color(Token::Text), style.codeLine, wrap, Qt::AlignLeft}
    , m_layout(displayText(code.text.text), style.code) {
    m_text = code.text;
    m_code = true;
    QTextOption option(Qt::AlignLeft);
    option.setTextDirection(Qt::LeftToRight);
    option.setWrapMode(wrap ? QTextOption::WrapAtWordBoundaryOrAnywhere : QTextOption::NoWrap);
    option.setTabStopDistance(QFontMetricsF(style.code).horizontalAdvance(u' ') * 4);
    m_layout.setTextOption(option);
    std::vector<md::CodeToken> tokens;
    md::highlight(m_text.text, md::languageFor(code.language), code.codeState, &tokens);
    QList<QTextLayout::FormatRange> ranges;
    for (const md::CodeToken& token : tokens) {
        QTextCharFormat format;
        format.setForeground(style.color(tokenOf(token.kind)));
        ranges.append({token.start, token.length, format});
    }
    for (const md::Span& span : m_text.spans) {
        QTextCharFormat format;
        format.setForeground(style.color(Token::AccentInk));
        ranges.append({span.start, span.length, format});
    }
    m_layout.setFormats(ranges);
    place(width);
}

std::vector<QTextLayout::FormatRange> TextLayout::formats(const TranscriptStyle& style) const {
    std::vector<QTextLayout::FormatRange> out;
    if (m_text.spans.empty()) return out;
    const std::vector<bool> spaced = spacedLetters(m_text);
    const auto add = [&](int from, int to, const QTextCharFormat& format, bool styled) {
        for (int at = from; at < to;) {
            const bool wide = spaced[static_cast<std::size_t>(at)];
            int end = at + 1;
            while (end < to && spaced[static_cast<std::size_t>(end)] == wide) {
                ++end;
            }
            QTextCharFormat piece = format;
            if (wide) {
                piece.setFontLetterSpacingType(QFont::AbsoluteSpacing);
                piece.setFontLetterSpacing(k_chipPad + 1);
            }
            if (styled || wide) out.push_back({at, end - at, piece});
            at = end;
        }
    };
    int at = 0;
    for (const md::Span& span : m_text.spans) {
        add(at, span.start, {}, false);
        add(span.start, span.start + span.length, formatOf(span, style, m_look.font), true);
        at = span.start + span.length;
    }
    add(at, static_cast<int>(m_text.text.size()), {}, false);
    return out;
}

void TextLayout::place(int width) {
    const QFontMetricsF metrics(m_look.font);
    const qreal baseline = (m_look.lineHeight + metrics.ascent() - metrics.descent()) / 2;
    m_layout.setCacheEnabled(true);
    m_layout.beginLayout();
    int y = 0;
    qreal widest = 0;
    for (QTextLine line = m_layout.createLine(); line.isValid(); line = m_layout.createLine()) {
        line.setLineWidth(m_look.wrap ? std::max(width, 8) : k_unbounded);
        line.setPosition({0, qRound(y + baseline) - line.ascent()});
        widest = std::max(widest, line.naturalTextWidth());
        y += m_look.lineHeight;
    }
    m_layout.endLayout();
    m_height = std::max(y, m_look.lineHeight);
    m_naturalWidth = qCeil(widest) + 1;
}

void TextLayout::forRects(int from, int to, const std::function<void(const QRectF&)>& use) const {
    for (int i = 0; i < m_layout.lineCount(); ++i) {
        const QTextLine line = m_layout.lineAt(i);
        const int start = std::max(from, line.textStart());
        const int end = std::min(to, line.textStart() + line.textLength());
        if (start >= end) continue;
        const qreal x1 = line.cursorToX(start);
        const qreal x2 = line.cursorToX(end);
        use(QRectF(std::min(x1, x2), i * m_look.lineHeight, std::abs(x2 - x1), m_look.lineHeight));
    }
}

void TextLayout::paint(QPainter& painter, QPointF at, TextRange selection,
                       const TranscriptStyle& style) const {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    for (const md::Span& span : m_text.spans) {
        if (m_code || !isChip(span)) continue; // letters of code stay in their columns
        const bool link = span.flags.testFlag(SpanFlag::Citation);
        painter.setBrush(style.color(link ? Token::AccentSoft : Token::Hover));
        forRects(span.start, span.start + span.length, [&](const QRectF& rect) {
            const QRectF chip = rect.adjusted(-k_chipPad, 2, -1, -2).translated(at);
            painter.drawRoundedRect(chip, 5, 5);
        });
    }
    if (!selection.isEmpty()) {
        QColor ground = style.color(Token::Accent); // has to show on bubbles and code as well
        ground.setAlphaF(0.28F);
        painter.setBrush(ground);
        forRects(selection.from, selection.to,
                 [&](const QRectF& rect) { painter.drawRect(rect.translated(at).adjusted(0, 0, 1, 0)); });
    }
    painter.setPen(m_look.color);
    m_layout.draw(&painter, at);
}

int TextLayout::positionAt(QPointF point) const {
    if (m_layout.lineCount() == 0 || point.y() < 0) return 0;
    const int index = static_cast<int>(point.y()) / m_look.lineHeight;
    if (index >= m_layout.lineCount()) return static_cast<int>(m_text.text.size());
    return m_layout.lineAt(index).xToCursor(point.x());
}

const md::Span* TextLayout::spanAt(QPointF point) const {
    for (const auto& [rect, span] : targets()) {
        if (rect.contains(point)) return span;
    }
    return nullptr;
}

std::vector<std::pair<QRectF, const md::Span*>> TextLayout::targets() const {
    std::vector<std::pair<QRectF, const md::Span*>> out;
    for (const md::Span& span : m_text.spans) {
        if (span.target.isEmpty()) continue;
        forRects(span.start, span.start + span.length,
                 [&](const QRectF& rect) { out.emplace_back(rect, &span); });
    }
    return out;
}

QRectF TextLayout::cursorRect(int position) const {
    const QTextLine line =
        m_layout.lineForTextPosition(std::clamp(position, 0, static_cast<int>(m_text.text.size())));
    if (!line.isValid()) return {0, 0, 1, static_cast<qreal>(m_look.lineHeight)};
    return {line.cursorToX(position), static_cast<qreal>(line.lineNumber()) * m_look.lineHeight, 1,
            static_cast<qreal>(m_look.lineHeight)};
}

} // namespace exo::ui
