#pragma once
// The languages that are parsed, in the order of the design. Others are counted by their comment syntax or
// not at all. Pure values: any thread.

#include <cstdint>
#include <string_view>

namespace exo::analysis {

enum class Language : std::uint8_t {
    Unknown,
    C,
    Cpp,
    Python,
    JavaScript,
    TypeScript,
    Tsx,
    Go,
    Rust,
    Java,
    CSharp,
    Ruby,
    Php,
    Bash,
    Json,
    Kotlin,
    Swift,
    Scala,
    Lua,
    Css,
    Html,
    Yaml,
    Toml,
    Markdown,
    Sql,
    Count
};

// Display names: "C", "C++", "TSX", "C#", …; empty for Unknown.
std::string_view nameOf(Language language);
Language languageByName(std::string_view name);

} // namespace exo::analysis
