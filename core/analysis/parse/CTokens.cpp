#include "core/analysis/parse/CTokens.h"

#include "core/base/Text.h"

#include <algorithm>
#include <array>

namespace exo::analysis {

namespace {

constexpr std::string_view k_keywords[] = {
    "alignas", "alignof",   "and",       "asm",      "auto",     "bool",      "break",    "case",
    "catch",   "char",      "class",     "concept",  "const",    "constexpr", "continue", "decltype",
    "default", "delete",    "do",        "double",   "else",     "enum",      "explicit", "extern",
    "final",   "float",     "for",       "friend",   "goto",     "if",        "inline",   "int",
    "long",    "mutable",   "namespace", "new",      "noexcept", "operator",  "or",       "override",
    "private", "protected", "public",    "register", "requires", "return",    "short",    "signed",
    "sizeof",  "static",    "struct",    "switch",   "template", "this",      "throw",    "try",
    "typedef", "typename",  "union",     "unsigned", "using",    "virtual",   "void",     "volatile",
    "while"};

bool isWordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || (c & 0x80);
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isWordChar(char c) {
    return isWordStart(c) || isDigit(c);
}

// MAX_SIZE, but also Py_BEGIN_THREADS: a prefix of whose it is, then capitals.
bool looksLikeMacro(std::string_view word) {
    std::size_t capitals = 0, all = 0;
    for (; all < word.size(); ++all) {
        const char c = word[word.size() - 1 - all];
        if (c == '_' && all >= 3) break;
        if (c == '_' || (c & 0x80) || (c >= 'a' && c <= 'z')) return false;
        capitals += c >= 'A' && c <= 'Z';
    }
    return all >= 3 && capitals > 0 && all < word.size();
}

class Reader {
  public:
    explicit Reader(std::string_view source)
        : m_source(source) {
        m_out.tokens.reserve(source.size() / 5 + 8);
    }
    CTokens read();

  private:
    char at(std::size_t pos) const { return pos < m_source.size() ? m_source[pos] : '\0'; }
    void add(CToken::Kind kind, std::size_t start, std::size_t end);
    std::size_t comment(std::size_t start);
    std::size_t quoted(std::size_t start, char quote) const;
    std::size_t rawString(std::size_t quote) const;
    void word();
    void directive();
    void nameDirective(std::string_view line, CToken& token);
    void newLine() { m_first = true, ++m_line; }

