#include "core/analysis/IgnoreRules.h"

#include "core/analysis/ProjectScanner.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

using namespace exo::analysis;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

struct Case {
    const char* rules;
    const char* path;
    bool folder;
    bool ignored;
};

// Each line stands for a sentence of gitignore(5) or for a corner where matchers go wrong.
constexpr Case k_cases[]{
    {"foo", "foo", false, true},
    {"foo", "a/b/foo", false, true},
    {"foo", "foobar", false, false},
    {"/foo", "foo", false, true},
    {"/foo", "a/foo", false, false},
    {"a/foo", "a/foo", false, true},
    {"a/foo", "b/a/foo", false, false},
    {"foo/", "foo", true, true},
    {"foo/", "foo", false, false},
    {"foo/", "a/foo", true, true},
    {"*.o", "x.o", false, true},
    {"*.o", "a/b/x.o", false, true},
    {"*.o", "x.oo", false, false},
    {"a/*.o", "a/x.o", false, true},
    {"a/*.o", "a/b/x.o", false, false},
    {"a/**/b", "a/b", false, true},
    {"a/**/b", "a/x/b", false, true},
    {"a/**/b", "a/x/y/b", false, true},
    {"a/**/b", "a/xb", false, false},
    {"**/foo", "foo", false, true},
    {"**/foo", "x/y/foo", false, true},
    {"**/foo/bar", "x/foo/bar", false, true},
    {"**/foo/bar", "x/foo/y/bar", false, false},
    {"foo/**", "foo/a", false, true},
    {"foo/**", "foo/a/b", false, true},
    {"foo/**", "foo", true, false},
    {"foo**bar", "fooxbar", false, true},
    {"a/foo**bar", "a/foox/bar", false, false},
    {"fo?", "foo", false, true},
    {"fo?", "fo", false, false},
    {"a/?", "a/b", false, true},
    {"a?b", "a/b", false, false},
    {"[a-c]x", "bx", false, true},
    {"[a-c]x", "dx", false, false},
    {"[!a-c]x", "dx", false, true},
    {"[^a-c]x", "bx", false, false},
    {"[]-]x", "]x", false, true},
    {"[[:digit:]]x", "7x", false, true},
    {"[[:digit:]]x", "ax", false, false},
    {"[ab", "[ab", false, false},
    {"#foo", "#foo", false, false},
    {"\\#foo", "#foo", false, true},
    {"\\!foo", "!foo", false, true},
    {"foo ", "foo", false, true},
    {"foo\\ ", "foo ", false, true},
    {"foo\r", "foo", false, true},
    {"f\\oo", "foo", false, true},
    {"\\*", "*", false, true},
    {"\\*", "x", false, false},
    {"*.log\n!keep.log", "keep.log", false, false},
    {"*.log\n!keep.log", "other.log", false, true},
    {"!keep.log\n*.log", "keep.log", false, true},
    {"*\n!*.c", "x.c", false, false},
    {"*\n!*.c", "x.h", false, true},
    {"/*\n!/src", "src", true, false},
    {"/*\n!/src", "doc", true, true},
    {"***/x", "a/x", false, true},
    {"/", "x", false, false},
    {"\xEF\xBB\xBF"
     "foo",
     "foo", false, true},
    {"日志*", "日志1", false, true},
    {"doc/*.txt", "doc/notes.txt", false, true},
    {"doc/frotz/", "a/doc/frotz", true, false},
};

bool haveGit() {
    return std::system("git --version >/dev/null 2>&1") == 0;
}

std::set<std::string> listed(const std::filesystem::path& root) {
    auto safe = SafeRoot::open(root);
    REQUIRE(safe.ok());
    auto scan = scanProject(*safe, {});
    REQUIRE(scan.ok());
    std::set<std::string> paths;
    for (const auto& file : scan->files)
        paths.insert(file.path);
    return paths;
}

} // namespace

TEST_CASE("ignore rules decide as the manual says") {
    for (const Case& c : k_cases) {
        CAPTURE(c.rules);
        CAPTURE(c.path);
        const auto rules = IgnoreRules::parse(c.rules, "", "", nullptr);
        CHECK((rules && rules->ignored(c.path, c.folder)) == c.ignored);
    }
}

