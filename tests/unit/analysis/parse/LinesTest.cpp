// Lines of code, comment and blank ones in every language that is counted, by our rules and by cloc's.
#include "core/analysis/FileKinds.h"
#include "core/analysis/parse/Language.h"
#include "core/analysis/parse/LineCounter.h"
#include "core/analysis/parse/LineSyntax.h"

#include <doctest/doctest.h>

#include <string>

using namespace exo::analysis;

namespace {

struct Row {
    const char* language;
    const char* source;
    int code, comment, blank;
};

void check(const Row& row, LineRules rules) {
    INFO(row.language << ": " << std::string(row.source));
    const LineCounts lines = countLines(row.source, row.language, rules);
    CHECK(lines.code == row.code);
    CHECK(lines.comment == row.comment);
    CHECK(lines.blank == row.blank);
}

} // namespace

TEST_CASE("comments, strings and blank lines of each language") {
    const Row rows[] = {
        {"C", "", 0, 0, 0},
        {"C", "\n", 0, 0, 1},
        {"C", " \t\r\n\f\v", 0, 0, 2},
        {"C", "int a; // x\n\n// y\n/* a\n\n b */\nint b;", 2, 4, 1},
        {"C", "/* a */ int a; /* b\n c */ int b;\n", 2, 0, 0},
        {"C", "/* a */ /* b */\n", 0, 1, 0},
        {"C", "/* a\n", 0, 1, 0},
        {"C", "// a \\\nb\nc\n", 1, 2, 0},
        {"C", "// a \\\r\nb\r\nc\r\n", 1, 2, 0},
        {"C", "char *s = \"/* no\";\nchar c = '\"'; // yes\n// too\n", 2, 1, 0},
        {"C", "char *s = \"a\\\n\n/* b\";\n", 1, 1, 1}, // no string: the line ends before it does
        {"C", "char *s = \"a\\\n/* b\";\n", 2, 0, 0},
        {"C", "#error don't\n/* a */\n", 1, 1, 0},
        {"C++", "auto s = R\"x(a\n\n)\" // b\n)x\";\n// c\n", 4, 1, 0},
        {"C++", "int a = 1'000'000; /* a\n*/\n", 1, 1, 0},
        {"C++", "auto a = u8'a'; auto b = L'\\''; // x\n/* '*/\n", 1, 1, 0},
        {"Java", "String s = \"\"\"\n  // a\n\n  \"\"\";\n/** b */\n", 4, 1, 0},
        {"C#", "var a = @\"C:\\\"; // b\nvar c = @\"d \"\"\n\n// e\";\n", 4, 0, 0},
        {"C#", "var a = \"\"\"\n// \"b\"\n\"\"\";\n// c\n", 3, 1, 0},
        {"Go", "a := `\n// b\n\n`\n/* c */\n", 4, 1, 0},
        {"Rust", "let a = r#\"\n// \"b\n\n\"#;\n// c\n", 4, 1, 0},
        {"Rust", "fn f<'a>(x: &'a str) -> char { '\"' } // a\n/* /* b */\nc */\n", 1, 2, 0},
        {"Swift", "let a = \"\"\"\n// b\n\"\"\"\n/* /* c */\n*/\n", 3, 2, 0},
        {"Kotlin", "val a = '\"' // b\n/* /* c */\n\n*/\nval d = \"\"\"\n// e\n\"\"\"\n", 4, 3, 0},
        {"Scala", "val a = 'b // '\n/* c */\n", 1, 1, 0},
        {"JavaScript", "const a = `x\n\n// ${b(`}`)} y`;\n/* b */\n", 3, 1, 0},
        {"JavaScript", "a = b / c; // '\nd = /['\"`]/.test(e); // f\n// g\n", 2, 1, 0},
        {"JavaScript", "return /\\/[/*]/;\n/* a */\n", 1, 1, 0},
        {"TypeScript", "const a: string = '//';\n// b\n", 1, 1, 0},
        {"TSX", "return <p>don't</p>;\n/* a */\n", 1, 1, 0},
        {"PHP", "<p>\n\n</p><?php\n# a\n#[B]\n// c ?> d\n/* e */\n", 5, 1, 1}, // "d" and on is HTML
        {"PHP", "<?php\n$a = <<<EOT\n// b\n\nEOT;\n// c\n", 5, 1, 0},
        {"Python", "def f():\n    \"\"\"a\n\n    b\"\"\"\n    # c\n\n", 4, 1, 1},
        {"Python", "a = '#'\nb = r'''\n# c\n'''  # d\n# e\n", 4, 1, 0},
        {"Ruby", "a = '#'\n=begin\n\nb\n=end\nc = /#\"/\n# d\n", 2, 5, 0},
        {"Ruby", "a = <<~X\n  # b\n\n  X\n# c\nd = e << f\n# g\n", 5, 2, 0},
        {"Ruby", "a = %w(# b)\nc = d % e # f\n# g\n__END__\n# h\n\n", 4, 1, 1},
        {"Bash", "#!/bin/sh\n# x\necho a # b\n", 1, 2, 0},
        {"Bash", "a=$#\nb=${a#x}\nc='\n# d\n\n'\n# e\n", 6, 1, 0},
        {"Bash", "cat <<'E' # a\n# b\n\nE\n# c\necho $((1<<2))\n# d\n", 5, 2, 0},
        {"Lua", "-- a\n--[==[ b\n]]\n]==]\nc = [[\n-- d\n\n]] -- e\n", 4, 4, 0},
        {"JSON", "{\n\n\"a\": \"//\" // b\n/* c */}\n", 3, 0, 1},
        {"CSS", "a { b: \"/*\"; }\n/* c\n\n*/\n", 1, 3, 0},
        {"HTML", "<p>\n\n<!-- a\n\n--> b\n<script>\n// c\n</script>\n", 5, 2, 1},
        {"YAML", "a: don't # b\n# c\nd: |\n  # e\n\n  f\n# g\nh: '# i'\n", 6, 2, 0},
        {"YAML", "- a: >-\n    # b\n  # c\n  d: e\n- |\n  # f\n", 5, 1, 0},
        {"TOML", "a = '#'\nb = \"\"\"\n# c\n\n\"\"\"\n# d\n", 5, 1, 0},
        {"SQL", "select '--\n/* ''a' -- b\n/* c */\n-- d\n", 2, 2, 0},
        {"Markdown", "# a\n\nb\n", 2, 0, 1},
        {"Makefile", "a:\n\techo '#'\n# b\n", 2, 1, 0},
        {"CMake", "#[[ a\n\n]]\n# b\nset(c \"#\")\n", 1, 4, 0},
        {"Haskell", "{- a\n-}\nb = c -- d\n-- e\n", 1, 3, 0},
        {"Batch", "rem a\n@rem b\nREM c\n:: d\necho e\n", 1, 4, 0},
        {"Text", "# a\n\n// b\n", 2, 0, 1},
        {"no such language", "# a\n", 1, 0, 0},
    };
    for (const Row& row : rows)
        check(row, LineRules::Ours);
}

