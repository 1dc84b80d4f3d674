#include "core/analysis/ProjectText.h"

#include "core/analysis/Definitions.h"
#include "core/analysis/TextFile.h"
#include "core/base/Text.h"

#include <algorithm>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxLine = 600; // bytes of a line that are quoted
constexpr int k_headingReach = 400;    // lines looked at above an excerpt
constexpr int k_commentLines = 4;      // between the start of an excerpt and the line it is about

// The definition an excerpt begins with (below its comment), else the nearest above it.
std::string headingOf(const LoadedText& file, std::string_view language, int first, int last) {
    const auto nameOn = [&](int line) {
        const auto found = definitionOn(file.lines[static_cast<std::size_t>(line - 1)], language);
        return found ? std::string(utf8Prefix(found->name, 120)) : std::string{};
    };
    for (int i = first; i <= std::min(last, first + k_commentLines); ++i)
        if (std::string name = nameOn(i); !name.empty()) return name;
    for (int i = first - 1; i >= 1 && i > first - k_headingReach; --i)
        if (std::string name = nameOn(i); !name.empty()) return name;
    return {};
}

} // namespace

const LoadedText* ProjectText::load(const std::string& path) {
    if (const auto found = m_files.find(path); found != m_files.end()) return found->second.get();
    auto& slot = m_files[path];
    auto content = m_root.read(path, m_maxBytes);
    if (!content.ok()) return nullptr;
    auto loaded = std::make_unique<LoadedText>();
    loaded->hash = contentHash(content->bytes);
    auto text = decodeText(std::move(content->bytes));
    if (!text) return nullptr;
    loaded->text = std::move(*text);
    loaded->lines = linesOf(loaded->text);
    slot = std::move(loaded);
    return slot.get();
}

Excerpt ProjectText::excerpt(const LoadedText& file, const std::string& path, std::string_view language,
                             int first, int last) {
    Excerpt excerpt;
    excerpt.source = Excerpt::Source::Project;
    excerpt.path = path;
    excerpt.startLine = first;
    excerpt.endLine = last;
    excerpt.hash = file.hash;
    for (int i = first; i <= last; ++i) {
        const std::string_view line = file.lines[static_cast<std::size_t>(i - 1)];
        if (i > first) excerpt.text += '\n';
        excerpt.text += utf8Prefix(line, k_maxLine);
        if (line.size() > k_maxLine) excerpt.text += "…";
    }
    excerpt.heading = headingOf(file, language, first, last);
    return excerpt;
}

} // namespace exo::analysis
