#include "core/analysis/retrieve/DocComment.h"

#include "core/base/Text.h"

#include <algorithm>

namespace exo::analysis {

namespace {

constexpr int k_maxLines = 40;
constexpr std::size_t k_maxBytes = 2048;

std::string_view at(const std::vector<std::string_view>& lines, int line) {
    return trim(lines[static_cast<std::size_t>(line - 1)]);
}

// "# " but not "#include": preprocessor lines are no comments.
bool isHashComment(std::string_view line) {
    return line == "#" || line.starts_with("# ") || line.starts_with("##") || line.starts_with("#!");
}

bool isLineComment(std::string_view line) {
    return line.starts_with("//") || line.starts_with("--") || isHashComment(line);
}

// Stands between a comment and what it is about.
bool isAttribute(std::string_view line) {
    return line.starts_with('@') || line.starts_with("#[") || line.starts_with("[[") ||
           line.starts_with("template");
}

} // namespace

int startWithComment(const std::vector<std::string_view>& lines, int line) {
    if (line < 1 || line > static_cast<int>(lines.size())) return line;
    int first = line;
    int i = line - 1;
    const int stop = std::max(0, line - 1 - k_maxLines);
    while (i > stop && isAttribute(at(lines, i)))
        --i;
    if (i > stop && at(lines, i).ends_with("*/")) {
        int open = i;
        while (open > stop && at(lines, open).find("/*") == std::string_view::npos)
            --open;
        const bool whole = open > stop && at(lines, open).starts_with("/*");
        return whole ? open : first;
    }
    while (i > stop && isLineComment(at(lines, i)))
        first = i--;
    return first;
}

std::string docCommentOf(const std::vector<std::string_view>& lines, int line, int endLine) {
    std::string text;
    const auto take = [&](int i) {
        text += at(lines, i);
        text += '\n';
        return text.size() < k_maxBytes;
    };
    if (line < 1 || line > static_cast<int>(lines.size())) return text;
    for (int i = startWithComment(lines, line); i < line && take(i); ++i) {
    }
    // A docstring opens on one of the lines after the head of the definition.
    const int last = std::min({endLine, line + 6, static_cast<int>(lines.size())});
    for (int i = line + 1; i <= last; ++i) {
        const std::string_view here = at(lines, i);
        const std::size_t quotes = std::min(here.find("\"\"\""), here.find("'''"));
        if (quotes > 1) continue; // also npos; a prefix letter may stand before
        const std::string_view mark = here.substr(quotes, 3);
        const bool closed = here.find(mark, quotes + 3) != std::string_view::npos;
        if (!take(i) || closed) break;
        for (int j = i + 1; j <= std::min(endLine, i + k_maxLines); ++j)
            if (!take(j) || at(lines, j).find(mark) != std::string_view::npos) break;
        break;
    }
    return std::string(utf8Prefix(text, k_maxBytes));
}

std::string headCommentOf(const std::vector<std::string_view>& lines) {
    std::string text;
    bool inBlock = false;
    const int last = std::min<int>(k_maxLines, static_cast<int>(lines.size()));
    for (int i = 1; i <= last; ++i) {
        const std::string_view here = at(lines, i);
        if (here.empty() && !inBlock) continue;
        if (here.starts_with("/*")) inBlock = true;
        if (!inBlock && !isLineComment(here)) break;
        if (here.find("*/") != std::string_view::npos) inBlock = false;
        text += here;
        text += '\n';
    }
    return std::string(utf8Prefix(text, k_maxBytes));
}

} // namespace exo::analysis
