#include "core/analysis/engine/Neighbourhood.h"
#include "core/analysis/engine/Merger.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace exo;
using namespace exo::analysis;

namespace {

struct Call {
    int from; // function of the file; -1: outside of functions
    std::string callee;
};

struct Source {
    std::string path;
    std::vector<std::string> functions;
    std::vector<std::string> includes;
    std::vector<Call> calls;
};

FileRecord recordOf(const Source& source) {
    FileRecord record;
    record.path = source.path;
    record.language = Language::C;
    int line = 0;
    for (const std::string& name : source.functions) {
        FunctionRecord function;
        function.name = function.qualifiedName = name;
        function.startLine = function.nameLine = ++line;
        record.symbols.push_back({name, "function", "", "", line, line, false, true});
        record.functions.push_back(std::move(function));
    }
    for (const std::string& text : source.includes) {
        IncludeRecord include;
        include.text = text;
        include.line = ++line;
        record.includes.push_back(std::move(include));
    }
    for (const Call& call : source.calls)
        record.calls.push_back({call.callee, "", call.from, ++line, 0});
    return record;
}

std::shared_ptr<const AnalysisResult> merged(std::vector<Source> sources) {
    std::sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    std::vector<std::string> paths;
    for (const Source& source : sources)
        paths.push_back(source.path);
    Merger merger("/root", paths, {});
    for (const Source& source : sources)
        merger.add(recordOf(source));
    auto result = merger.finish(nullptr);
    REQUIRE(result.ok());
    return *result;
}

NeighbourhoodQuery about(std::string path, std::string name, int depth = 1) {
    NeighbourhoodQuery query;
    query.path = std::move(path);
    query.name = std::move(name);
    query.depth = depth;
    return query;
}

NeighbourhoodQuery includesOf(std::string path, int depth = 1) {
    NeighbourhoodQuery query = about(std::move(path), {}, depth);
    query.kind = NeighbourhoodQuery::Kind::Includes;
    return query;
}

// "main@-1 work@0", by depth and name.
std::string nodesOf(const api::AnalysisGraph& graph) {
    std::vector<std::pair<int, std::string>> all;
    for (const auto& node : graph.nodes)
        all.emplace_back(node.depth, node.name.empty() ? node.path : node.name);
    std::sort(all.begin(), all.end());
    std::string out;
    for (const auto& [depth, name] : all)
        out += (out.empty() ? "" : " ") + name + "@" + std::to_string(depth);
    return out;
}

std::string edgesOf(const api::AnalysisGraph& graph) {
    std::vector<std::string> all;
    const auto name = [&](int node) {
        const auto& one = graph.nodes[static_cast<std::size_t>(node)];
        return one.name.empty() ? one.path : one.name;
    };
    for (const auto& edge : graph.edges)
        all.push_back(name(edge.from) + ">" + name(edge.to) +
                      (edge.count > 1 ? "x" + std::to_string(edge.count) : ""));
    std::sort(all.begin(), all.end());
    std::string out;
    for (const std::string& one : all)
        out += (out.empty() ? "" : " ") + one;
    return out;
}

const std::vector<Source> k_chain{
    {"a.c", {"main", "init"}, {}, {{0, "init"}, {0, "work"}, {0, "work"}, {1, "log"}, {-1, "init"}}},
    {"b.c", {"work", "step"}, {}, {{0, "step"}, {1, "work"}, {1, "log"}, {1, "step"}}},
    {"c.c", {"log"}, {}, {{0, "printf"}}}};

} // namespace

