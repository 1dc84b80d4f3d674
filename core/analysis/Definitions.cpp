#include "core/analysis/Definitions.h"

#include "core/base/Text.h"

#include <algorithm>
#include <array>

namespace exo::analysis {

namespace {

bool isWordByte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

template <std::size_t N>
bool oneOf(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view skipBlanks(std::string_view text) {
    const std::size_t at = text.find_first_not_of(" \t");
    return at == std::string_view::npos ? std::string_view{} : text.substr(at);
}

std::string_view takeWord(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && isWordByte(text[end]))
        ++end;
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

bool isFunctionLanguage(std::string_view language) {
    constexpr std::array<std::string_view, 9> k_languages{
        "C", "C++", "Java", "C#", "CUDA", "Objective-C", "Objective-C++", "Dart", "GLSL"};
    return oneOf(k_languages, language);
}

// "pub async fn name", "export default class Name", "def name", …: modifiers, a keyword, a name.
std::optional<Definition> keywordDefinition(std::string_view line) {
    constexpr std::array<std::string_view, 31> k_modifiers{
        "public",  "private",  "protected",  "internal", "static",   "export",  "default",  "async",
        "pub",     "abstract", "final",      "sealed",   "open",     "data",    "inline",   "constexpr",
        "virtual", "extern",   "unsafe",     "local",    "declare",  "partial", "override", "suspend",
        "typedef", "friend",   "annotation", "case",     "implicit", "lazy",    "readonly"};
    constexpr std::array<std::string_view, 24> k_keywords{
        "class",  "struct", "enum",        "union",    "interface", "trait",     "impl",     "fn",
        "func",   "def",    "fun",         "function", "sub",       "module",    "protocol", "extension",
        "object", "record", "macro_rules", "message",  "service",   "defmodule", "defp",     "mod"};
    std::string_view rest = skipBlanks(line);
    for (int i = 0; i < 8; ++i) {
        const std::string_view word = takeWord(rest);
        if (word.empty()) return std::nullopt;
        if (word == "pub" && rest.starts_with("("))
            rest = rest.substr(std::min(rest.find(')'), rest.size() - 1) + 1);
        if (oneOf(k_keywords, word)) {
            if (rest.starts_with("!")) rest.remove_prefix(1);
            if (word == "func" && skipBlanks(rest).starts_with("(")) // Go: the receiver
                rest = rest.substr(std::min(rest.find(')'), rest.size() - 1) + 1);
            if (rest.starts_with("<"))
                rest = rest.substr(std::min(rest.find('>'), rest.size() - 1) + 1); // impl<T>
            rest = skipBlanks(rest);
            if (word == "enum" && (rest.starts_with("class ") || rest.starts_with("struct ")))
                takeWord(rest), rest = skipBlanks(rest);
            if (word == "function" && rest.starts_with("*")) rest = skipBlanks(rest.substr(1));
            std::string_view name = takeWord(rest);
            while (rest.starts_with("::") || rest.starts_with(".")) { // Foo::Bar, self.name
                rest.remove_prefix(rest.starts_with("::") ? 2 : 1);
                if (const std::string_view last = takeWord(rest); !last.empty()) name = last;
            }
            const bool declared = trim(rest).starts_with(";") && word != "mod"; // class Foo;
            if (name.empty() || declared) return std::nullopt;
            return Definition{std::string(name)};
        }
        if (!oneOf(k_modifiers, word)) return std::nullopt;
        rest = skipBlanks(rest);
    }
    return std::nullopt;
}

bool isControlWord(std::string_view word) {
    constexpr std::array<std::string_view, 22> k_words{
        "if",     "for",     "while", "switch", "return",   "else",     "case",  "do",
        "sizeof", "catch",   "throw", "new",    "delete",   "goto",     "using", "assert",
        "try",    "foreach", "lock",  "await",  "co_await", "co_return"};
    return oneOf(k_words, word);
}

// "static int name(args) {" and "Type Class::name(args) const": a type before the name, no semicolon behind.
std::optional<Definition> functionDefinition(std::string_view line, bool indented) {
    const std::string_view text = trim(line);
    if (text.empty() || text.ends_with(';') || text.starts_with("#") || text.starts_with("/") ||
        text.starts_with("*") || text.starts_with("}"))
        return std::nullopt;
    const std::size_t open = text.find('(');
    if (open == std::string_view::npos || open == 0) return std::nullopt;
    std::string_view before = trim(text.substr(0, open));
    if (before.find_first_of("=.\"'!?+|[{,;") != std::string_view::npos ||
        before.find("->") != std::string_view::npos)
        return std::nullopt;
    std::size_t start = before.size();
    while (start > 0 && (isWordByte(before[start - 1]) || before[start - 1] == '~'))
        --start;
    const std::string_view name = before.substr(start);
    std::string_view first = before;
    const std::string_view firstWord = takeWord(first);
    if (name.empty() || isControlWord(name) || isControlWord(firstWord)) return std::nullopt;
    const bool hasType = start > 0;
    const bool opens = text.ends_with('{') || text.ends_with(')') || text.ends_with(',') ||
                       text.ends_with("const") || text.ends_with("noexcept") || text.ends_with("override") ||
                       text.ends_with('}');
    if (!hasType || !opens) return std::nullopt;
    if (indented && !text.ends_with('{') && !text.ends_with('}'))
        return std::nullopt; // a call over several lines
    return Definition{std::string(name)};
}

// "const name = (…) =>", "name(args) {" inside a class.
std::optional<Definition> scriptDefinition(std::string_view line, bool indented) {
    std::string_view rest = trim(line);
    if (rest.starts_with("export ")) rest = skipBlanks(rest.substr(7));
    for (const std::string_view keyword : {"const ", "let ", "var ", "type "}) {
        if (!rest.starts_with(keyword)) continue;
        std::string_view after = skipBlanks(rest.substr(keyword.size()));
        const std::string_view name = takeWord(after);
        const bool isFunction = after.find("=>") != std::string_view::npos ||
                                after.find("function") != std::string_view::npos ||
                                after.find("require(") == std::string_view::npos;
        if (!name.empty() && (!indented || after.find("=>") != std::string_view::npos) && isFunction)
            return Definition{std::string(name)};
        return std::nullopt;
    }
    if (!indented || !rest.ends_with('{')) return std::nullopt;
    for (const std::string_view modifier :
         {"async ", "static ", "public ", "private ", "protected ", "get ", "set "})
        if (rest.starts_with(modifier)) rest = skipBlanks(rest.substr(modifier.size()));
    const std::string_view name = takeWord(rest);
    if (name.empty() || isControlWord(name) || name == "function" || !rest.starts_with("("))
        return std::nullopt;
    return Definition{std::string(name)};
}

std::optional<Definition> headingOn(std::string_view line, std::string_view language) {
    if (language == "AsciiDoc" && line.starts_with("="))
        return Definition{std::string(trim(line.substr(line.find_first_not_of('=') == std::string_view::npos
                                                           ? line.size()
                                                           : line.find_first_not_of('=')))),
                          true};
    std::size_t level = 0;
    while (level < line.size() && line[level] == '#')
        ++level;
    if (level == 0 || level > 6 || level == line.size() || line[level] != ' ') return std::nullopt;
    std::string_view title = trim(line.substr(level));
    while (title.ends_with('#'))
        title.remove_suffix(1);
    title = trim(title);
    if (title.empty()) return std::nullopt;
    return Definition{std::string(title), true};
}

std::optional<Definition> assignedName(std::string_view line, char mark) {
    std::string_view rest = line;
    const std::string_view name = takeWord(rest);
    if (name.empty() || !skipBlanks(rest).starts_with(mark)) return std::nullopt;
    return Definition{std::string(name)};
}

std::optional<Definition> callName(std::string_view line, std::initializer_list<std::string_view> calls) {
    const std::string_view text = trim(line);
    const std::string lower = toLowerAscii(text.substr(0, 40));
    for (const std::string_view call : calls) {
        if (!lower.starts_with(call)) continue;
        std::string_view rest = skipBlanks(text.substr(call.size()));
        if (rest.starts_with("(")) rest = skipBlanks(rest.substr(1));
        const std::string_view name = takeWord(rest);
        if (!name.empty()) return Definition{std::string(name)};
    }
    return std::nullopt;
}

} // namespace

bool isProse(std::string_view language) {
    return language == "Markdown" || language == "reStructuredText" || language == "AsciiDoc" ||
           language == "Text";
}

std::optional<Definition> definitionOn(std::string_view line, std::string_view language) {
    if (line.empty() || line.size() > 400) return std::nullopt;
    const bool indented = line.front() == ' ' || line.front() == '\t';
    if (isProse(language)) return headingOn(line, language);
    if (language == "INI" || language == "TOML") {
        if (!line.starts_with('[') || line.find(']') == std::string_view::npos) return std::nullopt;
        return Definition{std::string(line.substr(0, line.find(']') + 1)), true};
    }
    if (language == "YAML") return indented ? std::nullopt : assignedName(line, ':');
    if (language == "Makefile") return indented ? std::nullopt : assignedName(line, ':');
    if (language == "CMake")
        return callName(line, {"function", "macro", "add_executable", "add_library", "project"});
    if (language == "SQL")
        return callName(line, {"create table if not exists", "create table", "create view", "create index"});
    if (language == "JSON" || language == "XML" || language == "HTML" || language == "CSS" ||
        language.empty())
        return std::nullopt;

    const std::string_view text = trim(line);
    if (text.starts_with("#define ")) {
        std::string_view rest = skipBlanks(text.substr(8));
        return Definition{std::string(takeWord(rest))};
    }
    if (text.starts_with("//") || text.starts_with("*") || text.starts_with("#") || text.starts_with("/*"))
        return std::nullopt;
    if (auto found = keywordDefinition(line)) return found;
    if (isFunctionLanguage(language)) {
        const bool classLanguage = language != "C";
        if (!indented || classLanguage) return functionDefinition(line, indented);
        return std::nullopt;
    }
    if (language == "JavaScript" || language == "TypeScript" || language == "TSX" || language == "Vue")
        return scriptDefinition(line, indented);
    if (language == "Bash") {
        std::string_view rest = text;
        const std::string_view name = takeWord(rest);
        if (!name.empty() && rest.starts_with("()")) return Definition{std::string(name)};
        return std::nullopt;
    }
    if (indented) return std::nullopt;
    if (language == "Go" || language == "Rust" || language == "Swift" || language == "Kotlin")
        return callName(
            line, {"type ", "const ", "var ", "static ", "pub const ", "pub static ", "pub type ", "val "});
    if (language == "Python" || language == "Ruby") return assignedName(line, '=');
    return std::nullopt;
}

bool isEntryPoint(std::string_view line, std::string_view language) {
    if (line.size() > 300) return false;
    const std::string_view text = trim(line);
    if (language == "C" || language == "C++" || language == "Objective-C" || language == "CUDA") {
        if (text.ends_with(';')) return false;
        const std::size_t at = line.find("main(");
        return line.starts_with("int ") || line.starts_with("auto ") || line.starts_with("void ")
                   ? at != std::string_view::npos && at > 0 && line[at - 1] == ' '
                   : line.starts_with("main(");
    }
    if (language == "Python") return text.starts_with("if __name__ ==");
    if (language == "Go") return line.starts_with("func main()");
    if (language == "Rust") return line.starts_with("fn main(") || line.starts_with("async fn main(");
    if (language == "Java") return text.find("static void main(") != std::string_view::npos;
    if (language == "C#")
        return text.find("static void Main(") != std::string_view::npos ||
               text.find("static async Task Main(") != std::string_view::npos ||
               text.find("static int Main(") != std::string_view::npos;
    if (language == "Kotlin") return line.starts_with("fun main(");
    if (language == "Dart") return line.starts_with("void main(");
    if (language == "Swift") return text.starts_with("@main");
    if (language == "JavaScript" || language == "TypeScript" || language == "TSX")
        return text.find("app.listen(") != std::string_view::npos ||
               text.find("require.main === module") != std::string_view::npos ||
               text.find("createRoot(") != std::string_view::npos;
    return false;
}

} // namespace exo::analysis
