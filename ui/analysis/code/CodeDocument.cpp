#include "ui/analysis/code/CodeDocument.h"

#include <algorithm>

namespace exo::ui {

namespace {

// UTF-16 units of the first `bytes` bytes of UTF-8.
int unitsOf(std::string_view text, std::size_t bytes) {
    int units = 0;
    for (std::size_t i = 0; i < std::min(bytes, text.size()); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
    }
    return units;
}

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool isWordLetter(QChar c) {
    return c.isLetterOrNumber() || c == u'_' || c.isSurrogate();
}

} // namespace

CodeDocument::CodeDocument(api::SourceText source)
    : m_source(std::move(source)) {
    const std::string& text = m_source.text;
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
        if (at + 1 < text.size()) m_starts.push_back(static_cast<std::uint32_t>(at + 1));
    }
    std::erase_if(m_source.folds, [this](const api::FoldRange& fold) { return fold.endLine > lineCount(); });
}

bool CodeDocument::addColours(api::SourceText source) {
    if (source.hash != m_source.hash || source.text.size() != m_source.text.size()) return false;
    m_source.spans = std::move(source.spans);
    m_source.folds = std::move(source.folds);
    m_source.highlight = std::move(source.highlight);
    std::erase_if(m_source.folds, [this](const api::FoldRange& fold) { return fold.endLine > lineCount(); });
    return true;
}

std::string_view CodeDocument::bytesOf(int line) const {
    if (line < 1 || line > lineCount()) return {};
    const auto index = static_cast<std::size_t>(line - 1);
    const std::size_t start = m_starts[index];
    const std::size_t end = index + 1 < m_starts.size() ? m_starts[index + 1] : m_source.text.size();
    std::string_view bytes = std::string_view(m_source.text).substr(start, end - start);
    if (bytes.ends_with('\n')) bytes.remove_suffix(1);
    if (bytes.ends_with('\r')) bytes.remove_suffix(1);
    return bytes;
}

QString CodeDocument::line(int line) const {
    const std::string_view bytes = bytesOf(line);
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

qsizetype CodeDocument::lineBytes(int line) const {
    return static_cast<qsizetype>(bytesOf(line).size());
}

std::vector<CodeSpan> CodeDocument::colours(int line) const {
    std::vector<CodeSpan> out;
    const std::string_view bytes = bytesOf(line);
    if (bytes.empty()) return out;
    const std::uint32_t start = m_starts[static_cast<std::size_t>(line - 1)];
    const auto end = static_cast<std::uint32_t>(start + bytes.size());
    const auto& spans = m_source.spans;
    auto it = std::partition_point(spans.begin(), spans.end(), [start](const api::SyntaxSpan& span) {
        return span.start + span.length <= start;
    });
    const bool ascii = isAscii(bytes);
    for (; it != spans.end() && it->start < end; ++it) {
        const std::size_t from = it->start > start ? it->start - start : 0;
        const std::size_t to = std::min<std::size_t>(it->start + it->length - start, bytes.size());
        const int first = ascii ? static_cast<int>(from) : unitsOf(bytes, from);
        const int last = ascii ? static_cast<int>(to) : unitsOf(bytes, to);
        out.push_back({first, last - first, it->kind});
    }
    return out;
}

std::size_t CodeDocument::offsetOf(CodePosition position) const {
    const std::string_view bytes = bytesOf(position.line);
    std::size_t at = 0;
    for (int units = 0; at < bytes.size() && units < position.column;) {
        const auto lead = static_cast<unsigned char>(bytes[at]);
        units += lead >= 0xF0 ? 2 : 1;
        at += lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    }
    return m_starts[static_cast<std::size_t>(position.line - 1)] + std::min(at, bytes.size());
}

CodePosition CodeDocument::clamped(CodePosition position) const {
    const int line = std::clamp(position.line, 1, lineCount());
    return {line, std::clamp(position.column, 0, length(line))};
}

QString CodeDocument::text(CodePosition from, CodePosition to) const {
    if (to < from) std::swap(from, to);
    const std::size_t start = offsetOf(clamped(from));
    // Beyond the last line: its end belongs to it.
    const std::size_t end = to.line > lineCount() ? m_source.text.size() : offsetOf(clamped(to));
    return QString::fromUtf8(m_source.text.data() + start, static_cast<qsizetype>(end - start));
}

QString CodeDocument::wordAt(CodePosition position, int* start) const {
    const QString words = line(position.line);
    int from = std::min(position.column, static_cast<int>(words.size()));
    int to = from;
    while (from > 0 && isWordLetter(words[from - 1])) {
        --from;
    }
    while (to < words.size() && isWordLetter(words[to])) {
        ++to;
    }
    if (start) *start = from;
    return words.mid(from, to - from);
}

std::vector<CodeMatch> CodeDocument::find(const QString& words, Case mind) const {
    std::vector<CodeMatch> out;
    if (words.isEmpty()) return out;
    const Qt::CaseSensitivity sensitivity = mind == Case::Mind ? Qt::CaseSensitive : Qt::CaseInsensitive;
    for (int number = 1; number <= lineCount(); ++number) {
        if (bytesOf(number).size() < static_cast<std::size_t>(words.size())) continue;
        const QString text = line(number);
        for (qsizetype at = text.indexOf(words, 0, sensitivity); at >= 0;
             at = text.indexOf(words, at + words.size(), sensitivity)) {
            out.push_back({number, static_cast<int>(at), static_cast<int>(words.size())});
            if (static_cast<int>(out.size()) >= k_mostMatches) return out;
        }
    }
    return out;
}

bool isWide(char32_t letter) {
    struct Range {
        char32_t first, last;
    };
    static constexpr Range ranges[] = {{0x1100, 0x115F}, {0x2E80, 0x303E},  {0x3041, 0x4DBF},
                                       {0x4E00, 0xA4CF}, {0xA960, 0xA97F},  {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF}, {0xFE30, 0xFE4F},  {0xFF01, 0xFF60},
                                       {0xFFE0, 0xFFE6}, {0x20000, 0x3FFFD}};
    return std::any_of(std::begin(ranges), std::end(ranges), [letter](const Range& range) {
        return letter >= range.first && letter <= range.last;
    });
}

QString shownForm(const QString& line) {
    QString out = line;
    for (QChar& c : out) {
        const char16_t unit = c.unicode();
        if (unit < 0x20 && unit != u'\t')
            c = QChar(static_cast<char16_t>(0x2400 + unit));
        else if (unit == 0x7F)
            c = QChar(0x2421);
        else if ((unit >= 0x202A && unit <= 0x202E) || (unit >= 0x2066 && unit <= 0x2069) || unit == 0x200E ||
                 unit == 0x200F || unit == 0x2028 || unit == 0x2029 || unit == 0xFEFF)
            c = QChar(0xFFFD);
    }
    return out;
}

} // namespace exo::ui
