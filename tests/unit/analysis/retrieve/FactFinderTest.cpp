#include "core/analysis/retrieve/FactFinder.h"

#include "tests/support/AnalysedTree.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::analysis;
using exo::test::AnalysedTree;
using exo::test::Files;
using Kind = FactQuery::Kind;

namespace {

const Files k_files{
    {"src/dict.c", "#include \"dict.h\"\n\n/* Adds a pair. */\nint dictAdd(int key) {\n    if (key > 3)\n"
                   "        return dictFind(key);\n    return 0; // TODO grow\n}\n\nint dictFind(int key) "
                   "{\n    return key;\n}\n"},
    {"src/dict.h", "int dictAdd(int key);\nint dictFind(int key);\n"},
    {"src/main.c", "#include \"dict.h\"\n\nint main(void) {\n    return dictAdd(1) + dictAdd(2);\n}\n"},
    {"shop/cart.py", "class Cart:\n    def total(self):\n        return 1\n\n\nclass Bill:\n    def "
                     "total(self):\n        return 2\n"}};

ProjectFacts ask(const AnalysedTree& tree, Kind kind, std::string question, std::size_t limit = 10) {
    return findFacts(*tree.project, FactQuery{kind, tree.root.string(), std::move(question), limit});
}

std::vector<std::string> placesOf(const ProjectFacts& facts) {
    std::vector<std::string> places;
    for (const Fact& fact : facts.facts)
        places.push_back(fact.path + ":" + std::to_string(fact.startLine));
    return places;
}

} // namespace

TEST_CASE("what a question names is found by what the project knows") {
    const AnalysedTree tree(k_files);
    const auto subjects = [&](std::string_view question) { return subjectsOf(*tree.project, question); };
    CHECK(subjects("Who calls dictAdd?").names == std::vector<std::string>{"dictAdd"});
    CHECK(subjects("谁调用了dictAdd？").names == std::vector<std::string>{"dictAdd"});
    CHECK(subjects("what about `Cart.total`?").names == std::vector<std::string>{"Cart.total"});
    CHECK(subjects("which files include dict.h").files == std::vector<std::string>{"src/dict.h"});
    CHECK(subjects("src/main.c 包含了什么").files == std::vector<std::string>{"src/main.c"});
    CHECK(subjects("where is dictAddd defined?").unknown == "dictAddd");
    CHECK(subjects("how does it work?").names.empty());
}

TEST_CASE("definitions come before declarations, with their comment quoted") {
    const AnalysedTree tree(k_files);
    const auto facts = ask(tree, Kind::Definition, "where is dictAdd?");
    CHECK(placesOf(facts) == std::vector<std::string>{"src/dict.c:4", "src/dict.h:1"});
    REQUIRE_FALSE(facts.excerpts.empty());
    CHECK(facts.excerpts[0].startLine == 3);
    CHECK(facts.excerpts[0].hash == tree.project->result().hashOf("src/dict.c"));
    CHECK(placesOf(ask(tree, Kind::Definition, "where is Bill.total?")) ==
          std::vector<std::string>{"shop/cart.py:7"});
    const auto unknown = ask(tree, Kind::Definition, "where is dictAddd?");
    CHECK(unknown.facts.empty());
    CHECK(unknown.nearest == std::vector<std::string>{"dictAdd"});
}

TEST_CASE("calls both ways, uses and includes both ways") {
    const AnalysedTree tree(k_files);
    const auto callers = ask(tree, Kind::Callers, "who calls dictAdd?");
    CHECK(callers.total == 2);
    CHECK(callers.facts[0].name == "main");
    CHECK(callers.facts[0].text == "return dictAdd(1) + dictAdd(2);");
    CHECK(ask(tree, Kind::Callees, "what does dictAdd call?").facts[0].name == "dictFind");
    CHECK(ask(tree, Kind::References, "where is dictFind used?").total == 3);
    CHECK(placesOf(ask(tree, Kind::IncludedBy, "who includes dict.h?")) ==
          std::vector<std::string>{"src/dict.c:1", "src/main.c:1"});
    CHECK(ask(tree, Kind::Includes, "what does src/main.c include?").facts[0].note == "src/dict.h");
    CHECK(ask(tree, Kind::Callers, "who calls dictAdd?", 1).facts.size() == 1);
}

TEST_CASE("what is counted comes in order") {
    const AnalysedTree tree(k_files);
    CHECK(ask(tree, Kind::Largest, "largest files").facts[0].path == "src/dict.c");
    CHECK(ask(tree, Kind::Largest, "最长的函数").facts[0].name == "dictAdd");
    CHECK(ask(tree, Kind::MostComplex, "most complex").facts[0].complexity == 2);
    CHECK(ask(tree, Kind::History, "what changes most").facts.empty());
    CHECK(ask(tree, Kind::Duplicates, "duplicates").facts.empty());
}

