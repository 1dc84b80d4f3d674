#include "core/analysis/parse/Language.h"

#include <array>

namespace exo::analysis {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Language::Count)> k_names{
    "",     "C",   "C++",  "Python", "JavaScript", "TypeScript", "TSX",    "Go",    "Rust",
    "Java", "C#",  "Ruby", "PHP",    "Bash",       "JSON",       "Kotlin", "Swift", "Scala",
    "Lua",  "CSS", "HTML", "YAML",   "TOML",       "Markdown",   "SQL"};

} // namespace

std::string_view nameOf(Language language) {
    const auto index = static_cast<std::size_t>(language);
    return index < k_names.size() ? k_names[index] : std::string_view();
}

Language languageByName(std::string_view name) {
    if (name.empty()) return Language::Unknown;
    for (std::size_t i = 0; i < k_names.size(); ++i)
        if (k_names[i] == name) return static_cast<Language>(i);
    return Language::Unknown;
}

} // namespace exo::analysis
