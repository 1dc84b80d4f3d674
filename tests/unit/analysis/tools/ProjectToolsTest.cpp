#include "core/analysis/tools/ProjectTools.h"

#include "tests/support/AnalysedTree.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::analysis;
using exo::test::AnalysedTree;
using exo::test::Files;

namespace {

const std::map<std::string, std::string> k_files{
    {"src/dict.c", "#include \"dict.h\"\n\n/* Adds a pair. */\nint dictAdd(int key, int value) {\n    if "
                   "(key)\n        return dictFind(key);\n    return value; // TODO grow\n}\n\n"
                   "int dictFind(int key) {\n    return key;\n}\n"},
    {"src/dict.h", "int dictAdd(int key, int value);\nint dictFind(int key);\n"},
    {"src/main.c", "#include \"dict.h\"\n\nint main(void) {\n    return dictAdd(1, 2) + dictAdd(3, 4);\n}\n"},
    {"deploy/id_rsa", "secret\n"}};

ToolAnswer callTool(const AnalysedTree& tree, std::string_view name, const Json& arguments) {
    static const std::atomic<bool> s_going = false;
    return runProjectTool(*tree.project, name, arguments, s_going);
}

bool isOfType(const Json& value, std::string_view type) {
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    return type == "array" ? value.is_array() : value.is_object();
}

// Members that a schema names have its types, required ones are there, and nothing else.
void checkBySchema(const Json& value, const Json& schema) {
    REQUIRE(isOfType(value, schema["type"].get<std::string>()));
    if (value.is_array()) {
        for (const Json& item : value)
            if (schema.contains("items")) checkBySchema(item, schema["items"]);
        return;
    }
    if (!value.is_object() || !schema.contains("properties")) return;
    for (const auto& member : value.items()) {
        const std::string& key = member.key();
        CAPTURE(key);
        REQUIRE(schema["properties"].contains(key));
        checkBySchema(member.value(), schema["properties"][key]);
    }
    if (schema.contains("required"))
        for (const Json& key : schema["required"])
            CHECK(value.contains(key.get<std::string>()));
}

const ToolSpec& specOf(std::string_view name) {
    for (const ToolSpec& spec : projectTools())
        if (spec.name == name) return spec;
    throw std::runtime_error("no such tool");
}

Json good(const AnalysedTree& tree, std::string_view name, const Json& arguments) {
    const ToolAnswer answer = callTool(tree, name, arguments);
    CAPTURE(answer.text);
    REQUIRE_FALSE(answer.failed);
    checkBySchema(answer.structured, specOf(name).outputSchema);
    return answer.structured;
}

} // namespace

TEST_CASE("every tool answers as its schema says") {
    const AnalysedTree tree(k_files);
    CHECK(good(tree, "search", {{"query", "dictAdd"}})["hits"][0]["path"] == "src/dict.c");
    CHECK(good(tree, "search", {{"query", "grow"}, {"mode", "text"}})["hits"][0]["line"] == 7);
    CHECK(good(tree, "search", {{"query", "dict(Add|Find)\\("}, {"mode", "regex"}})["total"] == 6);
    const Json outline = good(tree, "outline", {{"path", "./src/dict.c"}});
    CHECK(outline["symbols"][0]["name"] == "dictAdd");
    CHECK(outline["includes"][0] == "src/dict.h");
    CHECK(good(tree, "outline", {{"path", "src/dict.h"}})["includedBy"].size() == 2);
    const Json references = good(tree, "references", {{"name", "dictAdd"}});
    CHECK(references["total"] == 3);
    CHECK(references["references"][0]["definition"] == true);
    CHECK(references["references"][2]["text"] == "return dictAdd(1, 2) + dictAdd(3, 4);");
    const Json callers = good(tree, "callers", {{"name", "dictAdd"}});
    CHECK(callers["total"] == 2);
    CHECK(callers["calls"][0]["from"] == "main");
    CHECK(good(tree, "callers", {{"name", "main"}, {"direction", "callees"}})["calls"][0]["toPath"] ==
          "src/dict.c");
    const Json metrics = good(tree, "metrics", Json::object());
    CHECK(metrics["entries"][0]["name"] == "dictAdd");
    CHECK(metrics["functions"] == 3);
    CHECK(good(tree, "metrics", {{"path", "src/main.c"}})["functions"] == 1);
    CHECK(good(tree, "metrics", {{"sort", "hotspots"}})["total"] == 0);
    CHECK(good(tree, "findings", Json::object())["truncated"] == false);
    CHECK_FALSE(good(tree, "repo_map", {{"query", "dictAdd"}})["files"].empty());
    CHECK(good(tree, "read_range", {{"path", "src/main.c"}, {"start_line", 3}})["text"] ==
          "int main(void) {\n    return dictAdd(1, 2) + dictAdd(3, 4);\n}\n");
    CHECK(good(tree, "list_files", {{"glob", "*.h"}})["files"][0]["path"] == "src/dict.h");
    CHECK(projectTools().size() == 9);
}

