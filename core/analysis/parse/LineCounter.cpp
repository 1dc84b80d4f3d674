#include "core/analysis/parse/LineCounter.h"

#include <vector>

namespace exo::analysis {

namespace {

bool isBlank(std::string_view text) {
    return text.find_first_not_of(" \t\r\v\f") == std::string_view::npos;
}

struct Markers {
    std::string_view language, line, open, close;
};

constexpr Markers k_markers[] = {{"Makefile", "#", "", ""},
                                 {"CMake", "#", "", ""},
                                 {"Perl", "#", "", ""},
                                 {"R", "#", "", ""},
                                 {"Dockerfile", "#", "", ""},
                                 {"Meson", "#", "", ""},
                                 {"Tcl", "#", "", ""},
                                 {"Nix", "#", "/*", "*/"},
                                 {"INI", ";", "", ""},
                                 {"Haskell", "--", "{-", "-}"},
                                 {"Ada", "--", "", ""},
                                 {"VHDL", "--", "", ""},
                                 {"Lisp", ";", "", ""},
                                 {"Clojure", ";", "", ""},
                                 {"Scheme", ";", "", ""},
                                 {"Erlang", "%", "", ""},
                                 {"TeX", "%", "", ""},
                                 {"LaTeX", "%", "", ""},
                                 {"MATLAB", "%", "", ""},
                                 {"XML", "", "<!--", "-->"},
                                 {"Vue", "", "<!--", "-->"},
                                 {"SVG", "", "<!--", "-->"},
                                 {"Objective-C", "//", "/*", "*/"},
                                 {"Objective-C++", "//", "/*", "*/"},
                                 {"Dart", "//", "/*", "*/"},
                                 {"QML", "//", "/*", "*/"},
                                 {"Groovy", "//", "/*", "*/"},
                                 {"Protocol Buffers", "//", "/*", "*/"},
                                 {"SCSS", "//", "/*", "*/"},
                                 {"Less", "//", "/*", "*/"},
                                 {"GLSL", "//", "/*", "*/"},
                                 {"Zig", "//", "", ""},
                                 {"Elixir", "#", "", ""},
                                 {"Julia", "#", "#=", "=#"},
                                 {"PowerShell", "#", "<#", "#>"},
                                 {"Fish", "#", "", ""},
                                 {"Gradle", "//", "/*", "*/"},
                                 {"Assembly", ";", "/*", "*/"},
                                 {"D", "//", "/*", "*/"},
                                 {"Pascal", "//", "{", "}"},
                                 {"F#", "//", "(*", "*)"},
                                 {"OCaml", "", "(*", "*)"}};

} // namespace

LineCounts countLines(std::string_view source, std::span<const ByteRange> comments,
                      std::span<const ByteRange> longLeaves, LineRules rules) {
    LineCounts counts;
    std::size_t comment = 0, leaf = 0;
    for (std::size_t start = 0; start < source.size();) {
        std::size_t end = source.find('\n', start);
        if (end == std::string_view::npos) end = source.size();
        bool code = false, touched = false;
        std::size_t at = start;
        while (comment < comments.size() && comments[comment].end <= start)
            ++comment;
        for (std::size_t i = comment; i < comments.size() && comments[i].start < end; ++i) {
            if (comments[i].start > at && !isBlank(source.substr(at, comments[i].start - at))) code = true;
            touched = true;
            at = std::max<std::size_t>(at, std::min<std::size_t>(comments[i].end, end));
        }
        const bool blank = isBlank(source.substr(start, end - start));
        if (comment < comments.size() && comments[comment].start <= start && comments[comment].end > start)
            touched = true; // an empty line inside
        if (at < end && !isBlank(source.substr(at, end - at))) code = true;
        while (leaf < longLeaves.size() && longLeaves[leaf].end <= start)
            ++leaf;
        const bool inLeaf =
            leaf < longLeaves.size() && longLeaves[leaf].start <= start && longLeaves[leaf].end > start;
        if (rules == LineRules::Cloc && blank) {
            ++counts.blank;
        } else if (code || (inLeaf && !touched)) {
            ++counts.code;
        } else if (touched) {
            ++counts.comment;
        } else {
            ++counts.blank;
        }
        start = end + 1;
    }
    return counts;
}

LineCounts countPlainLines(std::string_view source, std::string_view languageName, LineRules rules) {
    const Markers* markers = nullptr;
    for (const Markers& known : k_markers)
        if (known.language == languageName) markers = &known;
    std::vector<ByteRange> comments;
    for (std::size_t start = 0; markers && start < source.size();) {
        const std::size_t first = source.find_first_not_of(" \t\r\n", start);
        if (first == std::string_view::npos) break;
        std::size_t end = source.find('\n', first);
        if (end == std::string_view::npos) end = source.size();
        const std::string_view line = source.substr(first, end - first);
        if (!markers->line.empty() && line.starts_with(markers->line)) {
            comments.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(end)});
        } else if (!markers->open.empty() && line.starts_with(markers->open)) {
            std::size_t close = source.find(markers->close, first + markers->open.size());
            close = close == std::string_view::npos ? source.size() : close + markers->close.size();
            comments.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(close)});
            end = close;
        }
        start = end;
    }
    return countLines(source, comments, {}, rules);
}

} // namespace exo::analysis