TEST_CASE("ignore rules decide as git does") {
    if (!haveGit()) return;
    int compared = 0;
    for (const Case& c : k_cases) {
        const TempHome repository;
        const std::string quiet = "cd " + repository.path().string() + " && git init -q . && ";
        writeText(repository / ".gitignore", c.rules);
        if (c.folder)
            std::filesystem::create_directories(repository / c.path);
        else
            writeText(repository / c.path, "x");
        // Asked without the index, for the path itself; a parent that is ignored takes it along.
        const std::string ask = quiet + "git check-ignore -q --no-index -- '" + c.path + "'";
        const int answer = std::system(ask.c_str());
        if (answer != 0 && answer != 256) continue; // git could not say
        CAPTURE(c.rules);
        CAPTURE(c.path);
        CHECK((answer == 0) == c.ignored);
        ++compared;
    }
    CHECK(compared > 40);
}

TEST_CASE("a scan lists the files git would list") {
    if (!haveGit()) return;
    const TempHome repository;
    const auto root = repository.path();
    for (const char* path : {"a.c", "a.o", "keep.o", "src/a.c", "src/a.o", "src/gen/x.c", "src/gen/keep/y.c",
                             "doc/one.txt", "doc/two.md", "deep/a/b/c/d.c", "deep/a/b/c/.gitignore",
                             "tmp/x.c", "lib/tmp/x.c", "out/x.c", "名字/文件.c"})
        writeText(root / path, "int x;\n");
    writeText(root / ".gitignore", "*.o\n!keep.o\n/tmp\ndoc/*.txt\nout/\n!out/x.c\n");
    writeText(root / "src/.gitignore", "gen/*\n!gen/keep/\n");
    writeText(root / "deep/a/b/c/.gitignore", "d.c\n");
    const std::string init = "cd " + root.string() + " && git init -q . && ";
    REQUIRE(std::system((init + "echo /lib > .git/info/exclude").c_str()) == 0);
    FILE* pipe =
        ::popen((init + "git -c core.quotePath=false ls-files --others --exclude-standard").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::set<std::string> expected;
    char line[4096];
    while (std::fgets(line, sizeof line, pipe))
        expected.insert(std::string(line, std::string_view(line).size() - 1));
    ::pclose(pipe);
    CHECK(expected.contains("src/gen/keep/y.c"));
    std::erase_if(expected, [](const std::string& path) { return path.ends_with(".o"); }); // binary by name
    CHECK(listed(root) == expected);
}

TEST_CASE("a folder inside a repository honours the rules above it") {
    const TempHome home;
    std::filesystem::create_directories(home / "repo/.git/info");
    writeText(home / "repo/.git/info/exclude", "secret.c\n");
    writeText(home / "repo/.gitignore", "*.gen.c\n/part/skip/\n");
    writeText(home / "repo/part/a.c", "x\n");
    writeText(home / "repo/part/a.gen.c", "x\n");
    writeText(home / "repo/part/secret.c", "x\n");
    writeText(home / "repo/part/skip/b.c", "x\n");
    CHECK(listed(home / "repo/part") == std::set<std::string>{"a.c"});
}

TEST_CASE("a root that the repository above ignores is scanned all the same") {
    const TempHome home;
    std::filesystem::create_directories(home / "repo/.git");
    writeText(home / "repo/.gitignore", "scratch/\n*.c\n");
    writeText(home / "repo/scratch/a.c", "x\n");
    CHECK(listed(home / "repo/scratch") == std::set<std::string>{"a.c"});
}

TEST_CASE("a hostile pattern costs no more than pattern times path") {
    std::string pattern;
    for (int i = 0; i < 300; ++i)
        pattern += "*a";
    const auto rules = IgnoreRules::parse(pattern + "b", "", "", nullptr);
    REQUIRE(rules != nullptr);
    CHECK_FALSE(rules->ignored(std::string(4000, 'a'), false)); // a backtracking matcher would not come back
}
