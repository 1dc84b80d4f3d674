#include "core/analysis/retrieve/SymbolSearch.h"

#include "core/analysis/retrieve/DocComment.h"
#include "tests/support/AnalysedTree.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::analysis;
using exo::test::AnalysedTree;
using exo::test::Files;

namespace {

std::vector<std::string> namesOf(const AnalysedTree& tree, std::string_view question,
                                 std::size_t limit = 10) {
    std::vector<std::string> names;
    const SymbolSearch& search = tree.project->symbols();
    for (const SymbolHit& hit : search.find(question, limit)) {
        const auto symbol = search.symbol(hit);
        names.push_back(symbol ? std::string(symbol->name) : search.result().report().files[hit.file].path);
    }
    return names;
}

const std::map<std::string, std::string> k_fields{
    {"a_name.c", "int evict(int x) {\n    return x;\n}\n"},
    {"b_signature.c", "int drop(struct evict *kind) {\n    return 1;\n}\n"},
    {"c_comment.c", "/* Used to evict the oldest entry. */\nint purge(int x) {\n    return x + 2;\n}\n"},
    {"d_body.c", "int other(int x) {\n    return evict(x);\n}\n"}};

} // namespace

TEST_CASE("the name weighs more than the signature, the comment, the body, in this order") {
    const AnalysedTree tree(k_fields);
    const auto names = namesOf(tree, "evict");
    REQUIRE(names.size() >= 4);
    CHECK(names[0] == "evict");
    CHECK(names[1] == "drop");
    CHECK(names[2] == "purge");
    CHECK(names[3] == "other");
}

TEST_CASE("identifiers are found by their parts at case, underscore and digit, the whole first") {
    const AnalysedTree tree(Files{{"x.js", "function maxFileSize() { return 1; }\n"
                                           "function read_utf16_block() { return 2; }\n"
                                           "function maxfile() { return 3; }\n"
                                           "function parseHTTPHeader() { return 4; }\n"}});
    CHECK(namesOf(tree, "maxFileSize").front() == "maxFileSize");
    CHECK(namesOf(tree, "file size").front() == "maxFileSize");
    CHECK(namesOf(tree, "utf16 block").front() == "read_utf16_block");
    CHECK(namesOf(tree, "utf").front() == "read_utf16_block");
    CHECK(namesOf(tree, "http header").front() == "parseHTTPHeader");
}

TEST_CASE("a Chinese comment is found by its words") {
    const AnalysedTree tree(
        Files{{"cart.py", "# 计算购物车的总价\ndef amount(items):\n    return sum(items)\n"},
              {"user.py", "# 校验用户的密码\ndef check(user):\n    return True\n"}});
    CHECK(namesOf(tree, "购物车总价在哪里计算？").front() == "amount");
    CHECK(namesOf(tree, "密码校验").front() == "check");
}

TEST_CASE("a docstring and a comment above count for their function") {
    const AnalysedTree tree(Files{
        {"m.py", "def a():\n    \"\"\"Frobnicates the widget.\n\n    Twice.\n    \"\"\"\n    return 1\n"},
        {"m.rs", "/// Quuxes all the things\n#[inline]\nfn b() -> i32 { 2 }\n"}});
    CHECK(namesOf(tree, "frobnicate widget").front() == "a");
    CHECK(namesOf(tree, "quuxes").front() == "b");
}

TEST_CASE("nothing is found when only a small part of the question fits, or nothing at all") {
    const AnalysedTree tree(k_fields);
    CHECK(namesOf(tree, "kubernetes deployment manifest").empty());
    CHECK(namesOf(tree, "evict kubernetes deployment manifests yaml").empty());
    CHECK(namesOf(tree, "").empty());
    CHECK(namesOf(tree, "where is the").empty());
    CHECK_FALSE(namesOf(tree, "evict oldest entry").empty());
}

TEST_CASE("a file is found by its name, and the limit holds") {
    const AnalysedTree tree(Files{{"src/scheduler.go", "package src\n\nfunc Run() {}\n"},
                                  {"src/other.go", "package src\n\nfunc Stop() {}\n"}});
    CHECK(namesOf(tree, "scheduler").front() == "src/scheduler.go");
    CHECK(namesOf(tree, "src", 1).size() == 1);
}

TEST_CASE("the comment above a definition") {
    const std::vector<std::string_view> lines{"int a;",       "/* one",  "   two */", "static int f(void)",
                                              "#include <x>", "int g()", "// three",  "@decorator",
                                              "def h():"};
    CHECK(startWithComment(lines, 4) == 2);
    CHECK(startWithComment(lines, 6) == 6); // a directive is no comment
    CHECK(startWithComment(lines, 9) == 7);
    CHECK(startWithComment(lines, 1) == 1);
    CHECK(docCommentOf(lines, 4, 4).find("two") != std::string::npos);
    CHECK(docCommentOf(lines, 99, 99).empty());
}

TEST_CASE("an edited project is searched as if it had been read anew") {
    AnalysedTree tree(k_fields);
    const auto checkSame = [&] {
        const auto fresh = exo::test::knownFolder(tree.root);
        for (const char* question : {"evict", "drop", "oldest entry", "newest entry", "brand_new_name",
                                     "purge other", "int", "value", "c_comment", "nowhere"}) {
            CAPTURE(question);
            for (const std::size_t limit : {2U, 50U}) {
                const auto is = tree.project->symbols().find(question, limit);
                const auto should = fresh->symbols().find(question, limit);
                REQUIRE(is.size() == should.size());
                for (std::size_t i = 0; i < is.size(); ++i) {
                    CHECK(is[i].file == should[i].file);
                    CHECK(is[i].symbol == should[i].symbol);
                    CHECK(is[i].score == doctest::Approx(should[i].score));
                    CHECK(is[i].coverage == doctest::Approx(should[i].coverage));
                }
            }
        }
    };
    checkSame();
    tree.edit("c_comment.c",
              "/* Used to evict the newest entry. */\nint purge(int x) {\n    return x + 2;\n}\n"
              "int more(int value) {\n    return evict(value) + evict(1);\n}\n");
    checkSame();
    tree.edit("a_name.c", "int brand_new_name(int x) {\n    return x;\n}\n");
    tree.edit("d_body.c",
              "int other(int x) {\n    return brand_new_name(x);\n}\n"); // two, and no question between
    checkSame();
    tree.edit("a_name.c", "int evict(int x) {\n    return x;\n}\n");
    checkSame();
    tree.edit("b_signature.c", "");
    checkSame();
}
