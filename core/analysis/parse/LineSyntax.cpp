#include "core/analysis/parse/LineSyntax.h"

#include <unordered_map>

namespace exo::analysis {

namespace {

using Block = LineSyntax::Block;
using Quote = LineSyntax::Quote;

constexpr Block k_starBlock{"/*", "*/"};
constexpr Block k_markupBlock{"<!--", "-->"};
constexpr Quote k_double{"\"", "\"", true, false};
constexpr Quote k_single{"'", "'", true, false};
constexpr Quote k_doubleLines{"\"", "\"", true, true};
constexpr Quote k_singleLines{"'", "'", true, true};
constexpr Quote k_tripleDouble{"\"\"\"", "\"\"\"", true, true};
constexpr Quote k_tripleSingle{"'''", "'''", true, true};
constexpr Quote k_plainSingle{"'", "'", false, true};
constexpr Quote k_plainBacktick{"`", "`", false, true};

// Strings and comments as C has them.
constexpr LineSyntax cLike(std::string_view language, LineHook hook, std::string_view watched) {
    LineSyntax syntax;
    syntax.language = language;
    syntax.lineComments = {"//"};
    syntax.blocks = {k_starBlock};
    syntax.quotes = {k_double, k_single};
    syntax.hook = hook;
    syntax.watched = watched;
    return syntax;
}

constexpr LineSyntax preprocessed(std::string_view language) {
    LineSyntax syntax = cLike(language, hook::c, "\"'");
    syntax.continued = true;
    return syntax;
}

constexpr LineSyntax script(std::string_view language) {
    return cLike(language, hook::script, "`/");
}

constexpr LineSyntax withTriples(LineSyntax syntax) {
    syntax.quotes = {k_tripleDouble, k_double, k_single};
    return syntax;
}

constexpr LineSyntax nested(LineSyntax syntax) {
    syntax.nested = true;
    return syntax;
}

constexpr LineSyntax go() {
    LineSyntax syntax = cLike("Go", nullptr, {});
    syntax.quotes = {k_double, k_single, k_plainBacktick};
    return syntax;
}

constexpr LineSyntax rust() {
    LineSyntax syntax = nested(cLike("Rust", hook::rust, "\"'"));
    syntax.quotes = {k_doubleLines};
    return syntax;
}

// 'x' is a character, a lone apostrophe something else.
constexpr LineSyntax withCharacters(std::string_view language) {
    LineSyntax syntax = nested(cLike(language, hook::character, "'"));
    syntax.quotes = {k_tripleDouble, k_double};
    return syntax;
}

constexpr LineSyntax php() {
    LineSyntax syntax = cLike("PHP", hook::php, "<?#/");
    syntax.lineComments = {};
    syntax.quotes = {k_doubleLines, k_singleLines};
    return syntax;
}

constexpr LineSyntax quoted(std::string_view language, std::array<std::string_view, 4> lineComments,
                            std::array<Block, 2> blocks, std::array<Quote, 5> quotes, LineHook hook = nullptr,
                            std::string_view watched = {}) {
    LineSyntax syntax;
    syntax.language = language;
    syntax.lineComments = lineComments;
    syntax.blocks = blocks;
    syntax.quotes = quotes;
    syntax.hook = hook;
    syntax.watched = watched;
    return syntax;
}

constexpr LineSyntax atWords(LineSyntax syntax) {
    syntax.atWords = true;
    return syntax;
}

// Only comments that stand first in a line are seen.
constexpr LineSyntax first(std::string_view language, std::array<std::string_view, 4> lineComments,
                           Block block = {}) {
    LineSyntax syntax = quoted(language, lineComments, {block}, {});
    syntax.onlyFirst = true;
    return syntax;
}

constexpr LineSyntax k_syntaxes[] = {
    preprocessed("C"),
    preprocessed("C++"),
    preprocessed("CUDA"),
    preprocessed("Objective-C"),
    preprocessed("Objective-C++"),
    cLike("GLSL", nullptr, {}),
    cLike("Protobuf", nullptr, {}),
    withTriples(cLike("Java", nullptr, {})),
    withTriples(cLike("Dart", nullptr, {})),
    withTriples(cLike("Groovy", nullptr, {})),
    cLike("C#", hook::csharp, "\""),
    script("JavaScript"),
    script("TypeScript"),
    script("TSX"),
    script("QML"),
    go(),
    rust(),
    nested(withTriples(cLike("Swift", nullptr, {}))),
    withCharacters("Kotlin"),
    withCharacters("Scala"),
    php(),
    quoted("Python", {"#"}, {}, {k_tripleDouble, k_tripleSingle, k_double, k_single}),
    quoted("Starlark", {"#"}, {}, {k_tripleDouble, k_tripleSingle, k_double, k_single}),
    quoted("Ruby", {"#"}, {}, {k_doubleLines, k_singleLines}, hook::ruby, "=_<%/$?"),
    atWords(quoted("Bash", {"#"}, {}, {k_doubleLines, k_plainSingle}, hook::shell, "<\\$")),
    quoted("Lua", {"--"}, {}, {k_double, k_single}, hook::lua, "-["),
    quoted("JSON", {"//"}, {k_starBlock}, {k_double}),
    quoted("CSS", {}, {k_starBlock}, {k_double, k_single}),
    quoted("SCSS", {"//"}, {k_starBlock}, {k_double, k_single}),
    quoted("Less", {"//"}, {k_starBlock}, {k_double, k_single}),
    atWords(quoted("YAML", {"#"}, {}, {}, hook::yaml, "\"'|>")),
    quoted("TOML", {"#"}, {},
           {k_tripleDouble, {"'''", "'''", false, true}, k_double, {"'", "'", false, false}}),
    quoted("SQL", {"--"}, {k_starBlock}, {k_plainSingle, {"\"", "\"", false, false}}),
    quoted("HTML", {}, {k_markupBlock}, {}),
    quoted("XML", {}, {k_markupBlock}, {}),
    quoted("Vue", {}, {k_markupBlock}, {}),
    quoted("Svelte", {}, {k_markupBlock}, {}),
    quoted("Julia", {"#"}, {Block{"#=", "=#"}}, {k_tripleDouble, k_double}),
    quoted("GraphQL", {"#"}, {}, {k_tripleDouble, k_double}),
    quoted("Terraform", {"#", "//"}, {k_starBlock}, {k_double}),
    first("Zig", {"//"}),
    first("Makefile", {"#"}),
    first("CMake", {"#"}, {"#[[", "]]"}),
    first("Perl", {"#"}),
    first("R", {"#"}),
    first("Dockerfile", {"#"}),
    first("Meson", {"#"}),
    first("Tcl", {"#"}),
    first("Elixir", {"#"}),
    first("Nim", {"#"}, {"#[", "]#"}),
    first("Just", {"#"}),
    first("PowerShell", {"#"}, {"<#", "#>"}),
    first("INI", {";", "#"}),
    first("Go module", {"//"}),
    first("Haskell", {"--"}, {"{-", "-}"}),
    first("OCaml", {}, {"(*", "*)"}),
    first("Erlang", {"%"}),
    first("Clojure", {";"}),
    first("Emacs Lisp", {";"}),
    first("Vim script", {"\""}),
    first("Fortran", {"!"}),
    first("Assembly", {";", "#", "//"}, k_starBlock),
    first("Batch", {"rem ", "REM ", "@rem ", "::"}),
    first("AsciiDoc", {"//"}),
};

} // namespace

const LineSyntax* lineSyntaxOf(std::string_view languageName) {
    static const auto byName = [] {
        std::unordered_map<std::string_view, const LineSyntax*> names;
        for (const LineSyntax& syntax : k_syntaxes)
            names.emplace(syntax.language, &syntax);
        return names;
    }();
    const auto found = byName.find(languageName);
    return found == byName.end() ? nullptr : found->second;
}

} // namespace exo::analysis
