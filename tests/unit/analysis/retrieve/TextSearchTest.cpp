#include "core/analysis/retrieve/TextSearch.h"

#include "tests/support/AnalysedTree.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::analysis;
using exo::test::AnalysedTree;
using exo::test::Files;

namespace {

const std::map<std::string, std::string> k_files{{"a.c", "int a;\nint needle;\n\nint b; int needle2;\n"},
                                                 {"docs/手册.md", "# 标题\n\n这里有针。\n"},
                                                 {"lib/b.py", "x = 'Needle'\ny = 2\n"},
                                                 {"server.key", "needle in a private key\n"}};

std::vector<std::string> find(const AnalysedTree& tree, TextQuery query) {
    const auto found = searchText(tree.project->result(), tree.project->root(), query);
    REQUIRE(found.ok());
    std::vector<std::string> places;
    for (const TextHit& hit : found->hits)
        places.push_back(hit.path + ":" + std::to_string(hit.line) + ":" + std::to_string(hit.column));
    return places;
}

TextQuery literal(std::string text) {
    TextQuery query;
    query.pattern = std::move(text);
    return query;
}
TextQuery regex(std::string text) {
    TextQuery query = literal(std::move(text));
    query.syntax = TextQuery::Syntax::Regex;
    return query;
}

} // namespace

TEST_CASE("lines are found with their place, a line once, keys never") {
    const AnalysedTree tree(k_files);
    CHECK(find(tree, literal("needle")) == std::vector<std::string>{"a.c:2:5", "a.c:4:12"});
    CHECK(find(tree, literal("有针")) == std::vector<std::string>{"docs/手册.md:3:7"});
    CHECK(find(tree, literal("nothing like it")).empty());
    TextQuery any = literal("needle");
    any.letters = TextQuery::Case::Ignore;
    CHECK(find(tree, any).size() == 3);
    any.glob = "*.py";
    CHECK(find(tree, any) == std::vector<std::string>{"lib/b.py:1:6"});
    any.glob = "lib";
    CHECK(find(tree, any).size() == 1);
}

TEST_CASE("expressions match within lines; what RE2 refuses is told") {
    const AnalysedTree tree(k_files);
    CHECK(find(tree, regex("^int [ab];")) == std::vector<std::string>{"a.c:1:1", "a.c:4:1"});
    CHECK(find(tree, regex("needle\\d$|needle2;$")) == std::vector<std::string>{"a.c:4:12"});
    CHECK(find(tree, literal("int [ab]")).empty());
    for (const char* bad : {"(", "a{2000}{2000}", "(?<!x)y", ""})
        CHECK(searchText(tree.project->result(), tree.project->root(), regex(bad)).error().code ==
              ErrorCode::InvalidRequest);
    // An empty match is on every line, but never behind the last.
    CHECK(find(tree, [] {
              TextQuery query = regex("x*");
              query.glob = "lib/b.py";
              return query;
          }()) == std::vector<std::string>{"lib/b.py:1:1", "lib/b.py:2:1"});
}

TEST_CASE("bounds: hits, hits of a file, and being told to stop") {
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += "same line\n";
    const AnalysedTree tree(Files{{"a.txt", many}, {"b.txt", many}});
    TextQuery query = literal("same");
    query.maxHits = 30;
    auto found = searchText(tree.project->result(), tree.project->root(), query);
    REQUIRE(found.ok());
    CHECK(found->hits.size() == 30);
    CHECK(found->cut);
    CHECK(found->hits[19].path == "a.txt");
    CHECK(found->hits[20].path == "b.txt");
    const std::atomic<bool> stop = true;
    query.cancelled = &stop;
    CHECK(searchText(tree.project->result(), tree.project->root(), query).error().code ==
          ErrorCode::Cancelled);
    query.cancelled = nullptr;
    query.maxTime = std::chrono::milliseconds(-1);
    CHECK(searchText(tree.project->result(), tree.project->root(), query)->cut);
}

TEST_CASE("a file that became a link out of the project is not read") {
    AnalysedTree tree(Files{{"a.c", "int needle;\n"}});
    exo::test::writeText(tree.home.path() / "outside.c", "int needle = 1;\n");
    std::filesystem::remove(tree.root / "a.c");
    std::filesystem::create_symlink(tree.home.path() / "outside.c", tree.root / "a.c");
    CHECK(find(tree, literal("needle")).empty());
}

TEST_CASE("of many files the first hits by path are told, whoever reads them") {
    std::map<std::string, std::string> files;
    for (int i = 100; i < 400; ++i)
        files["f" + std::to_string(i) + ".c"] =
            i % 3 == 0 ? "int other;\n" : "int x;\nint many; // many\nint many2;\n";
    const AnalysedTree tree(files);
    std::vector<std::string> all;
    for (const auto& [path, text] : files)
        if (text.find("many") != std::string::npos) all.insert(all.end(), {path + ":2:5", path + ":3:5"});
    TextQuery query = literal("many");
    query.maxHits = 1000;
    CHECK(find(tree, query) == all);
    for (const std::size_t most : {1, 2, 15, 16, 17, 100, 399}) {
        query.maxHits = most;
        const auto found = searchText(tree.project->result(), tree.project->root(), query);
        REQUIRE(found.ok());
        CHECK(found->cut);
        CHECK(find(tree, query) ==
              std::vector<std::string>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(most)));
        CHECK(found->filesRead < most + 3);
    }
    query.maxHits = 400;
    const auto whole = searchText(tree.project->result(), tree.project->root(), query);
    REQUIRE(whole.ok());
    CHECK_FALSE(whole->cut);
    CHECK(whole->files == 300);
    CHECK(whole->filesRead == 300);
    query.maxHitsOfFile = 1;
    const auto one = searchText(tree.project->result(), tree.project->root(), query);
    REQUIRE(one.ok());
    CHECK(one->cut);
    CHECK(one->hits.size() == 200);
    const std::atomic<bool> cancelled = true;
    query.cancelled = &cancelled;
    const auto stopped = searchText(tree.project->result(), tree.project->root(), query);
    REQUIRE_FALSE(stopped.ok());
    CHECK(stopped.error().code == ErrorCode::Cancelled);
}
