// The rules of languages about where strings begin and end that no table of markers holds.
#include "core/analysis/parse/LineSyntax.h"

#include "core/base/Text.h"

#include <algorithm>
#include <string>

namespace exo::analysis {

namespace {

constexpr std::size_t k_none = std::string_view::npos;

bool isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
char at(std::string_view text, std::size_t pos) {
    return pos < text.size() ? text[pos] : '\0';
}
LinePiece code(std::size_t end) {
    return {LinePiece::Kind::Code, end, 0, {}};
}
std::size_t lineEnd(std::string_view text, std::size_t pos) {
    return std::min(text.find('\n', pos), text.size());
}
std::size_t lineStart(std::string_view text, std::size_t pos) {
    const std::size_t before = pos == 0 ? k_none : text.rfind('\n', pos - 1);
    return before == k_none ? 0 : before + 1;
}
bool startsLine(std::string_view text, std::size_t pos) {
    return pos == 0 || text[pos - 1] == '\n';
}
// Where the word that ends before `pos` starts.
std::size_t wordStart(std::string_view text, std::size_t pos) {
    while (pos > 0 && isWord(text[pos - 1]))
        --pos;
    return pos;
}
std::size_t behind(std::string_view text, std::string_view close, std::size_t from) {
    const std::size_t end = text.find(close, from);
    return end == k_none ? text.size() : end + close.size();
}

// 'x', '\n', '\u{1F600}': one character; k_none for a lone apostrophe (a lifetime, a symbol).
std::size_t characterEnd(std::string_view text, std::size_t pos) {
    std::size_t end = pos + 1;
    if (at(text, end) == '\\') {
        end = text.find('\'', end + 2);
        return end != k_none && end < lineEnd(text, pos) ? end + 1 : k_none;
    }
    if (end >= text.size() || text[end] == '\n' || text[end] == '\'') return k_none;
    do
        ++end;
    while ((static_cast<unsigned char>(at(text, end)) & 0xC0U) == 0x80);
    return at(text, end) == '\'' ? end + 1 : k_none;
}

// What stands before says whether a slash begins an expression or divides.
bool beginsRegex(std::string_view text, std::size_t pos) {
    while (pos > 0 && (text[pos - 1] == ' ' || text[pos - 1] == '\t'))
        --pos;
    if (pos == 0) return true;
    const char before = text[pos - 1];
    if (!isWord(before))
        return before != ')' && before != ']' && before != '"' && before != '\'' && before != '`';
    const std::string_view word = text.substr(wordStart(text, pos), pos - wordStart(text, pos));
    constexpr std::string_view k_words[] = {"return", "typeof", "case", "in", "of",    "delete", "void",
                                            "throw",  "new",    "else", "do", "yield", "await",  "if",
                                            "unless", "when",   "and",  "or", "not",   "while",  "until"};
    return std::find(std::begin(k_words), std::end(k_words), word) != std::end(k_words);
}

std::size_t regexEnd(std::string_view text, std::size_t pos) {
    constexpr std::size_t k_longest = 1000;
    bool set = false;
    text = text.substr(0, pos + k_longest);
    for (std::size_t end = pos + 1; end < text.size() && text[end] != '\n'; ++end) {
        if (text[end] == '\\')
            ++end;
        else if (text[end] == '[')
            set = true;
        else if (text[end] == ']')
            set = false;
        else if (text[end] == '/' && !set)
            return end + 1;
    }
    return k_none;
}

std::size_t quotedEnd(std::string_view text, std::size_t pos) {
    const char quote = text[pos];
    for (std::size_t end = pos + 1; end < text.size(); ++end) {
        if (text[end] == '\\')
            ++end;
        else if (text[end] == quote)
            return end + 1;
    }
    return text.size();
}

// `a ${b + `c`} d`
std::size_t templateEnd(std::string_view text, std::size_t pos) {
    std::string open = "`"; // what is open: a template, or the braces of an expression in one
    for (++pos; pos < text.size() && !open.empty(); ++pos) {
        const char c = text[pos];
        const bool inTemplate = open.back() == '`';
        if (c == '\\') {
            ++pos;
        } else if (c == '`') {
            inTemplate ? open.pop_back() : open.push_back('`');
        } else if (inTemplate) {
            if (c == '$' && at(text, pos + 1) == '{') open.push_back('{'), ++pos;
        } else if (c == '{') {
            open.push_back('{');
        } else if (c == '}') {
            open.pop_back();
        } else if (c == '"' || c == '\'') {
            pos = quotedEnd(text, pos) - 1;
        }
    }
    return std::min(pos, text.size());
}

struct HereWord {
    std::string_view word;
    std::size_t end = 0;
};

// WORD, 'WORD', "WORD", \WORD
HereWord hereWord(std::string_view text, std::size_t pos) {
    const char quote = at(text, pos);
    if (quote == '\'' || quote == '"' || quote == '`') {
        const std::size_t close = text.find(quote, pos + 1);
        if (close == k_none || close > lineEnd(text, pos)) return {};
        return {text.substr(pos + 1, close - pos - 1), close + 1};
    }
    if (quote == '\\') ++pos;
    std::size_t end = pos;
    while (isWord(at(text, end)) && end < text.size())
        ++end;
    if (end == pos || isDigit(text[pos])) return {};
    return {text.substr(pos, end - pos), end};
}

std::optional<LinePiece> hereDocument(std::string_view text, std::size_t wordAt, HereDocument::End end) {
    const HereWord word = hereWord(text, wordAt);
    if (word.word.empty()) return std::nullopt;
    return LinePiece{LinePiece::Kind::Code, word.end, 0, {word.word, end}};
}

} // namespace

std::size_t hereEnd(std::string_view text, std::size_t from, const HereDocument& document) {
    using End = HereDocument::End;
    while (from < text.size()) {
        const std::size_t end = lineEnd(text, from);
        std::string_view line = text.substr(from, end - from);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (document.end != End::Line)
            line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        if (document.end == End::Start) {
            if (line.starts_with(document.word) && !isWord(at(line, document.word.size()))) return from;
        } else if (line == document.word) {
            return std::min(end + 1, text.size());
        }
        from = end + 1;
    }
    return 0;
}

namespace hook {

std::optional<LinePiece> c(std::string_view text, std::size_t pos) {
    const std::size_t start = wordStart(text, pos);
    if (text[pos] == '\'') {
        if (start == pos || !isDigit(text[start])) return std::nullopt;
        return code(pos + 1); // 1'000'000
    }
    const std::string_view prefix = text.substr(start, pos - start);
    if (prefix != "R" && prefix != "LR" && prefix != "uR" && prefix != "UR" && prefix != "u8R")
        return std::nullopt;
    const std::size_t open = text.substr(0, pos + 18).find('(', pos);
    if (open == k_none) return std::nullopt;
    const std::string close = ")" + std::string(text.substr(pos + 1, open - pos - 1)) + "\"";
    return code(behind(text, close, open));
}

std::optional<LinePiece> script(std::string_view text, std::size_t pos) {
    if (text[pos] == '`') return code(templateEnd(text, pos));
    if (at(text, pos + 1) == '/' || at(text, pos + 1) == '*' || !beginsRegex(text, pos)) return std::nullopt;
    const std::size_t end = regexEnd(text, pos);
    return end == k_none ? std::nullopt : std::optional(code(end));
}

std::optional<LinePiece> character(std::string_view text, std::size_t pos) {
    const std::size_t end = characterEnd(text, pos);
    return code(end == k_none ? pos + 1 : end);
}

std::optional<LinePiece> rust(std::string_view text, std::size_t pos) {
    if (text[pos] == '\'') return character(text, pos);
    std::size_t before = pos;
    while (before > 0 && text[before - 1] == '#')
        --before;
    const std::size_t start = wordStart(text, before);
    const std::string_view prefix = text.substr(start, before - start);
    if (prefix != "r" && prefix != "br" && prefix != "cr") return std::nullopt;
    return code(behind(text, "\"" + std::string(pos - before, '#'), pos + 1));
}

std::optional<LinePiece> csharp(std::string_view text, std::size_t pos) {
    std::size_t quotes = 1;
    while (at(text, pos + quotes) == '"')
        ++quotes;
    if (quotes >= 3) return code(behind(text, std::string(quotes, '"'), pos + quotes));
    const char one = pos > 0 ? text[pos - 1] : '\0', two = pos > 1 ? text[pos - 2] : '\0';
    if (one != '@' && !(one == '$' && two == '@')) return std::nullopt;
    for (std::size_t end = text.find('"', pos + 1); end != k_none; end = text.find('"', end + 2))
        if (at(text, end + 1) != '"') return code(end + 1);
    return code(text.size());
}

std::optional<LinePiece> ruby(std::string_view text, std::size_t pos) {
    const std::string_view rest = text.substr(pos);
    switch (text[pos]) {
    case '=': {
        if (!startsLine(text, pos) || !rest.starts_with("=begin")) return std::nullopt;
        const std::size_t end = text.find("\n=end", pos);
        return LinePiece{
            LinePiece::Kind::Comment, end == k_none ? text.size() : lineEnd(text, end + 1), 0, {}};
    }
    case '_':
        if (!startsLine(text, pos) || trim(text.substr(pos, lineEnd(text, pos) - pos)) != "__END__")
            return std::nullopt;
        return LinePiece{LinePiece::Kind::Text, text.size(), 0, {}};
    case '<': {
        if (!rest.starts_with("<<")) return std::nullopt;
        const bool indented = at(text, pos + 2) == '~' || at(text, pos + 2) == '-';
        const char first = at(text, pos + (indented ? 3 : 2));
        if (!indented && !(first >= 'A' && first <= 'Z') && first != '"' && first != '\'')
            return std::nullopt;
        return hereDocument(text, pos + (indented ? 3 : 2),
                            indented ? HereDocument::End::Indented : HereDocument::End::Line);
    }
    case '%': {
        constexpr std::string_view k_open = "([{<|!", k_close = ")]}>|!";
        const std::size_t letter = std::string_view("qQwWiIrsx").find(at(text, pos + 1)) != k_none ? 1 : 0;
        const std::size_t which = k_open.find(at(text, pos + 1 + letter));
        if (at(text, pos + 1) == '\0' || which == k_none || !beginsRegex(text, pos)) return std::nullopt;
        std::size_t depth = 1, end = pos + 2 + letter;
        for (; end < text.size() && depth > 0; ++end) {
            if (text[end] == '\\')
                ++end;
            else if (text[end] == k_close[which])
                --depth;
            else if (text[end] == k_open[which])
                ++depth;
        }
        return code(std::min(end, text.size()));
    }
    case '/': {
        const std::size_t end =
            beginsRegex(text, pos) && at(text, pos + 1) != ' ' ? regexEnd(text, pos) : k_none;
        return code(end == k_none ? pos + 1 : end);
    }
    default: // $" $' $/ are variables, ?# ?" characters
        if (text[pos] == '?' && pos > 0 && isWord(text[pos - 1])) return std::nullopt;
        return code(std::min(pos + (at(text, pos + 1) == '\n' ? 1 : 2), text.size()));
    }
}

std::optional<LinePiece> php(std::string_view text, std::size_t pos) {
    const std::string_view rest = text.substr(pos);
    if (rest.starts_with("?>")) {
        const std::size_t open = std::min(text.find("<?", pos + 2), text.size());
        return LinePiece{LinePiece::Kind::Text, open, 0, {}};
    }
    if (rest.starts_with("<<<")) {
        std::size_t word = pos + 3;
        while (at(text, word) == ' ')
            ++word;
        return hereDocument(text, word, HereDocument::End::Start);
    }
    const bool hash = text[pos] == '#' && at(text, pos + 1) != '[';
    if (!hash && !rest.starts_with("//")) return std::nullopt;
    const std::size_t end = lineEnd(text, pos);
    return LinePiece{LinePiece::Kind::Comment, std::min(end, text.substr(0, end).find("?>", pos)), 0, {}};
}

std::optional<LinePiece> shell(std::string_view text, std::size_t pos) {
    if (text[pos] == '\\') return code(std::min(pos + (at(text, pos + 1) == '\n' ? 1 : 2), text.size()));
    if (text[pos] == '$') {
        if (at(text, pos + 1) == '\'') return code(quotedEnd(text, pos + 1));
        return std::nullopt;
    }
    const std::string_view rest = text.substr(pos);
    if (rest.starts_with("<<<")) return code(pos + 3);
    if (!rest.starts_with("<<")) return std::nullopt;
    const bool indented = at(text, pos + 2) == '-';
    std::size_t word = pos + (indented ? 3 : 2);
    while (at(text, word) == ' ' || at(text, word) == '\t')
        ++word;
    return hereDocument(text, word, indented ? HereDocument::End::Indented : HereDocument::End::Line);
}

std::optional<LinePiece> lua(std::string_view text, std::size_t pos) {
    const bool comment = text.substr(pos).starts_with("--[");
    if (!comment && text[pos] != '[') return std::nullopt;
    std::size_t open = pos + (comment ? 3 : 1), level = 0;
    while (at(text, open + level) == '=')
        ++level;
    if (at(text, open + level) != '[') return std::nullopt;
    const std::size_t end = behind(text, "]" + std::string(level, '=') + "]", open + level + 1);
    return LinePiece{comment ? LinePiece::Kind::Comment : LinePiece::Kind::Code, end, 0, {}};
}

namespace {

// Columns that a line of a block scalar has to be indented by more than.
std::size_t yamlIndent(std::string_view text, std::size_t pos) {
    const std::size_t start = lineStart(text, pos);
    std::size_t indent = start;
    while (at(text, indent) == ' ')
        ++indent;
    while (at(text, indent) == '-' && at(text, indent + 1) == ' ') {
        std::size_t item = indent + 1;
        while (at(text, item) == ' ')
            ++item;
        if (item >= pos) break; // "- |"
        indent = item;
    }
    return indent - start;
}

std::optional<LinePiece> yamlBlock(std::string_view text, std::size_t pos) {
    std::size_t rest = pos + 1;
    while (at(text, rest) == '+' || at(text, rest) == '-' || isDigit(at(text, rest)))
        ++rest;
    const std::size_t next = text.find_first_not_of(" \t\r", rest);
    if (next != k_none && text[next] != '\n' && text[next] != '#') return std::nullopt;
    const std::size_t before = pos == 0 ? k_none : text.find_last_not_of(' ', pos - 1);
    if (before == k_none || before + 1 == pos ||
        (text[before] != ':' && text[before] != '-' && !isWord(text[before])))
        return std::nullopt;
    const std::size_t indent = yamlIndent(text, pos);
    std::size_t end = 0;
    for (std::size_t line = lineEnd(text, pos) + 1; line < text.size(); line = lineEnd(text, line) + 1) {
        const std::size_t first = text.find_first_not_of(" \t\r", line);
        if (first == k_none) break;
        if (text[first] == '\n') continue; // blank: of the text when more of it comes
        if (first - line <= indent) break;
        end = std::min(lineEnd(text, line) + 1, text.size());
    }
    return LinePiece{LinePiece::Kind::Code, rest, end, {}};
}

} // namespace

std::optional<LinePiece> yaml(std::string_view text, std::size_t pos) {
    if (text[pos] == '|' || text[pos] == '>') return yamlBlock(text, pos);
    // In the middle of a plain text it is an apostrophe.
    const std::size_t before = pos == 0 ? k_none : text.find_last_not_of(" \t", pos - 1);
    const char last = before == k_none ? '\n' : text[before];
    const bool value = std::string_view("\n:-,[{?").find(last) != k_none;
    if (!value || (before + 1 == pos && (last == ':' || last == '-'))) return code(pos + 1);
    if (text[pos] == '"') return code(quotedEnd(text, pos));
    return code(behind(text, "'", pos + 1));
}

} // namespace hook

} // namespace exo::analysis