TEST_CASE("what is shown may be cited: each place has the hash of its file") {
    const AnalysedTree tree(k_files);
    const auto answer =
        callTool(tree, "read_range", {{"path", "src/dict.c"}, {"start_line", 4}, {"end_line", 6}});
    REQUIRE(answer.places.size() == 1);
    CHECK(answer.places[0].path == "src/dict.c");
    CHECK(answer.places[0].startLine == 4);
    CHECK(answer.places[0].endLine == 6);
    CHECK(answer.places[0].hash == tree.project->result().hashOf("src/dict.c"));
    CHECK_FALSE(callTool(tree, "search", {{"query", "dictAdd"}}).places.empty());
}

TEST_CASE("nothing outside the project, no link out of it and no key is read") {
    AnalysedTree tree(k_files);
    exo::test::writeText(tree.home.path() / "outside.c", "int secret;\n");
    for (const char* path : {"../outside.c", "/etc/passwd", "src/../../outside.c", "src/../../../etc/passwd",
                             "deploy/id_rsa", "nowhere.c", "src", ".", ""}) {
        CAPTURE(path);
        for (const char* tool : {"read_range", "outline"}) {
            const auto answer = callTool(tree, tool, {{"path", path}});
            CHECK(answer.failed);
            CHECK_FALSE(answer.text.empty());
            CHECK(answer.text.find("secret") == std::string::npos);
        }
    }
    CHECK_FALSE(callTool(tree, "read_range", {{"path", (tree.root / "src/main.c").string()}}).failed);
    CHECK_FALSE(callTool(tree, "read_range", {{"path", "src/../src/main.c"}}).failed);
    CHECK(callTool(tree, "search", {{"query", "secret"}, {"mode", "text"}}).structured["total"] == 0);

    std::filesystem::remove(tree.root / "src/main.c");
    std::filesystem::create_symlink(tree.home.path() / "outside.c", tree.root / "src/main.c");
    CHECK(callTool(tree, "read_range", {{"path", "src/main.c"}}).failed);
}

TEST_CASE("results are bounded, with a note when cut") {
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "int value_" + std::to_string(i) + " = needle;\n";
    const AnalysedTree tree(Files{{"a.c", text}});
    for (const auto& [tool, arguments] :
         std::map<std::string, Json>{{"references", {{"name", "needle"}, {"limit", 10}}},
                                     {"search", {{"query", "needle"}, {"mode", "text"}, {"limit", 10}}}}) {
        const auto answer = callTool(tree, tool, arguments);
        CHECK(answer.structured["truncated"] == true);
        CHECK(answer.text.find("not shown") != std::string::npos);
    }
    const AnalysedTree empty(Files{{"a.py", ""}});
    const Json nothing = good(empty, "read_range", {{"path", "a.py"}});
    CHECK(nothing["text"] == "");
    CHECK(nothing["totalLines"] == 0);
    CHECK(callTool(empty, "read_range", {{"path", "a.py"}, {"start_line", 2}}).failed);
    const auto range = callTool(tree, "read_range", {{"path", "a.c"}, {"end_line", 3000}});
    CHECK(range.structured["endLine"] == 400);
    CHECK(range.structured["truncated"] == true);
    CHECK(range.text.find("from 401") != std::string::npos);
    CHECK(callTool(tree, "outline", {{"path", "a.c"}, {"limit", 1000}}).text.size() < 40'000);
}

TEST_CASE("wrong arguments are told, not guessed") {
    const AnalysedTree tree(k_files);
    const std::vector<std::pair<std::string, Json>> wrong{
        {"search", Json::object()},
        {"search", {{"query", 5}}},
        {"search", {{"query", "x"}, {"mode", "fuzzy"}}},
        {"search", {{"query", "x"}, {"limit", 0}}},
        {"search", {{"query", "("}, {"mode", "regex"}}},
        {"search", {{"query", "x"}, {"maxResults", 5}}},
        {"callers", {{"name", "x"}, {"direction", "up"}}},
        {"read_range", {{"path", "src/main.c"}, {"start_line", 9}, {"end_line", 3}}},
        {"read_range", {{"path", "src/main.c"}, {"start_line", 900}}},
        {"metrics", {{"path", "no/such"}}},
        {"metrics", {{"sort", "beauty"}}},
        {"findings", {{"severity", "fatal"}}},
        {"repo_map", {{"focus", "src"}}},
        {"format_disk", Json::object()},
        {"search", Json::array()}};
    for (const auto& call : wrong) {
        const auto& tool = call.first;
        const auto& arguments = call.second;
        CAPTURE(tool);
        CAPTURE(arguments.dump());
        const auto answer = callTool(tree, tool, arguments);
        CHECK(answer.failed);
        CHECK_FALSE(answer.text.empty());
    }
    CHECK(callTool(tree, "read_range", {{"path", "dict.c"}}).text.find("src/dict.c") != std::string::npos);
    CHECK(callTool(tree, "references", {{"name", "dictAd"}}).text.find("dictAdd") != std::string::npos);
}
