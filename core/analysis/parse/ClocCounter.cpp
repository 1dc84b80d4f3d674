#include "core/analysis/parse/ClocCounter.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <vector>

namespace exo::analysis {

namespace {

constexpr std::size_t k_none = std::string_view::npos;
constexpr std::string_view k_blanks = " \t\n\r\f\v";

enum class Step : std::uint8_t {
    None,
    StartingWith, // lines whose first text is this
    Holding,      // lines with this anywhere
    StarComments, // /* … */
    Comments,     // that and // …
    Docstrings,   // """ and ''' become /* and */ in turn
    Markup,       // <!-- … -->
    Block,        // one that opens with `text` and closes with `close`
    Between,      // lines from one that starts with `text` to one that starts with `close`
    Below,        // all from a line that is `text` on
    JavaStrings   // "…/*" is no comment
};
struct Filter {
    Step step = Step::None;
    std::string_view text{}, close{};
};

struct ClocLanguage {
    std::string_view name;
    bool continues = false; // a blank line behind a backslash is not blank
    bool script = false;    // "#!" in the first line is code
    std::array<Filter, 7> filters{};
};

constexpr Filter k_hash{Step::StartingWith, "#"};
constexpr Filter k_comments{Step::Comments};
constexpr Filter k_star{Step::StarComments};

constexpr ClocLanguage k_languages[] = {
    {"C", true, false, {k_comments}},
    {"C++", true, false, {k_comments}},
    {"CUDA", false, false, {k_comments}},
    {"Objective-C", true, false, {k_comments}},
    {"Objective-C++", true, false, {k_comments}},
    {"C#", true, false, {k_comments}},
    {"Go", true, false, {k_comments}},
    {"JavaScript", true, false, {k_comments}},
    {"TypeScript", true, false, {k_comments}},
    {"TSX", true, false, {k_comments}},
    {"Rust", false, false, {k_comments}},
    {"Swift", true, false, {k_comments}},
    {"Kotlin", false, false, {k_comments}},
    {"Scala", false, false, {k_comments}},
    {"Dart", true, false, {k_comments}},
    {"QML", false, false, {k_comments}},
    {"GLSL", false, false, {k_comments}},
    {"Protobuf", false, false, {k_comments}},
    {"SCSS", false, false, {k_comments}},
    {"Less", true, false, {k_comments}},
    {"Groovy", false, false, {k_comments}},
    {"Java", false, false, {{{Step::JavaStrings}, k_comments}}},
    {"PHP", false, true, {{k_hash, k_comments}}},
    {"Terraform", false, false, {{k_hash, k_comments}}},
    {"Python",
     true,
     true,
     {{{Step::Holding, "/*"}, {Step::Holding, "*/"}, k_hash, {Step::Docstrings}, k_star}}},
    {"Starlark", true, false, {{k_hash, {Step::Docstrings}, k_star}}},
    {"GraphQL", false, false, {{k_hash, {Step::Docstrings}, k_star}}},
    {"Ruby", true, true, {{k_hash, {Step::Between, "=begin", "=end"}}}},
    {"Perl",
     false,
     true,
     {{{Step::Below, "__END__", "__DATA__"}, k_hash, {Step::Between, "=head1", "=cut"}}}},
    {"Bash", true, true, {k_hash}},
    {"Makefile", true, true, {k_hash}},
    {"CMake", true, false, {k_hash}},
    {"Meson", true, true, {k_hash}},
    {"R", true, false, {k_hash}},
    {"Tcl", true, true, {k_hash}},
    {"YAML", false, false, {k_hash}},
    {"TOML", false, false, {k_hash}},
    {"Dockerfile", false, false, {k_hash}},
    {"INI", false, false, {{{Step::StartingWith, ";"}}}},
    {"Erlang", false, false, {{{Step::StartingWith, "%"}}}},
    {"Zig", false, false, {{{Step::StartingWith, "//"}}}},
    {"CSS", false, false, {k_star}},
    {"SQL", false, false, {{k_star, {Step::StartingWith, "--"}}}},
    {"Lua",
     true,
     true,
     {{{Step::Block, "--[=====[", "]=====]"},
       {Step::Block, "--[====[", "]====]"},
       {Step::Block, "--[===[", "]===]"},
       {Step::Block, "--[==[", "]==]"},
       {Step::Block, "--[=[", "]=]"},
       {Step::Block, "--[[", "]]"},
       {Step::StartingWith, "--"}}}},
    {"HTML", false, false, {{{Step::Markup}}}},
    {"XML", false, false, {{{Step::Markup}}}},
    {"Svelte", false, false, {{{Step::Markup}}}},
    {"Vue", false, false, {{{Step::Markup}, k_comments}}},
    {"Markdown", false, false, {{{Step::Block, "<!--", "-->"}}}},
};

const ClocLanguage* languageNamed(std::string_view name) {
    static const auto byName = [] {
        std::unordered_map<std::string_view, const ClocLanguage*> names;
        for (const ClocLanguage& language : k_languages)
            names.emplace(language.name, &language);
        return names;
    }();
    const auto found = byName.find(name);
    return found == byName.end() ? nullptr : found->second;
}

bool isBlank(std::string_view line) {
    return line.find_first_not_of(k_blanks) == k_none;
}

bool firstTextIs(std::string_view line, std::string_view text) {
    const std::size_t first = line.find_first_not_of(k_blanks);
    return first != k_none && line.substr(first).starts_with(text);
}

using Lines = std::vector<std::string>;

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        lines.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return lines;
}

// A blank line that continues another is none.
template <class Line>
std::size_t withoutBlanks(std::vector<Line>& lines, bool continues) {
    std::size_t kept = 0;
    bool continued = false;
    for (Line& line : lines) {
        const bool drop = isBlank(line) && !continued;
        continued = continues && line.ends_with('\\');
        if (!drop && &lines[kept] != &line) lines[kept] = std::move(line);
        if (!drop) ++kept;
    }
    const std::size_t dropped = lines.size() - kept;
    lines.resize(kept);
    return dropped;
}

// Comments as the pattern finds them, from the left, also in strings. One that nothing closes is none.
std::string withoutComments(std::string_view text, bool slashes) {
    std::string out;
    out.reserve(text.size());
    std::size_t kept = 0;
    bool closed = true; // "*/" may still come
    for (std::size_t at = text.find('/'); at != k_none; at = text.find('/', at)) {
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        std::size_t end = k_none;
        if (slashes && next == '/') {
            end = text.find('\n', at);
            if (end != k_none) end += 1;
        } else if (next == '*' && closed) {
            end = text.find("*/", at + 2);
            closed = end != k_none;
            if (closed) end += 2;
        }
        if (end == k_none) {
            ++at;
            continue;
        }
        out.append(text, kept, at - kept);
        kept = at = end;
    }
    out.append(text, kept);
    return out;
}

void removeComments(Lines& lines, bool slashes) {
    std::string all;
    for (const std::string& line : lines) {
        all += line;
        all += '\n';
        // A comment takes its line end along: a second one keeps the next line apart.
        if (slashes && !line.ends_with('\\')) all += '\n';
    }
    const std::string rest = withoutComments(all, slashes);
    const auto left = split(rest);
    lines.assign(left.begin(), left.end());
}

void docstringsToComments(Lines& lines) {
    bool inside = false;
    for (std::string& line : lines) {
        std::string out;
        std::size_t kept = 0;
        for (std::size_t at = line.find_first_of("\"'"); at != k_none; at = line.find_first_of("\"'", at)) {
            if (line.compare(at, 3, "\"\"\"") != 0 && line.compare(at, 3, "'''") != 0) {
                ++at;
                continue;
            }
            const bool prefixed = !inside && at > kept && (line[at - 1] == 'u' || line[at - 1] == 'U');
            out.append(line, kept, at - kept - (prefixed ? 1 : 0)).append(inside ? "*/" : "/*");
            inside = !inside;
            kept = at = at + 3;
        }
        if (kept > 0) line = out.append(line, kept);
    }
}

void cutAll(std::string& line, std::string_view open, std::string_view close) {
    std::string out;
    std::size_t kept = 0;
    for (std::size_t at = line.find(open); at != k_none; at = line.find(open, kept)) {
        const std::size_t end = line.find(close, at + open.size());
        if (end == k_none) break;
        out.append(line, kept, at - kept);
        kept = end + close.size();
    }
    if (kept > 0) line = out.append(line, kept);
}

// `keepCode`: of a line in which a comment begins, what stands before it is kept; markup is not kept.
void removeBlocks(Lines& lines, std::string_view open, std::string_view close, bool keepCode) {
    Lines left;
    bool inside = false;
    for (std::string& line : lines) {
        cutAll(line, open, close);
        if (isBlank(line)) continue;
        if (inside) {
            if (const std::size_t end = line.find(close); end != k_none) {
                line.erase(0, end + close.size());
                inside = false;
            }
            if (inside && keepCode) continue;
        }
        if (isBlank(line)) continue;
        const std::size_t start = line.find(open);
        if (start != k_none) inside = true;
        if (start != k_none && isBlank(std::string_view(line).substr(0, start))) continue;
        if (inside && !keepCode) continue;
        if (start != k_none) line.resize(start);
        left.push_back(std::move(line));
    }
    lines = std::move(left);
}

void removeBetween(Lines& lines, std::string_view below, std::string_view above) {
    Lines left;
    bool between = false;
    for (std::string& line : lines) {
        if (line.starts_with(between ? above : below))
            between = !between;
        else if (!between)
            left.push_back(std::move(line));
    }
    lines = std::move(left);
}

// A string on one line in which the mark stands before the closing quote.
std::string sparedStrings(const std::string& line, std::string_view mark) {
    std::string out;
    std::size_t kept = 0;
    std::array<bool, 2> none{}; // such a string is still to come: in double quotes, in single ones
    for (std::size_t open = line.find_first_of("\"'"); open != k_none;
         open = line.find_first_of("\"'", open)) {
        bool& noMore = none[line[open] == '"' ? 0 : 1];
        const std::string end = std::string(mark) + line[open];
        const std::size_t close = noMore ? k_none : line.find(end, open + 1);
        noMore = close == k_none;
        if (noMore) {
            ++open;
            continue;
        }
        out.append(line, kept, open - kept).append("xx");
        kept = open = close + end.size();
    }
    return out.append(line, kept);
}

void spareStrings(Lines& lines) {
    for (std::string& line : lines) {
        if (line.ends_with('\\')) line.back() = ' ';
        for (const std::string_view mark : {"/*", "*/"})
            if (line.find(mark) != k_none) line = sparedStrings(line, mark);
    }
}

void apply(const Filter& filter, Lines& lines) {
    const auto drop = [&](auto&& wanted) {
        lines.erase(std::remove_if(lines.begin(), lines.end(), wanted), lines.end());
    };
    switch (filter.step) {
    case Step::None: return;
    case Step::StartingWith:
        return drop([&](const std::string& line) { return firstTextIs(line, filter.text); });
    case Step::Holding:
        return drop([&](const std::string& line) { return line.find(filter.text) != k_none; });
    case Step::StarComments: return removeComments(lines, false);
    case Step::Comments: return removeComments(lines, true);
    case Step::Docstrings: return docstringsToComments(lines);
    case Step::Markup: return removeBlocks(lines, "<!--", "-->", false);
    case Step::Block: return removeBlocks(lines, filter.text, filter.close, true);
    case Step::Between: return removeBetween(lines, filter.text, filter.close);
    case Step::Below: {
        const auto end = std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
            return line.starts_with(filter.text) || line.starts_with(filter.close);
        });
        lines.erase(end, lines.end());
        return;
    }
    case Step::JavaStrings: return spareStrings(lines);
    }
}

} // namespace

LineCounts countLikeCloc(std::string_view source, std::string_view languageName) {
    static constexpr ClocLanguage k_other{};
    const ClocLanguage* known = languageNamed(languageName);
    const ClocLanguage& language = known ? *known : k_other;
    LineCounts counts;
    auto all = split(source);
    counts.blank = static_cast<std::int32_t>(withoutBlanks(all, language.continues));
    const auto texts = static_cast<std::int32_t>(all.size());
    if (language.filters[0].step == Step::None) {
        counts.code = texts;
        return counts;
    }
    Lines lines(all.begin(), all.end());
    const std::string first = lines.empty() ? std::string() : lines.front();
    for (const Filter& filter : language.filters) {
        if (filter.step == Step::None) break;
        apply(filter, lines);
        withoutBlanks(lines, language.continues);
    }
    counts.code = static_cast<std::int32_t>(lines.size());
    if (language.script && first.starts_with("#!") && (lines.empty() || lines.front() != first))
        ++counts.code;
    counts.code = std::min(counts.code, texts); // what is left of a line can make two
    counts.comment = texts - counts.code;
    return counts;
}

} // namespace exo::analysis
