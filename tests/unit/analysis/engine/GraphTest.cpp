#include "core/analysis/engine/Cycles.h"
#include "core/analysis/engine/IncludeResolver.h"

#include <doctest/doctest.h>

using namespace exo::analysis;

namespace {

struct Row {
    Language language;
    const char* from;
    const char* text;
    const char* expected; // "" for none
    bool system = false;
    std::vector<std::string> names = {};
};

std::string resolved(const std::vector<std::string>& paths, const Row& row) {
    const IncludeResolver resolver(paths, {{"", "example.org/app"}, {"sub", "example.org/app/other"}});
    std::uint32_t from = 0;
    for (std::uint32_t i = 0; i < paths.size(); ++i)
        if (paths[i] == row.from) from = i;
    REQUIRE(paths[from] == row.from);
    IncludeRecord include;
    include.text = row.text;
    include.system = row.system;
    include.names = row.names;
    const std::int32_t index = resolver.resolve(row.language, from, include);
    return index < 0 ? "" : paths[static_cast<std::size_t>(index)];
}

void checkAll(const std::vector<std::string>& paths, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        CAPTURE(row.from);
        CAPTURE(row.text);
        CHECK(resolved(paths, row) == row.expected);
    }
}

} // namespace

TEST_CASE("C includes: own folder first, then what looks like a search path") {
    const std::vector<std::string> paths{
        "deps/lua/src/lua.h", "include/net/a.h", "lib/a.h", "src/a.h", "src/b.c",
        "src/string.h",       "tests/t.c"};
    checkAll(paths, {{Language::C, "src/b.c", "a.h", "src/a.h"},
                     {Language::C, "src/b.c", "../lib/a.h", "lib/a.h"},
                     {Language::C, "src/b.c", "net/a.h", "include/net/a.h"},
                     {Language::Cpp, "src/b.c", "net/a.h", "include/net/a.h", true},
                     {Language::C, "src/b.c", "lua.h", "deps/lua/src/lua.h", true},
                     {Language::C, "src/b.c", "string.h", "", true},
                     {Language::C, "src/b.c", "string.h", "src/string.h"},
                     {Language::C, "tests/t.c", "../src/a.h", "src/a.h"},
                     {Language::C, "tests/t.c", "../../../etc/passwd", ""},
                     {Language::C, "tests/t.c", "none.h", ""}});
}

TEST_CASE("Python imports: relative, from a package, from a folder of sources") {
    const std::vector<std::string> paths{"pkg/__init__.py", "pkg/a.py",     "pkg/sub/__init__.py",
                                         "pkg/sub/b.py",    "src/lib/c.py", "tool.py"};
    checkAll(paths, {{Language::Python, "pkg/sub/b.py", ".", "pkg/sub/__init__.py"},
                     {Language::Python, "pkg/sub/b.py", "..a", "pkg/a.py"},
                     {Language::Python, "pkg/a.py", ".sub", "pkg/sub/b.py", false, {"b"}},
                     {Language::Python, "pkg/a.py", ".", "pkg/a.py", false, {"a"}},
                     {Language::Python, "tool.py", "pkg.sub.b", "pkg/sub/b.py"},
                     {Language::Python, "tool.py", "pkg", "pkg/__init__.py"},
                     {Language::Python, "tool.py", "lib.c", "src/lib/c.py"},
                     {Language::Python, "tool.py", "os.path", ""},
                     {Language::Python, "pkg/a.py", "tool", "tool.py"}});
}

TEST_CASE("JavaScript and TypeScript: endings, index files, packages left alone") {
    const std::vector<std::string> paths{"src/a.ts", "src/b/index.tsx", "src/c.js", "src/main.ts"};
    checkAll(paths, {{Language::TypeScript, "src/main.ts", "./a", "src/a.ts"},
                     {Language::TypeScript, "src/main.ts", "./a.js", "src/a.ts"},
                     {Language::TypeScript, "src/main.ts", "./b", "src/b/index.tsx"},
                     {Language::JavaScript, "src/main.ts", "@/c", "src/c.js"},
                     {Language::JavaScript, "src/main.ts", "react", ""},
                     {Language::JavaScript, "src/main.ts", "../../x", ""}});
}

TEST_CASE("Go, Java, Rust, Ruby, PHP and Bash name files in their own ways") {
    const std::vector<std::string> paths{
        "com/acme/Foo.java", "go/x.go",      "lib/util.rb", "main.go",      "r/src/lib.rs", "r/src/net.rs",
        "r/src/net/tcp.rs",  "sh/common.sh", "sh/run.sh",   "sub/other.go", "web/a.php",    "web/inc/b.php"};
    checkAll(paths, {{Language::Go, "main.go", "example.org/app/go", "go/x.go"},
                     {Language::Go, "main.go", "example.org/app/other", "sub/other.go"},
                     {Language::Go, "main.go", "fmt", ""},
                     {Language::Go, "main.go", "example.org/application", ""},
                     {Language::Java, "com/acme/Foo.java", "com.acme.Foo", "com/acme/Foo.java"},
                     {Language::Java, "com/acme/Foo.java", "com.acme.Foo.bar", "com/acme/Foo.java"},
                     {Language::Java, "com/acme/Foo.java", "java.util.List", ""},
                     {Language::Rust, "r/src/lib.rs", "crate::net::tcp::Stream", "r/src/net/tcp.rs"},
                     {Language::Rust, "r/src/net.rs", "self::tcp", "r/src/net/tcp.rs"},
                     {Language::Rust, "r/src/net/tcp.rs", "super::super::net", "r/src/net.rs"},
                     {Language::Rust, "r/src/lib.rs", "std::io", ""},
                     {Language::Ruby, "lib/util.rb", "util", "lib/util.rb"},
                     {Language::Php, "web/a.php", "inc/b.php", "web/inc/b.php"},
                     {Language::Bash, "sh/run.sh", "./common.sh", "sh/common.sh"}});
}

TEST_CASE("cycles are the components of more than one node") {
    using Lists = std::vector<std::vector<std::uint32_t>>;
    CHECK(cyclesOf({}).empty());
    CHECK(cyclesOf({{0}, {2}, {}}).empty()); // one that names itself is none
    CHECK(cyclesOf({{1}, {0}, {0}}) == Lists{{0, 1}});
    CHECK(cyclesOf({{1}, {2}, {0, 3}, {4}, {3}, {9}}) == Lists{{0, 1, 2}, {3, 4}});
}

TEST_CASE("a chain of a million files needs no stack") {
    constexpr std::uint32_t k_count = 1'000'000;
    std::vector<std::vector<std::uint32_t>> edges(k_count);
    for (std::uint32_t i = 0; i + 1 < k_count; ++i)
        edges[i] = {i + 1};
    CHECK(cyclesOf(edges).empty());
    edges.back() = {0};
    REQUIRE(cyclesOf(edges).size() == 1);
    CHECK(cyclesOf(edges)[0].size() == k_count);
}