TEST_CASE("around a function stand its callers and callees, as far as was asked") {
    const auto result = merged(k_chain);
    const auto one = neighbourhood(*result, about("b.c", "work"));
    REQUIRE(one.ok());
    CHECK(one->kind == "call");
    CHECK(one->nodes.front().name == "work");
    CHECK(one->nodes.front().line == 1);
    CHECK(nodesOf(*one) == "main@-1 step@-1 work@0");
    CHECK(edgesOf(*one) == "main>workx2 step>step step>work work>step");
    const auto two = neighbourhood(*result, about("a.c", "main", 2));
    CHECK(nodesOf(*two) == "main@0 init@1 work@1 log@2 step@2");
    auto query = about("b.c", "step", 3);
    query.direction = NeighbourhoodQuery::Direction::In;
    CHECK(nodesOf(*neighbourhood(*result, query)) == "main@-2 work@-1 step@0");
    query.direction = NeighbourhoodQuery::Direction::Out;
    CHECK(nodesOf(*neighbourhood(*result, query)) == "step@0 log@1 work@1");
    // What stands outside of functions calls as well.
    CHECK(nodesOf(*neighbourhood(*result, about("a.c", ""))) == "a.c@0 init@1");
    CHECK(nodesOf(*neighbourhood(*result, about("a.c", "init"))) == "a.c@-1 main@-1 init@0 log@1");
}

TEST_CASE("edges say how sure they are, and where the first call is") {
    const auto result = merged(k_chain);
    const auto graph = neighbourhood(*result, about("a.c", "main"));
    REQUIRE(graph.ok());
    for (const auto& edge : graph->edges) {
        const auto& to = graph->nodes[static_cast<std::size_t>(edge.to)];
        if (to.name == "init") CHECK(edge.confidence == "same-file");
        if (to.name == "work") CHECK(edge.line == 4); // of two calls the first
    }
}

TEST_CASE("cycles among the nodes are numbered; who only stands beside is in none") {
    const auto result = merged(k_chain);
    const auto graph = neighbourhood(*result, about("b.c", "work"));
    CHECK(graph->cycles == std::vector<int>{2});
    for (const auto& node : graph->nodes)
        CHECK(node.cycle == (node.name == "main" ? 0 : 1));
}

TEST_CASE("hundreds of callers are a dozen and a number") {
    std::vector<Source> sources{{"hub.c", {"hub"}, {}, {}}};
    for (int i = 0; i < 255; ++i) {
        const std::string n = std::to_string(i);
        sources.push_back({"f" + n + ".c", {"f" + n}, {}, {{0, "hub"}}});
    }
    const auto result = merged(sources);
    auto query = about("hub.c", "hub");
    const auto graph = neighbourhood(*result, query);
    CHECK(graph->nodes.size() == 13);
    CHECK(graph->nodes.front().moreIn == 243);
    CHECK(graph->nodes.front().moreOut == 0);
    query.width = 1'000'000; // bounded, whatever is asked
    query.depth = 1'000'000;
    CHECK(neighbourhood(*result, query)->nodes.size() == 101);
}

TEST_CASE("a tangle of functions that all call each other stays small") {
    Source tangle{"t.c", {}, {}, {}};
    for (int i = 0; i < 400; ++i)
        tangle.functions.push_back("f" + std::to_string(i));
    for (int i = 0; i < 400; ++i)
        for (int k = 1; k <= 40; ++k)
            tangle.calls.push_back({i, "f" + std::to_string((i * 7 + k * 13) % 400)});
    const auto result = merged({tangle});
    auto query = about("t.c", "f0", 3);
    query.width = 100;
    const auto graph = neighbourhood(*result, query);
    REQUIRE(graph.ok());
    CHECK(graph->nodes.size() <= k_mostDrawn);
    const auto again = api::analysisGraphFromJson(api::toJson(*graph));
    REQUIRE(again.ok());
    CHECK(*again == *graph);
}

TEST_CASE("around a file stand those that include it; its cycle is known beyond the picture") {
    const auto result = merged({{"a.h", {}, {"b.h"}, {}},
                                {"b.h", {}, {"c.h"}, {}},
                                {"c.h", {}, {"a.h", "none.h"}, {}},
                                {"main.c", {}, {"a.h", "a.h"}, {}}});
    const auto graph = neighbourhood(*result, includesOf("a.h"));
    REQUIRE(graph.ok());
    CHECK(graph->kind == "include");
    CHECK(nodesOf(*graph) == "c.h@-1 main.c@-1 a.h@0 b.h@1");
    CHECK(edgesOf(*graph) == "a.h>b.h b.h>c.h c.h>a.h main.c>a.hx2");
    CHECK(graph->cycles == std::vector<int>{3});
    auto query = includesOf("a.h");
    query.direction =
        NeighbourhoodQuery::Direction::Out; // c.h is not shown, the cycle has three all the same
    const auto out = neighbourhood(*result, query);
    CHECK(nodesOf(*out) == "a.h@0 b.h@1");
    CHECK(out->cycles == std::vector<int>{3});
    CHECK(out->nodes[1].cycle == 1);
}

