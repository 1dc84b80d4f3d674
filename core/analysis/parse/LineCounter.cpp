#include "core/analysis/parse/LineCounter.h"

#include "core/analysis/parse/ClocCounter.h"
#include "core/analysis/parse/LineSyntax.h"

#include <algorithm>

namespace exo::analysis {

namespace {

using Kind = LinePiece::Kind;

enum class ByteKind : std::uint8_t { Plain, Blank, LineEnd, Watched, Hooked };
using ByteKinds = std::array<ByteKind, 256>;

// One pass over a text: steps over blank and plain bytes, looks only at those a comment, a string or a rule
// of the language can begin with.
class Counter {
  public:
    Counter(std::string_view text, const LineSyntax& syntax)
        : m_text(text)
        , m_syntax(syntax) {
        m_kinds.fill(ByteKind::Plain);
        for (const char blank : {' ', '\t', '\r', '\v', '\f'})
            m_kinds[index(blank)] = ByteKind::Blank;
        for (const std::string_view& open : syntax.lineComments)
            watch(open);
        for (const LineSyntax::Block& block : syntax.blocks)
            watch(block.open);
        for (const LineSyntax::Quote& quote : syntax.quotes)
            watch(quote.open);
        for (const char c : syntax.watched)
            m_kinds[index(c)] = ByteKind::Hooked;
        m_kinds[index('\n')] = ByteKind::LineEnd;
    }

    LineCounts run() {
        const std::size_t size = m_text.size();
        if (m_syntax.hook == hook::php) take(Kind::Text, std::min(m_text.find("<?"), size));
        while (m_at < size) {
            switch (m_kinds[index(m_text[m_at])]) {
            case ByteKind::Blank: ++m_at; break;
            case ByteKind::LineEnd: endLine(); break;
            case ByteKind::Plain: skipPlain(); break;
            case ByteKind::Watched: takePiece(); break;
            case ByteKind::Hooked: takeHooked(); break;
            }
        }
        if (m_lineStart < size) tally();
        return m_counts;
    }

  private:
    static std::size_t index(char c) { return static_cast<unsigned char>(c); }
    void watch(std::string_view open) {
        if (!open.empty()) m_kinds[index(open.front())] = ByteKind::Watched;
    }

    // The rest of the line is only looked through for what may end elsewhere.
    void skipPlain() {
        m_code = true;
        const char* at = m_text.data() + m_at;
        const char* const end = m_text.data() + m_text.size();
        while (at != end && m_kinds[index(*at)] <= ByteKind::Blank)
            ++at;
        m_at = static_cast<std::size_t>(at - m_text.data());
    }

    void tally() {
        m_noStrings = 0;
        ++(m_code ? m_counts.code : m_comment ? m_counts.comment : m_counts.blank);
        m_code = m_comment = false;
    }

    void endLine() {
        tally();
        m_lineStart = ++m_at;
        if (m_bodyEnd > m_at) take(Kind::Code, m_bodyEnd);
    }

    // Up to `end`, which may lie some lines on.
    void take(Kind kind, std::size_t end) {
        for (;;) {
            const std::size_t line = std::min(m_text.substr(0, end).find('\n', m_at), end);
            const bool something =
                kind != Kind::Text ||
                m_text.substr(m_at, line - m_at).find_first_not_of(" \t\r\v\f") != std::string_view::npos;
            if (something && (line > m_lineStart || line < end))
                (kind == Kind::Comment ? m_comment : m_code) = true;
            m_at = line;
            if (m_at >= end) return;
            tally();
            m_lineStart = ++m_at;
            if (m_at >= end) return;
        }
    }

    void takeHooked() {
        const auto piece = m_syntax.hook(m_text, m_at);
        if (!piece) return takePiece();
        m_bodyEnd = std::max(m_bodyEnd, piece->bodyEnd);
        if (!piece->here.word.empty()) findHereEnd(piece->here);
        take(piece->kind, piece->end);
    }

    void takePiece() {
        if (!takeBlock() && !takeLineComment() && !takeQuote()) {
            m_code = true;
            ++m_at;
        }
    }