TEST_CASE("a text is not counted anew from every mark in it") {
    // Each of these openers has no end; looking for one from each would take minutes.
    for (const char* language :
         {"C", "C++", "JavaScript", "PHP", "Ruby", "Bash", "YAML", "Lua", "Rust", "Python"})
        for (const std::string_view piece : {"/* ", "'", "\"", "`${", "<<A\n", "<<<A\n", "|\n", "- |\n ",
                                             "[[", "R\"x(", "r#\"", "/a", "%("}) {
            std::string text;
            while (text.size() < 64'000)
                text += piece;
            const LineCounts ours = countLines(text, language, LineRules::Ours);
            const LineCounts cloc = countLines(text, language, LineRules::Cloc);
            CHECK(ours.total() == cloc.total());
        }
}

TEST_CASE("every language that is parsed has a syntax, and every syntax a language that has files") {
    for (std::size_t i = 1; i < static_cast<std::size_t>(Language::Count); ++i) {
        const std::string_view name = nameOf(static_cast<Language>(i));
        INFO(std::string(name));
        CHECK((lineSyntaxOf(name) != nullptr) != (name == "Markdown"));
    }
    for (const char* path :
         {"a.mm", "a.vue", "a.svelte", "a.proto", "a.zig", "a.el", "a.vim", "a.f90", "a.bat", "a.tf",
          "Justfile", "go.mod", "a.adoc", "BUILD.bazel", "a.graphql", "a.scss"}) {
        INFO(path);
        CHECK(lineSyntaxOf(languageOf(path)) != nullptr);
    }
}

TEST_CASE("--loc=cloc: what cloc 1.96 counts") {
    const Row rows[] = {
        {"C", "/* a\n\n*/\nint a;\n", 1, 2, 1},
        {"C", "int a; /* b\nc */ int d;\n", 1, 1, 0},               // what is left of two lines is one
        {"C", "char *s = \"a /* b\";\nint c;\n/* d */\n", 1, 2, 0}, // a comment begins in a string
        {"C", "char *s = \"http://a\";\nint b;\n", 2, 0, 0},
        {"C", "/* a\nint b;\n", 2, 0, 0}, // nothing closes it
        {"C", "// a \\\nint b;\nint c;\n", 2, 1, 0},
        {"C", "#define A \\\n\nint b;\n", 3, 0, 0}, // it continues a line: not blank
        {"C++", "//* a\nint b; // */\n", 1, 1, 0},
        {"Java", "a(\"src/*\");\nb();\n/* c */\n", 2, 1, 0},
        {"Go", "a := `\n// b\n`\n", 2, 1, 0},
        {"JavaScript", "a = '\\\n\n';\n", 3, 0, 0},
        {"PHP", "<?php\n# a\n// b\nc();\n", 2, 2, 0},
        {"Python", "'''m\n\nn'''\nx = 1\n", 1, 2, 1},
        {"Python", "a = \"\"\"b\nc\n\"\"\"\n", 1, 2, 0},
        {"Python", "'d'\n\"e\"\n", 2, 0, 0},
        {"Python", "r'''a\nb'''\n", 1, 1, 0},
        {"Python", "u'''a\nb'''\n", 0, 2, 0},
        {"Python", "f('''a\nb''')\n", 1, 1, 0},
        {"Python", "a = '''b'''\nc = ''\n", 2, 0, 0},
        {"Python", "a = '*/'\nb = glob('*/*')\nc = 1\n", 1, 2, 0}, // no matter where a star meets a slash
        {"Python", "#!/usr/bin/python\n# a\nb = 1 # c\n", 2, 1, 0},
        {"Python", "a = '''b\n# c\n'''\n", 1, 2, 0},
        {"Python", "\"\"\"a\nb\n", 2, 0, 0},
        {"Ruby", "#!/usr/bin/ruby\n=begin\na\n=end\nb # c\n# d\n", 2, 4, 0},
        {"Perl", "a;\n=head1 b\nc\n=cut\nd;\n__END__\ne\n", 2, 5, 0},
        {"Bash", "# a\necho '\n# b\n'\n", 2, 2, 0},
        {"Lua", "--[[ a\nb ]] c = 1\n-- d\n", 1, 2, 0},
        {"HTML", "<!-- a -->\n<p><!-- b\nc -->\n<i>\n", 1, 3, 0},
        {"CSS", "a {} /* b */\n// c\n", 2, 0, 0},
        {"SQL", "-- a\nselect 1; -- b\n/* c */\n", 1, 2, 0},
        {"JSON", "{\n\n}\n", 2, 0, 1},
    };
    for (const Row& row : rows)
        check(row, LineRules::Cloc);
}

TEST_CASE("only programming languages have lines of code") {
    for (const char* language :
         {"C", "C++", "Python", "Bash", "CMake", "Makefile", "SQL", "Dockerfile", "QML"})
        CHECK(kindOf(language) == "programming");
    CHECK(kindOf("HTML") == "markup");
    CHECK(kindOf("CSS") == "markup");
    CHECK(kindOf("JSON") == "data");
    CHECK(kindOf("XML") == "data");
    CHECK(kindOf("Markdown") == "prose");
    CHECK(kindOf("Text") == "prose");
    CHECK(kindOf("") == "prose");
}
