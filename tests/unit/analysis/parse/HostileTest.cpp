// Sources no one would write: they end in bounded time, without recursion, and keep what they can.
#include "tests/unit/analysis/parse/Analysed.h"

#include <array>
#include <atomic>

using namespace exo::analysis;

namespace {

constexpr std::array k_paths{"a.c",     "a.cpp", "a.py",  "a.js",   "a.ts",   "a.tsx",  "a.go", "a.rs",
                             "A.java",  "a.cs",  "a.rb",  "a.php",  "a.sh",   "a.json", "a.kt", "a.swift",
                             "a.scala", "a.lua", "a.css", "a.html", "a.yaml", "a.toml", "a.md", "a.sql"};

std::string repeated(std::string_view part, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i)
        out += part;
    return out;
}

} // namespace

TEST_CASE("an empty file, a lone byte, NUL bytes and invalid UTF-8 are read in every language") {
    const std::string nul("int a;\0\0\0void f(void) { }\n", 26);
    for (const char* path : k_paths) {
        INFO(std::string(path));
        CHECK(analysed(path, "").lines.total() == 0);
        CHECK(analysed(path, "(").lines.total() == 1);
        CHECK(analysed(path, "\n\n").lines.blank == 2);
        CHECK(analysed(path, nul).lines.total() == 1);
        CHECK(analysed(path, "\xff\xfe\xc3(\x80\n\xf0\x9f").lines.total() == 2);
    }
}

TEST_CASE("twenty thousand nested brackets neither recurse nor run away") {
    AnalyseOptions options;
    options.parseLimit = std::chrono::seconds(60);
    for (const char* path : {"a.c", "a.cpp", "a.js", "a.json", "a.py", "A.java", "a.go", "a.rs"}) {
        INFO(std::string(path));
        for (const char* bracket : {"(", "[", "{"})
            CHECK(analysed(path, repeated(bracket, 20'000), options).lines.total() == 1);
    }
    std::string closed = "[";
    closed += repeated("[", 20'000) + repeated("]", 20'000) + "]";
    CHECK(analysed("a.json", closed, options).parseErrors == 0);
    CHECK(
        analysed("a.c", "void f(void) {" + repeated("if (a) {", 5'000) + repeated("}", 5'000) + "}", options)
            .functions.size() == 1);
    CHECK(analysed("a.c", repeated("#if A\n{\n", 10'000) + repeated("#endif\n", 10'000), options)
              .lines.total() == 30'000);
}

TEST_CASE("names, macros and operators without end neither recurse nor run away") {
    for (const std::string_view piece : {"A::", "MAX ", "MAX(a) ", "a->*", "T<", "*MAX ", "enum : ",
                                         "operator+", "= delete ", "(T * = ", "template <class T> MAX(T) "}) {
        CAPTURE(std::string(piece));
        std::string source;
        while (source.size() < 400'000)
            source += piece;
        AnalyseOptions options;
        options.parseLimit = std::chrono::seconds(60);
        FileAnalyser analyser;
        // The parser may give up; what comes before it may not.
        const auto record = analyser.analyse("a.cpp", source, options);
        CHECK((record.ok() || record.error().code == exo::ErrorCode::WorkTimeout));
    }
}

TEST_CASE("a line of two megabytes is a line") {
    AnalyseOptions options;
    options.parseLimit = std::chrono::seconds(60);
    CHECK(analysed("a.js", repeated("a(1);", 400'000), options).calls.size() == 400'000);
    CHECK(analysed("a.c", "int a[] = {" + repeated("0x12, ", 350'000) + "};", options).lines.code == 1);
    CHECK(analysed("a.cpp", repeated("A<", 20'000), options).lines.code == 1);
}

TEST_CASE("a file cut anywhere is read to its end") {
    const std::string source = "#include <a.h>\n/* x */\nstatic int f(int a, char *b)\n{\n#if A\n  if (a) "
                               "return \"x\\\"\"[0];\n#endif\n}\n";
    for (std::size_t size = 0; size <= source.size(); ++size) {
        const FileRecord record = analysed("a.c", std::string_view(source).substr(0, size));
        CHECK(record.bytes == size);
    }
}

TEST_CASE("cancelling and a limit of time end the work with their errors") {
    FileAnalyser analyser;
    AnalyseOptions options;
    options.parseLimit = std::chrono::milliseconds(-1);
    const std::string big = repeated("void f(void) { if (a) g(); }\n", 20'000);
    auto late = analyser.analyse("a.c", big, options);
    REQUIRE(!late.ok());
    CHECK(late.error().code == exo::ErrorCode::WorkTimeout);
    std::atomic<bool> cancelled{true};
    options.parseLimit = std::chrono::seconds(60);
    options.cancelled = &cancelled;
    auto stopped = analyser.analyse("a.c", big, options);
    REQUIRE(!stopped.ok());
    CHECK(stopped.error().code == exo::ErrorCode::Cancelled);
    cancelled = false;
    CHECK(analyser.analyse("a.c", "int x;", options).ok()); // the parser is as new
}