    void findHereEnd(const HereDocument& document) {
        if (m_noDocuments == k_mostFailures) return;
        std::size_t from = m_bodyEnd; // of one that began in the same line
        if (from <= m_at) from = std::min(m_text.find('\n', m_at), m_text.size() - 1) + 1;
        const std::size_t end = hereEnd(m_text, from, document);
        m_bodyEnd = std::max(m_bodyEnd, end);
        if (end == 0) ++m_noDocuments;
    }

    bool here(std::string_view open) const { return !open.empty() && m_text.substr(m_at).starts_with(open); }

    bool allowsComment() const { return !m_syntax.onlyFirst || !m_code; }

    bool takeBlock() {
        if (!allowsComment()) return false;
        for (const auto& [open, close] : m_syntax.blocks) {
            if (!here(open)) continue;
            take(Kind::Comment, blockEnd(open, close));
            return true;
        }
        return false;
    }

    std::size_t blockEnd(std::string_view open, std::string_view close) const {
        std::size_t at = m_at + open.size();
        std::size_t end = m_text.find(close, at);
        for (std::size_t depth = 1; end != std::string_view::npos;) {
            const std::size_t deeper =
                m_syntax.nested ? m_text.substr(0, end).find(open, at) : std::string_view::npos;
            if (deeper != std::string_view::npos) {
                ++depth;
                at = deeper + open.size();
                if (at > end) end = m_text.find(close, at);
                continue;
            }
            at = end + close.size();
            if (--depth == 0) return at;
            end = m_text.find(close, at);
        }
        return m_text.size();
    }

    bool takeLineComment() {
        if (!allowsComment() || (m_syntax.atWords && !atWord())) return false;
        for (const std::string_view open : m_syntax.lineComments) {
            if (!here(open)) continue;
            std::size_t end = std::min(m_text.find('\n', m_at), m_text.size());
            while (m_syntax.continued && end < m_text.size() && continues(end))
                end = std::min(m_text.find('\n', end + 1), m_text.size());
            take(Kind::Comment, end);
            return true;
        }
        return false;
    }

    bool atWord() const {
        return m_at == m_lineStart ||
               std::string_view(" \t;|&()").find(m_text[m_at - 1]) != std::string_view::npos;
    }

    bool continues(std::size_t lineEnd) const {
        const std::string_view line = m_text.substr(m_at, lineEnd - m_at);
        return line.ends_with('\\') || line.ends_with("\\\r");
    }

    bool takeQuote() {
        for (const LineSyntax::Quote& quote : m_syntax.quotes) {
            if (!here(quote.open) || m_noStrings == k_mostFailures) continue;
            const std::size_t end = quoteEnd(quote);
            if (end == std::string_view::npos) ++m_noStrings;
            if (end == std::string_view::npos) continue;
            take(Kind::Code, end);
            return true;
        }
        return false;
    }

    // npos: it is no string.
    std::size_t quoteEnd(const LineSyntax::Quote& quote) const {
        std::size_t at = m_at + quote.open.size();
        for (; at < m_text.size(); ++at) {
            const char c = m_text[at];
            if (c == '\\' && quote.escapes) {
                ++at;
                if (at + 1 < m_text.size() && m_text[at] == '\r' && m_text[at + 1] == '\n') ++at;
            } else if (c == '\n' && !quote.lines) {
                return std::string_view::npos;
            } else if (c == quote.close.front() && m_text.substr(at).starts_with(quote.close)) {
                return at + quote.close.size();
            }
        }
        return quote.lines ? m_text.size() : std::string_view::npos;
    }

    const std::string_view m_text;
    const LineSyntax& m_syntax;
    ByteKinds m_kinds{};
    LineCounts m_counts;
    std::size_t m_at = 0, m_lineStart = 0;
    std::size_t m_bodyEnd = 0; // of the here-documents that began in this line
    bool m_code = false, m_comment = false;
    // What has no end was looked for in vain: more often than this, nobody wrote the text.
    static constexpr int k_mostFailures = 64;
    int m_noStrings = 0;   // in this line
    int m_noDocuments = 0; // in the text
};

} // namespace

LineCounts countLines(std::string_view source, std::string_view languageName, LineRules rules) {
    if (rules == LineRules::Cloc) return countLikeCloc(source, languageName);
    static const LineSyntax k_none{};
    const LineSyntax* syntax = lineSyntaxOf(languageName);
    return Counter(source, syntax ? *syntax : k_none).run();
}

} // namespace exo::analysis
