#include "core/analysis/parse/FileAnalyser.h"

#include "core/analysis/FileKinds.h"
#include "core/base/Text.h"

#include <algorithm>
#include <utility>

namespace exo::analysis {

namespace {

using Pair = std::pair<std::string_view, Language>;

constexpr Pair k_extensions[] = {
    {"c", Language::C},
    {"h", Language::C},
    {"cc", Language::Cpp},
    {"cpp", Language::Cpp},
    {"cxx", Language::Cpp},
    {"c++", Language::Cpp},
    {"hh", Language::Cpp},
    {"hpp", Language::Cpp},
    {"hxx", Language::Cpp},
    {"h++", Language::Cpp},
    {"inl", Language::Cpp},
    {"ipp", Language::Cpp},
    {"tpp", Language::Cpp},
    {"cppm", Language::Cpp},
    {"ixx", Language::Cpp},
    {"cu", Language::Cpp},
    {"cuh", Language::Cpp},
    {"mm", Language::Unknown},
    {"py", Language::Python},
    {"pyi", Language::Python},
    {"pyw", Language::Python},
    {"js", Language::JavaScript},
    {"mjs", Language::JavaScript},
    {"cjs", Language::JavaScript},
    {"jsx", Language::JavaScript},
    {"ts", Language::TypeScript},
    {"mts", Language::TypeScript},
    {"cts", Language::TypeScript},
    {"tsx", Language::Tsx},
    {"go", Language::Go},
    {"rs", Language::Rust},
    {"java", Language::Java},
    {"cs", Language::CSharp},
    {"rb", Language::Ruby},
    {"rake", Language::Ruby},
    {"gemspec", Language::Ruby},
    {"php", Language::Php},
    {"phtml", Language::Php},
    {"sh", Language::Bash},
    {"bash", Language::Bash},
    {"json", Language::Json},
    {"webmanifest", Language::Json},
    {"kt", Language::Kotlin},
    {"kts", Language::Kotlin},
    {"swift", Language::Swift},
    {"scala", Language::Scala},
    {"sc", Language::Scala},
    {"lua", Language::Lua},
    {"css", Language::Css},
    {"html", Language::Html},
    {"htm", Language::Html},
    {"xhtml", Language::Html},
    {"yaml", Language::Yaml},
    {"yml", Language::Yaml},
    {"toml", Language::Toml},
    {"md", Language::Markdown},
    {"markdown", Language::Markdown},
    {"sql", Language::Sql},
};
constexpr Pair k_fileNames[] = {{"Rakefile", Language::Ruby},    {"Gemfile", Language::Ruby},
                                {".bashrc", Language::Bash},     {".profile", Language::Bash},
                                {"Cargo.lock", Language::Toml},  {"SConstruct", Language::Python},
                                {"SConscript", Language::Python}};
constexpr Pair k_interpreters[] = {
    {"python", Language::Python},     {"bash", Language::Bash},      {"sh", Language::Bash},
    {"dash", Language::Bash},         {"ksh", Language::Bash},       {"node", Language::JavaScript},
    {"nodejs", Language::JavaScript}, {"ruby", Language::Ruby},      {"php", Language::Php},
    {"lua", Language::Lua},           {"deno", Language::TypeScript}};
constexpr std::size_t k_headerLook = 64 * 1024;

bool isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The line's first words mean C++ and cannot stand so in C.
bool opensCpp(std::string_view line) {
    constexpr std::string_view words[] = {"class",    "namespace",  "template",      "using",    "public:",
                                          "private:", "protected:", "public slots:", "signals:", "constexpr"};
    for (const std::string_view word : words) {
        if (!line.starts_with(word)) continue;
        if (!isWord(word.back())) return true;
        if (line.size() == word.size()) return true;
        const char after = line[word.size()];
        if (word == "template") {
            return trim(line.substr(word.size())).starts_with('<');
        }
        if (after == ' ' || after == '\t') {
            const std::string_view rest = trim(line.substr(word.size()));
            // `class = 1;` or `using = x` would be C.
            return !rest.empty() && (isWord(rest[0]) || rest[0] == '{');
        }
    }
    return false;
}

// A::b, const A &a: somewhere in the line, which has no comment.
bool holdsCpp(std::string_view line) {
    if (line.find("[[") == std::string_view::npos) // C23 has [[a::b]]
        for (std::size_t at = line.find("::"); at != std::string_view::npos; at = line.find("::", at + 2))
            if (at > 0 && isWord(line[at - 1]) && at + 2 < line.size() && isWord(line[at + 2])) return true;
    for (std::size_t at = line.find("const "); at != std::string_view::npos;
         at = line.find("const ", at + 6)) {
        std::size_t end = at + 6;
        while (end < line.size() && isWord(line[end]))
            ++end;
        if (end == at + 6) continue;
        while (end < line.size() && line[end] == ' ')
            ++end;
        if (end < line.size() && line[end] == '&') return true;
    }
    return false;
}

// What only C++ compilers read is no proof: extern "C" wrappers are C headers.
bool looksLikeCpp(std::string_view bytes) {
    bytes = bytes.substr(0, k_headerLook);
    bool comment = false;
    int onlyCpp = 0, depth = 0; // inside of #ifdef __cplusplus
    std::size_t at = 0;
    while (at < bytes.size()) {
        std::size_t end = bytes.find('\n', at);
        if (end == std::string_view::npos) end = bytes.size();
        std::string_view line = trim(bytes.substr(at, end - at));
        at = end + 1;
        if (comment) {
            const std::size_t close = line.find("*/");
            if (close == std::string_view::npos) continue;
            comment = false;
            line = trim(line.substr(close + 2));
        }
        if (line.starts_with("//") || line.empty()) continue;
        if (line.starts_with("/*")) {
            comment = line.find("*/", 2) == std::string_view::npos;
            continue;
        }
        if (line[0] == '#') {
            const std::string_view rest = trim(line.substr(1));
            if (rest.starts_with("if")) {
                ++depth;
                if (onlyCpp == 0 && rest.find("__cplusplus") != std::string_view::npos) onlyCpp = depth;
            } else if (rest.starts_with("endif")) {
                if (onlyCpp == depth) onlyCpp = 0;
                depth = std::max(0, depth - 1);
            } else if ((rest.starts_with("else") || rest.starts_with("elif")) && onlyCpp == depth) {
                onlyCpp = 0;
            }
            if (onlyCpp == 0 && rest.starts_with("include") && rest.find(".h") == std::string_view::npos &&
                rest.find('<') != std::string_view::npos)
                return true; // <vector>, <QString>
            continue;
        }
        if (onlyCpp != 0) continue;
        if (opensCpp(line)) return true;
        if (holdsCpp(line.substr(0, std::min(line.find("//"), line.find("/*"))))) return true;
    }
    return false;
}

Language byShebang(std::string_view bytes) {
    if (!bytes.starts_with("#!")) return Language::Unknown;
    std::string_view line = bytes.substr(2, std::min<std::size_t>(bytes.find('\n'), 200));
    line = trim(line.substr(0, line.find('\n')));
    for (const std::string_view part : split(line, ' ')) {
        std::string_view word = part;
        if (const std::size_t slash = word.rfind('/'); slash != std::string_view::npos)
            word.remove_prefix(slash + 1);
        if (word.empty() || word == "env" || word[0] == '-' || word.find('=') != std::string_view::npos)
            continue;
        while (!word.empty() && ((word.back() >= '0' && word.back() <= '9') || word.back() == '.'))
            word.remove_suffix(1);
        for (const auto& [name, language] : k_interpreters)
            if (word == name) return language;
        return Language::Unknown;
    }
    return Language::Unknown;
}

} // namespace

Language detectLanguage(std::string_view path, std::string_view bytes) {
    const std::string_view file = path.substr(path.rfind('/') + 1);
    for (const auto& [name, language] : k_fileNames)
        if (file == name) return language;
    const std::size_t dot = file.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return byShebang(bytes);
    if (file.ends_with(".C") || file.ends_with(".H")) return Language::Cpp;
    const std::string extension = toLowerAscii(file.substr(dot + 1));
    for (const auto& [name, language] : k_extensions) {
        if (extension != name) continue;
        if (name == "h" && looksLikeCpp(bytes)) return Language::Cpp;
        if (name == "ts" && languageOf(path, bytes) == "XML") return Language::Unknown;
        return language;
    }
    return byShebang(bytes);
}

} // namespace exo::analysis