    std::string_view m_source;
    std::size_t m_at = 0;
    std::int32_t m_line = 1;
    bool m_first = true;
    CTokens m_out;
};

void Reader::add(CToken::Kind kind, std::size_t start, std::size_t end) {
    CToken token;
    token.kind = kind;
    token.start = static_cast<std::uint32_t>(start);
    token.end = static_cast<std::uint32_t>(end);
    token.firstOnLine = m_first;
    token.punct = kind == CToken::Kind::Punct ? m_source[start] : '\0';
    m_first = false;
    m_out.tokens.push_back(token);
}

// From its "//" or "/*" to its end, which it returns; counts lines.
std::size_t Reader::comment(std::size_t start) {
    std::size_t end = 0;
    if (at(start + 1) == '*') {
        end = m_source.find("*/", start + 2);
        end = end == std::string_view::npos ? m_source.size() : end + 2;
    } else {
        end = m_source.find('\n', start);
        while (end != std::string_view::npos &&
               (at(end - 1) == '\\' || (at(end - 1) == '\r' && at(end - 2) == '\\')))
            end = m_source.find('\n', end + 1);
        if (end == std::string_view::npos) end = m_source.size();
    }
    const auto lines = std::count(m_source.begin() + static_cast<std::ptrdiff_t>(start),
                                  m_source.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    m_line += static_cast<std::int32_t>(lines);
    if (lines > 0) m_first = true;
    return end;
}

// Behind the closing quote, or at the end of a line that has none.
std::size_t Reader::quoted(std::size_t start, char quote) const {
    std::size_t pos = start + 1;
    while (pos < m_source.size() && m_source[pos] != quote && m_source[pos] != '\n') {
        if (m_source[pos] == '\\' && pos + 1 < m_source.size()) {
            ++pos;
            if (m_source[pos] == '\r' && at(pos + 1) == '\n') ++pos;
        }
        ++pos;
    }
    if (at(pos) == quote) ++pos;
    return std::min(pos, m_source.size());
}

std::size_t Reader::rawString(std::size_t quote) const {
    const std::size_t open = m_source.find('(', quote);
    if (open == std::string_view::npos || open - quote > 17) return quoted(quote, '"');
    std::string close(")");
    close.append(m_source.substr(quote + 1, open - quote - 1)).append("\"");
    const std::size_t end = m_source.find(close, open);
    return end == std::string_view::npos ? m_source.size() : end + close.size();
}

void Reader::word() {
    const std::size_t start = m_at;
    bool lower = false, upper = false;
    while (m_at < m_source.size() && isWordChar(m_source[m_at])) {
        const char c = m_source[m_at++];
        lower = lower || (c >= 'a' && c <= 'z') || (c & 0x80);
        upper = upper || (c >= 'A' && c <= 'Z');
    }
    const std::string_view text = m_source.substr(start, m_at - start);
    if (at(m_at) == '"' && text.ends_with('R') && text.size() <= 3) {
        const std::size_t end = rawString(m_at);
        add(CToken::Kind::String, start, end);
        m_line +=
            static_cast<std::int32_t>(std::count(m_source.begin() + static_cast<std::ptrdiff_t>(start),
                                                 m_source.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
        m_at = end;
        return;
    }
    add(CToken::Kind::Word, start, m_at);
    CToken& token = m_out.tokens.back();
    token.isCaps = upper && (lower ? looksLikeMacro(text) : text.size() >= 3);
    token.isKeyword = lower && std::binary_search(std::begin(k_keywords), std::end(k_keywords), text);
}

void Reader::nameDirective(std::string_view line, CToken& token) {
    std::size_t pos = 1;
    while (pos < line.size() && (line[pos] == ' ' || line[pos] == '\t'))
        ++pos;
    std::size_t end = pos;
    while (end < line.size() && isWordChar(line[end]))
        ++end;
    const std::string_view name = line.substr(pos, end - pos);
    const std::string_view rest = trim(line.substr(end));
    using D = CToken::Directive;
    token.directive = name == "if" || name == "ifdef" || name == "ifndef"         ? D::If
                      : name == "elif" || name == "elifdef" || name == "elifndef" ? D::Elif
                      : name == "else"                                            ? D::Else
                      : name == "endif"                                           ? D::Endif
                                                                                  : D::Other;
    if (name == "define") {
        std::size_t stop = 0;
        while (stop < rest.size() && isWordChar(rest[stop]))
            ++stop;
        if (stop == 0) return;
        SymbolRecord symbol;
        symbol.name = rest.substr(0, stop);
        symbol.kind = "macro";
        symbol.line = m_line;
        symbol.endLine = m_line + static_cast<std::int32_t>(std::count(line.begin(), line.end(), '\n'));
        m_out.macros.push_back(std::move(symbol));
    }
    if (name != "include" && name != "include_next" && name != "import") return;
    if (rest.empty() || (rest[0] != '"' && rest[0] != '<')) return;
    const std::size_t close = rest.find(rest[0] == '<' ? '>' : '"', 1);
    if (close == std::string_view::npos) return;
    IncludeRecord include;
    include.text = rest.substr(1, close - 1);
    include.system = rest[0] == '<';
    include.line = m_line;
    m_out.includes.push_back(std::move(include));
}

void Reader::directive() {
    const std::size_t start = m_at;
    const std::int32_t line = m_line;
    std::size_t pos = start;
    while (pos < m_source.size() && m_source[pos] != '\n') {
        const char c = m_source[pos];
        if (c == '\\' && (at(pos + 1) == '\n' || (at(pos + 1) == '\r' && at(pos + 2) == '\n'))) {
            pos += at(pos + 1) == '\n' ? 2 : 3;
            ++m_line;
        } else if (c == '/' && at(pos + 1) == '*') {
            pos = comment(pos);
        } else if (c == '/' && at(pos + 1) == '/') {
            pos = comment(pos);
        } else if (c == '"' || c == '\'') {
            // An apostrophe in #error text closes nothing.
            const std::size_t end = quoted(pos, c);
            pos = at(end - 1) == c && end > pos + 1 ? end : pos + 1;
        } else {
            ++pos;
        }
    }
    m_first = true;
    add(CToken::Kind::Directive, start, pos);
    const std::int32_t last = m_line;
    m_line = line;
    nameDirective(m_source.substr(start, pos - start), m_out.tokens.back());
    m_line = last;
    m_at = pos;
}

CTokens Reader::read() {
    while (m_at < m_source.size()) {
        const char c = m_source[m_at];
        if (c == '\n') {
            newLine();
            ++m_at;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == '\0' || c == '\\') {
            ++m_at;
        } else if (c == '/' && (at(m_at + 1) == '/' || at(m_at + 1) == '*')) {
            m_at = comment(m_at);
        } else if (c == '#' && m_first) {
            directive();
        } else if (isWordStart(c)) {
            word();
        } else if (isDigit(c) || (c == '.' && isDigit(at(m_at + 1)))) {
            const std::size_t start = m_at++;
            while (isWordChar(at(m_at)) || at(m_at) == '.' || (at(m_at) == '\'' && isWordChar(at(m_at + 1))))
                ++m_at;
            add(CToken::Kind::Number, start, m_at);
        } else if (c == '"' || c == '\'') {
            const std::size_t end = quoted(m_at, c);
            add(CToken::Kind::String, m_at, end);
            m_line += static_cast<std::int32_t>(
                std::count(m_source.begin() + static_cast<std::ptrdiff_t>(m_at),
                           m_source.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
            m_at = end;
        } else {
            const bool pair = (c == ':' && at(m_at + 1) == ':') || (c == '-' && at(m_at + 1) == '>');
            add(CToken::Kind::Punct, m_at, m_at + (pair ? 2 : 1));
            m_at += pair ? 2 : 1;
        }
    }
    m_first = true;
    m_out.tokens.push_back({});
    CToken& end = m_out.tokens.back();
    end.start = end.end = static_cast<std::uint32_t>(m_source.size());
    end.firstOnLine = true;
    return std::move(m_out);
}

} // namespace

CTokens readCTokens(std::string_view source) {
    return Reader(source).read();
}

} // namespace exo::analysis