TEST_CASE("the largest files are those of code, unless others are asked about") {
    std::string lines;
    for (int i = 0; i < 200; ++i)
        lines += "1\n";
    Files files = k_files;
    files["package-lock.json"] = "[\n" + lines + "]\n";
    files["data/table.csv"] = lines;
    files["Cargo.lock"] = "a = 1\nb = 2\n";
    files["README.md"] = lines + lines;
    const AnalysedTree tree(files);
    const auto first = [&](std::string question) {
        const auto facts = ask(tree, Kind::Largest, std::move(question));
        return facts.facts.empty() ? Fact() : facts.facts[0];
    };
    const auto all = ask(tree, Kind::Largest, "Which are the largest files?");
    CHECK(all.total == 4);
    CHECK(all.facts.at(0).path == "src/dict.c");
    CHECK(all.facts[0].text.empty());
    CHECK(first("最大的文件有哪些？").path == "src/dict.c");
    CHECK(first("the largest files that hold lists").path == "src/dict.c");
    CHECK(first("the largest JSON files").path == "package-lock.json");
    CHECK(first("最大的 JSON 文件").text == "data");
    CHECK(first("largest data files").path == "package-lock.json");
    CHECK(first("largest CSV").path == "data/table.csv");
    CHECK(first("largest lock files").path == "Cargo.lock");
    CHECK(first("最大的文档").path == "README.md");
    const AnalysedTree prose(Files{{"a.md", "a\n"}, {"b.md", "b\n\nb\n"}});
    CHECK(placesOf(ask(prose, Kind::Largest, "largest files")) ==
          std::vector<std::string>{"b.md:0", "a.md:0"});
}

TEST_CASE("what changes most: files, or the functions of them when these are asked for") {
    AnalysedTree tree(k_files);
    api::AnalysisHotspot dict, cart;
    dict.path = "src/dict.c";
    dict.revisions = 9;
    dict.owner = "Ann";
    dict.functions = {{"dictFind", 10, 12, 2, 1, 0.1}, {"dictAdd", 4, 8, 7, 2, 0.9}};
    cart.path = "shop/cart.py";
    cart.revisions = 12;
    cart.functions = {{"Cart.total", 2, 3, 5, 1, 0.5}};
    tree.again([&](api::AnalysisReport& report) { report.hotspots = {dict, cart}; });
    CHECK(ask(tree, Kind::History, "what changes most").facts.at(0).path == "shop/cart.py");
    const auto functions = ask(tree, Kind::History, "which functions changed most?");
    CHECK(functions.total == 3);
    CHECK(placesOf(functions) == std::vector<std::string>{"src/dict.c:4", "shop/cart.py:2", "src/dict.c:10"});
    CHECK(functions.facts[0].name == "dictAdd");
    CHECK(functions.facts[0].count == 7);
    CHECK(ask(tree, Kind::History, "改动最多的函数").facts.at(0).text == "int dictAdd(int key) {");
    CHECK(placesOf(ask(tree, Kind::History, "which function of shop/cart.py changes most")) ==
          std::vector<std::string>{"shop/cart.py:2"});
}

TEST_CASE("duplicates and files that change together are those of the files asked about") {
    AnalysedTree tree(k_files);
    tree.again([](api::AnalysisReport& report) {
        report.duplicates = {
            {90, 30, false, {{"src/main.c", 1, 5}, {"src/dict.c", 4, 8}}},
            {60, 20, false, {{"src/main.c", 1, 4}, {"src/dict.h", 1, 2}}},
            {30, 10, false, {{"src/dict.c", 1, 4}, {"src/dict.c", 5, 8}, {"src/dict.h", 1, 2}}}};
        report.coupling = {{"shop/cart.py", "src/main.c", 9, 0.9}, {"src/dict.c", "src/dict.h", 5, 0.5}};
    });
    const auto duplicates = [&](const char* question) {
        return placesOf(ask(tree, Kind::Duplicates, question));
    };
    using Places = std::vector<std::string>;
    CHECK(duplicates("duplicates") == Places{"src/main.c:1", "src/main.c:1", "src/dict.c:1"});
    CHECK(duplicates("duplicates in dict.h") == Places{"src/dict.h:1", "src/dict.h:1"});
    CHECK(duplicates("duplication between dict.c and dict.h") ==
          Places{"src/dict.c:1", "src/dict.c:4", "src/dict.h:1"}); // in both of them first
    CHECK(ask(tree, Kind::Duplicates, "duplication between dict.c and dict.h").facts[0].text ==
          "src/dict.h:1-2");
    CHECK(duplicates("cart.py 有重复代码吗").empty());
    CHECK(ask(tree, Kind::Coupling, "which files change together?").total == 2);
    const auto together = ask(tree, Kind::Coupling, "what changes together with dict.h?");
    REQUIRE(together.total == 1);
    CHECK(together.facts[0].path == "src/dict.h");
    CHECK(together.facts[0].text == "src/dict.c");
    CHECK(together.facts[0].count == 5);
}

TEST_CASE("a file that changed since it was analysed gives no lines") {
    const AnalysedTree tree(k_files);
    exo::test::writeText(tree.root / "src/main.c", "\n\n\n\n\n\nint main(void) { return dictAdd(1); }\n");
    CHECK(ask(tree, Kind::Callers, "who calls dictAdd?").facts.empty());
    exo::test::writeText(tree.root / "src/dict.c", "int other;\n");
    const auto facts = ask(tree, Kind::Definition, "where is dictAdd?");
    CHECK(placesOf(facts) == std::vector<std::string>{"src/dict.h:1"});
    for (const Excerpt& excerpt : facts.excerpts)
        CHECK(excerpt.path != "src/dict.c");
}
