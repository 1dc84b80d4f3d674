#include "core/analysis/retrieve/RepoMap.h"

#include "tests/support/AnalysedTree.h"

#include <doctest/doctest.h>

#include <numeric>

using namespace exo;
using namespace exo::analysis;
using exo::test::AnalysedTree;
using exo::test::Files;

namespace {

constexpr double k_close = 2e-3;

const std::map<std::string, std::string> k_program{
    {"core.py", "class Engine:\n    def ignite(self, fuel):\n        return fuel\n\n\ndef make_engine():\n   "
                " return Engine()\n"},
    {"car.py", "from core import make_engine\n\n\ndef drive():\n    make_engine().ignite(1)\n"},
    {"boat.py", "from core import make_engine\n\n\ndef sail():\n    make_engine().ignite(2)\n"},
    {"radio.py", "def play_music(volume):\n    return volume\n"},
    {"main.py", "from car import drive\nfrom boat import sail\n\ndrive()\nsail()\n"}};

std::size_t placeOf(const RepoMapText& map, const AnalysedTree& tree, std::string_view path) {
    for (std::size_t i = 0; i < map.files.size(); ++i)
        if (tree.project->result().report().files[map.files[i].file].path == path) return i;
    return map.files.size();
}

} // namespace

TEST_CASE("ranks of a known graph: a cycle is even, a sink gathers, the sum is 1") {
    const FileGraph cycle(3, {{0, 1, 1}, {1, 2, 5}, {2, 0, 0.1F}});
    for (const double rank : cycle.rank({}))
        CHECK(rank == doctest::Approx(1.0 / 3).epsilon(k_close));

    // 0 → 2, 1 → 2: by hand with damping 0.85 and idle rank going back to all alike.
    const FileGraph sink(3, {{0, 2, 1}, {1, 2, 1}});
    const auto ranks = sink.rank({});
    CHECK(std::accumulate(ranks.begin(), ranks.end(), 0.0) == doctest::Approx(1).epsilon(k_close));
    const double low = 1 / (3 + 2 * 0.85), high = 1 - 2 * low; // r = 0.05 + 0.85·(1−2r)/3, solved
    CHECK(ranks[0] == doctest::Approx(low).epsilon(k_close));
    CHECK(ranks[1] == doctest::Approx(low).epsilon(k_close));
    CHECK(ranks[2] == doctest::Approx(high).epsilon(k_close));
}

TEST_CASE("edges given twice add up, and heavier edges carry more") {
    const FileGraph graph(3, {{0, 1, 1}, {0, 2, 1}, {0, 2, 2}});
    CHECK(graph.edges() == 2);
    const auto ranks = graph.rank({1, 0, 0});
    CHECK(ranks[2] > 2.5 * ranks[1]);
    CHECK(ranks[0] > ranks[2]); // where the reader starts
}

TEST_CASE("an empty graph, and one without edges") {
    CHECK(FileGraph(0, {}).rank({}).empty());
    const auto ranks = FileGraph(2, {}).rank({0, 3});
    CHECK(ranks[0] == doctest::Approx(0));
    CHECK(ranks[1] == doctest::Approx(1));
}

TEST_CASE("the file others lean on comes first in the map") {
    const AnalysedTree tree(k_program);
    const auto map = repoMap(tree.project->symbols(), tree.project->graph(), {});
    REQUIRE_FALSE(map.files.empty());
    CHECK(placeOf(map, tree, "core.py") == 0);
    CHECK(placeOf(map, tree, "radio.py") > placeOf(map, tree, "car.py"));
    CHECK(map.text.find("core.py\n") != std::string::npos);
    CHECK(map.text.find("6: def make_engine()") != std::string::npos);
}

TEST_CASE("a question draws the map around what it is about, a focus around its file") {
    const AnalysedTree tree(k_program);
    RepoMapQuery query;
    query.question = "play music";
    CHECK(placeOf(repoMap(tree.project->symbols(), tree.project->graph(), query), tree, "radio.py") == 0);
    query.question.clear();
    query.focus = {"boat.py"};
    const auto map = repoMap(tree.project->symbols(), tree.project->graph(), query);
    CHECK(placeOf(map, tree, "boat.py") < placeOf(map, tree, "car.py"));
}

TEST_CASE("the map keeps to its budget") {
    std::map<std::string, std::string> files;
    for (int i = 0; i < 60; ++i) {
        std::string text;
        for (int f = 0; f < 20; ++f)
            text += "def function_" + std::to_string(i) + "_" + std::to_string(f) +
                    "(argument):\n    return 1\n\n\n";
        files["package/module_" + std::to_string(i) + ".py"] = text;
    }
    const AnalysedTree tree(files);
    for (const std::size_t budget : {100U, 500U, 2000U}) {
        RepoMapQuery query;
        query.maxTokens = budget;
        const auto map = repoMap(tree.project->symbols(), tree.project->graph(), query);
        CHECK(map.tokens <= budget);
        CHECK(map.tokens > budget / 2);
    }
}

TEST_CASE("private and everyday names link files less than telling ones") {
    const AnalysedTree tree(Files{{"a.py", "def compute_invoice_total(x):\n    return x\n"},
                                  {"b.py", "def _h(x):\n    return x\n"},
                                  {"user.py", "from a import compute_invoice_total\nfrom b import _h\n\n\n"
                                              "def run():\n    return compute_invoice_total(_h(1))\n"}});
    const auto& result = tree.project->result();
    const auto& graph = tree.project->graph();
    CHECK(graph.weightOfName(*result.nameId("compute_invoice_total")) >
          5 * graph.weightOfName(*result.nameId("_h")));
}
