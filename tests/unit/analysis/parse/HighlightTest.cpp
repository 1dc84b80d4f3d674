#include "core/analysis/parse/Highlight.h"

#include <doctest/doctest.h>

#include <map>
#include <sstream>

using namespace exo;
using namespace exo::analysis;

namespace {

Highlighted coloured(std::string_view path, std::string_view text) {
    auto made = highlight(path, text, std::chrono::seconds(20));
    REQUIRE(made.ok());
    std::uint32_t end = 0;
    for (const auto& span : made->spans) {
        REQUIRE(span.start >= end);
        REQUIRE(span.length > 0);
        end = span.start + span.length;
        REQUIRE(end <= text.size());
    }
    return std::move(*made);
}

// "keyword:int function:main …"
std::string told(std::string_view path, std::string_view text) {
    std::string out;
    for (const auto& span : coloured(path, text).spans) {
        if (!out.empty()) out += ' ';
        out += std::string(api::nameOf(span.kind)) + ':' + std::string(text.substr(span.start, span.length));
    }
    return out;
}

std::string foldsOf(std::string_view path, std::string_view text) {
    std::ostringstream out;
    for (const auto& fold : coloured(path, text).folds)
        out << fold.startLine << '-' << fold.endLine << ' ';
    return out.str();
}

} // namespace

TEST_CASE("keywords, strings, comments, numbers and names of functions have their colours") {
    struct Row {
        const char *path, *text, *expected;
    };
    const Row rows[] = {
        {"a.c", "static int f(void) { return g(1, \"x\\n\"); } // end\n",
         "keyword:static keyword:int function:f keyword:void keyword:return function:g number:1 "
         "string:\"x\\n\" "
         "comment:// end"},
        {"a.py", "def f(a):\n    return h.g(f'{a} b', None)\n",
         "keyword:def function:f keyword:return function:g string:f' string: b' keyword:None"},
        {"a.ts", "export const f = (a: string) => `x${g(a)}y`;\n",
         "keyword:export keyword:const keyword:string string:`x function:g string:y`"},
        {"a.go", "func f() { var a = 1.5 }\n", "keyword:func function:f keyword:var number:1.5"},
        {"a.rs", "fn f() -> bool { true }\n", "keyword:fn function:f keyword:bool keyword:true"},
        {"a.java", "class A { void f() { g('c'); } }\n",
         "keyword:class keyword:void function:f function:g string:'c'"},
        {"a.sh", "if true; then echo \"a $b\"; fi # c\n",
         "keyword:if function:true keyword:then function:echo string:\"a  string:\" keyword:fi comment:# c"},
        {"a.json", "{\"k\": [1, \"v\", null]}\n", "function:\"k\" number:1 string:\"v\" keyword:null"},
        {"a.unknown", "int f(void)\n", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.path);
        CHECK(told(row.path, row.text) == row.expected);
    }
}

TEST_CASE("what spans lines can be folded, the closing line stays") {
    CHECK(foldsOf("a.c", "/* a\n b */\nint f(void)\n{\n  if (1) {\n    g(1,\n      2);\n  }\n}\n") ==
          "1-2 4-8 5-7 ");
    CHECK(foldsOf("a.py", "def f(a,\n      b):\n    x = 1\n    y = 2\n\nz = 1\n") == "2-4 ");
    CHECK(foldsOf("a.json", "{\n \"a\": [\n 1\n ]\n}\n") == "1-4 2-3 ");
}

TEST_CASE("damaged and hostile text is coloured as far as it goes") {
    CHECK(told("a.c", "int f( { return \"open\n").starts_with("keyword:int"));
    std::string deep;
    for (int i = 0; i < 50'000; ++i)
        deep += "(";
    (void)coloured("a.c", "int x = " + deep);
    (void)coloured("a.js", "`${`${`${`${`${");
    (void)coloured("a.py", std::string("\xE4\xB8\xAD = '\xE6\x96\x87'\n"));
    const auto late = highlight("a.c", "int x;\n" + std::string(4 << 20, 'a'), std::chrono::milliseconds(0));
    CHECK((late.ok() || late.error().code == ErrorCode::WorkTimeout));
}
