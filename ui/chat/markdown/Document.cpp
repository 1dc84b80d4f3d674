#include "ui/chat/markdown/Document.h"

#include "ui/chat/markdown/Parser.h"

#include <QList>
#include <QStringView>

#include <iterator>

namespace exo::ui::md {

namespace {

constexpr qsizetype k_mostParsed = 1024 * 1024; // characters; what is longer is shown as typed
constexpr qsizetype k_longTail = 32 * 1024;

// `source`: where in the text the blocks' own text begins.
void appendBlocks(Blocks& to, Blocks&& from, qsizetype source) {
    for (Block& block : from) {
        block.source += source;
    }
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// The lines that define links, to be known in every segment.
QString definitionsOf(const QString& text) {
    QString out;
    for (const QStringView line : QStringView(text).split(u'\n')) {
        const QStringView trimmed = line.trimmed();
        if (trimmed.startsWith(u'[') && trimmed.contains(u"]:") && out.size() < 64 * 1024) {
            out += u'\n';
            out += trimmed;
        }
    }
    return out;
}

} // namespace

Blocks parse(const QString& text) {
    if (text.size() > k_mostParsed) return parsePlain(text);
    Segmenter segmenter;
    std::vector<qsizetype> cuts;
    qsizetype at = 0;
    while (at < text.size()) {
        auto end = text.indexOf(u'\n', at);
        if (end < 0) end = text.size();
        if (segmenter.addLine(QStringView(text).mid(at, end - at))) cuts.push_back(at);
        at = end + 1;
    }
    cuts.push_back(text.size());
    const QString definitions = segmenter.sawDefinition() ? u"\n\n" + definitionsOf(text) : QString();
    Blocks blocks;
    qsizetype from = 0;
    for (const qsizetype cut : cuts) {
        QString segment = text.mid(from, cut - from);
        if (!definitions.isEmpty() && segment.contains(u'[')) segment += definitions;
        appendBlocks(blocks, parseSegment(segment), from);
        from = cut;
    }
    return blocks;
}

void Document::append(QStringView text) {
    if (text.isEmpty()) return;
    m_text += text;
    qsizetype cut = m_tailStart;
    for (;;) {
        const auto end = m_text.indexOf(u'\n', m_lineStart);
        if (end < 0) break;
        if (m_segmenter.addLine(QStringView(m_text).mid(m_lineStart, end - m_lineStart))) cut = m_lineStart;
        m_lineStart = end + 1;
    }
    if (cut > m_tailStart) {
        // Everything before the last cut is final, piece by piece as parse() would do it.
        const QString closed = m_text.mid(m_tailStart, cut - m_tailStart);
        m_blocks.resize(m_stable);
        m_parsedChars += static_cast<std::size_t>(closed.size());
        appendBlocks(m_blocks, parse(closed), m_tailStart);
        m_stable = m_blocks.size();
        m_tailStart = cut;
        m_nextParse = 0;
    }
    if (m_text.size() >= m_nextParse) parseTail();
}

void Document::parseTail() {
    const qsizetype size = m_text.size() - m_tailStart;
    m_blocks.resize(m_stable);
    m_parsedChars += static_cast<std::size_t>(size);
    // A piece begins with the first letter of its line already, so that what stands before it stays there.
    Segmenter guess = m_segmenter;
    qsizetype from = m_tailStart;
    if (m_lineStart > from && guess.addLine(QStringView(m_text).mid(m_lineStart))) {
        appendBlocks(m_blocks, parseSegment(m_text.mid(from, m_lineStart - from)), from);
        from = m_lineStart;
    }
    appendBlocks(m_blocks, parseSegment(m_text.mid(from)), from);
    // A very long open end (one list of a thousand items) is not parsed for every few letters.
    if (size > k_longTail) m_nextParse = m_text.size() + size / 16;
}

void Document::finish() {
    // The last line has no line break; only the segmenter still has to see it.
    if (m_lineStart < m_text.size() && m_segmenter.addLine(QStringView(m_text).mid(m_lineStart)) &&
        m_lineStart > m_tailStart) {
        m_blocks.resize(m_stable);
        appendBlocks(m_blocks, parseSegment(m_text.mid(m_tailStart, m_lineStart - m_tailStart)), m_tailStart);
        m_stable = m_blocks.size();
        m_tailStart = m_lineStart;
    }
    m_lineStart = m_text.size();
    if (m_segmenter.sawDefinition() || m_text.size() > k_mostParsed)
        m_blocks = parse(m_text);
    else
        parseTail();
    m_stable = m_blocks.size();
    m_tailStart = m_text.size();
}

} // namespace exo::ui::md
