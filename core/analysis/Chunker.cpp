#include "core/analysis/Definitions.h"

#include <algorithm>

namespace exo::analysis {

namespace {

constexpr int k_least = 25; // a chunk shorter than this is not cut, save at a heading
constexpr int k_most = 60;
constexpr int k_leastSection = 4;
constexpr int k_heading = 5;

bool isBlank(std::string_view line) {
    return line.find_first_not_of(" \t\f") == std::string_view::npos;
}

// Lines of a document that lie in a fenced block: "# comment" is no heading there.
std::vector<bool> fencedLines(const std::vector<std::string_view>& lines, std::string_view language) {
    std::vector<bool> fenced(lines.size());
    if (!isProse(language)) return fenced;
    bool inside = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool fence = lines[i].starts_with("```") || lines[i].starts_with("~~~");
        fenced[i] = inside || fence;
        if (fence) inside = !inside;
    }
    return fenced;
}

// How good it is to start a chunk at line `i` (0-based).
int cutValue(const std::vector<std::string_view>& lines, std::size_t i, std::string_view language) {
    const std::string_view line = lines[i];
    const bool blankAbove = isBlank(lines[i - 1]);
    const bool indented =
        !line.empty() && (line.front() == ' ' || line.front() == '\t' || line.front() == '}');
    if (isBlank(line)) return 0;
    if (isProse(language)) return definitionOn(line, language) ? k_heading : blankAbove ? 2 : 0;
    if (blankAbove) return indented ? 2 : 4;
    if (!indented && definitionOn(line, language)) return 3;
    return indented ? 0 : 1;
}

} // namespace

std::vector<Chunk> chunksOf(const std::vector<std::string_view>& lines, std::string_view language) {
    const std::vector<bool> fenced = fencedLines(lines, language);
    std::vector<Chunk> chunks;
    const int count = static_cast<int>(lines.size());
    for (int start = 0; start < count;) {
        const int last = std::min(start + k_most, count);
        int cut = last;
        int best = -1;
        for (int i = start + k_leastSection; i < last || (i == last && last < count); ++i) {
            const auto at = static_cast<std::size_t>(i);
            const int value = fenced[at] ? 0 : cutValue(lines, at, language);
            if (value == k_heading) {
                cut = i;
                break;
            }
            if (last < count && i - start >= k_least && value >= best) {
                best = value;
                cut = i;
            }
        }
        chunks.push_back({start + 1, cut});
        start = cut;
    }
    return chunks;
}

} // namespace exo::analysis