TEST_CASE("a folder is the includes between what lies in it") {
    const auto result = merged({{"core/a.h", {}, {"../ui/w.h"}, {}},
                                {"core/deep/d.h", {}, {"../a.h"}, {}},
                                {"ui/w.h", {}, {"../core/a.h"}, {}},
                                {"ui/x.c", {}, {"w.h", "../core/a.h"}, {}},
                                {"docs/n.c", {}, {}, {}},
                                {"main.c", {}, {"core/a.h"}, {}}});
    const auto all = neighbourhood(*result, includesOf(""));
    REQUIRE(all.ok());
    CHECK(all->folder);
    CHECK(edgesOf(*all) == "core>ui main.c>core ui>corex2");
    CHECK(all->unlinked == 1); // docs
    CHECK(all->cycles == std::vector<int>{2});
    for (const auto& node : all->nodes) {
        CHECK(node.folder == (node.path != "main.c"));
        CHECK(node.cycle == (node.path == "main.c" ? 0 : 1));
    }
    const auto core = neighbourhood(*result, includesOf("core"));
    CHECK(edgesOf(*core) == "core/deep>core/a.h");
    CHECK(neighbourhood(*result, includesOf("docs"))->nodes.empty());
    CHECK(neighbourhood(*result, includesOf("cor")).error().code == ErrorCode::NotFound);
}

TEST_CASE("what is not there is said to be") {
    const auto result = merged(k_chain);
    CHECK(neighbourhood(*result, about("none.c", "main")).error().param == "path");
    CHECK(neighbourhood(*result, about("a.c", "none")).error().param == "name");
    CHECK(neighbourhood(*result, about("", "main")).error().code == ErrorCode::NotFound);
    CHECK(neighbourhood(*merged({}), includesOf("")).error().code == ErrorCode::NotFound);
}

TEST_CASE("of functions with one name the line says which") {
    const auto result = merged({{"a.c", {"f", "f", "g", "h"}, {}, {{0, "g"}, {1, "h"}}}});
    auto query = about("a.c", "f");
    CHECK(nodesOf(*neighbourhood(*result, query)) == "f@0 g@1");
    query.line = 2;
    CHECK(nodesOf(*neighbourhood(*result, query)) == "f@0 h@1");
}

TEST_CASE("a graph of a stranger is taken only when it can be drawn") {
    const auto bad = [](const char* text) {
        auto json = parseJson(text);
        REQUIRE(json.ok());
        return !api::analysisGraphFromJson(*json).ok();
    };
    CHECK(bad("{}"));
    CHECK(bad("[]"));
    CHECK(bad(R"({"nodes":[{}],"edges":[{"from":0,"to":1}]})"));
    CHECK(bad(R"({"nodes":[{}],"edges":[{"from":-1,"to":0}]})"));
    CHECK(bad(R"({"nodes":[{}],"edges":[{"from":"x"}]})"));
    CHECK(bad(R"({"nodes":[{"cycle":1}],"edges":[],"cycles":[]})"));
    CHECK_FALSE(bad(R"({"nodes":[{"depth":-99999999999}],"edges":[],"cycles":[99999999999,-1,"x"]})"));
    Json many = {{"nodes", Json::array()}, {"edges", Json::array()}};
    for (std::size_t i = 0; i <= api::k_mostGraphNodes; ++i)
        many["nodes"].push_back({{"path", "a"}});
    CHECK_FALSE(api::analysisGraphFromJson(many).ok());
}
