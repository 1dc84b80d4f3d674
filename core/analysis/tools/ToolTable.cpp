// What the tools are called, what they take and what they give. The descriptions are written for models.
#include "core/analysis/tools/ProjectTools.h"
#include "core/analysis/tools/Tools.h"

#include "core/base/Text.h"

namespace exo::analysis {

namespace {

Json textType(std::string_view description) {
    return {{"type", "string"}, {"description", description}};
}
Json numberType(std::string_view description, int min, int max) {
    return {{"type", "integer"}, {"description", description}, {"minimum", min}, {"maximum", max}};
}
Json oneOf(std::string_view description, std::initializer_list<const char*> values) {
    return {{"type", "string"},
            {"description", description},
            {"enum", Json(std::vector<std::string>(values.begin(), values.end()))}};
}
Json objectType(Json properties, std::vector<std::string> required = {}) {
    Json schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
}
const Json k_text{{"type", "string"}};
const Json k_integer{{"type", "integer"}};
const Json k_flag{{"type", "boolean"}};

// {list: [{…}], total, truncated} beside `more`.
Json listOutput(const char* list, Json itemProperties, Json more = Json::object()) {
    Json item{{"type", "object"}, {"properties", std::move(itemProperties)}};
    more[list] = {{"type", "array"}, {"items", std::move(item)}};
    more["total"] = k_integer;
    more["truncated"] = {{"type", "boolean"}, {"description", "There is more than is shown."}};
    Json schema{{"type", "object"}, {"properties", std::move(more)}};
    schema["required"] = Json::array({list, "total", "truncated"});
    return schema;
}

constexpr auto k_limit = "At most this many results.";
constexpr auto k_glob = "Only files whose path matches, e.g. \"src/*\" or \"*.py\"; * also matches /.";

std::vector<ToolSpec> makeTable() {
    std::vector<ToolSpec> table;
    table.push_back(
        {"search", "Search the project",
         "Find code. mode \"ranked\" (default): words or a question in English or Chinese, matched against "
         "the "
         "names, signatures, comments and bodies of functions, types and files, best first. mode \"text\": "
         "every "
         "line that contains the query literally. mode \"regex\": every line that matches an RE2 expression. "
         "Start here when you do not know where something is.",
         objectType(
             {{"query", textType("What to look for.")},
              {"mode", oneOf("How to look.", {"ranked", "text", "regex"})},
              {"ignore_case", {{"type", "boolean"}, {"description", "Of text and regex; default false."}}},
              {"glob", textType(k_glob)},
              {"limit", numberType(k_limit, 1, 200)}},
             {"query"}),
         listOutput("hits", {{"path", k_text},
                             {"line", k_integer},
                             {"endLine", k_integer},
                             {"name", k_text},
                             {"kind", k_text},
                             {"text", k_text},
                             {"score", {{"type", "number"}}}})});
    table.push_back(
        {"outline", "Outline of a file",
         "The functions, types and other symbols of one file in order, with their lines, and what it "
         "includes or imports. Cheaper than reading the file.",
         objectType(
             {{"path", textType("File, relative to the project.")}, {"limit", numberType(k_limit, 1, 1000)}},
             {"path"}),
         listOutput("symbols",
                    {{"name", k_text},
                     {"kind", k_text},
                     {"scope", k_text},
                     {"signature", k_text},
                     {"line", k_integer},
                     {"endLine", k_integer}},
                    {{"path", k_text},
                     {"language", k_text},
                     {"lines", k_integer},
                     {"includes", {{"type", "array"}, {"items", k_text}}},
                     {"includedBy", {{"type", "array"}, {"items", k_text}}}})});
    table.push_back(
        {"references", "Where a name is used",
         "Every line that uses an identifier, in all languages the project is written in, with the "
         "lines where it is defined marked. The name must be whole: use search for parts.",
         objectType({{"name", textType("An identifier, without its scope.")},
                     {"glob", textType(k_glob)},
                     {"limit", numberType(k_limit, 1, 500)}},
                    {"name"}),
         listOutput("references",
                    {{"path", k_text}, {"line", k_integer}, {"text", k_text}, {"definition", k_flag}},
                    {{"name", k_text}})});
    table.push_back(
        {"callers", "Who calls a function, or what it calls",
         "The call graph around a function: its callers (default) or, with direction \"callees\", what it "
         "calls. "
         "Each call says how sure it is: exact, same-file, import, name-only (only the name fits), "
         "unresolved.",
         objectType({{"name", textType("Function, plain or qualified: dictAdd, Cart.total, ns::Type::f.")},
                     {"path", textType("The file it is defined in, when several have the name.")},
                     {"direction", oneOf("Which way.", {"callers", "callees"})},
                     {"limit", numberType(k_limit, 1, 500)}},
                    {"name"}),
         listOutput("calls",
                    {{"fromPath", k_text},
                     {"from", k_text},
                     {"line", k_integer},
                     {"toPath", k_text},
                     {"to", k_text},
                     {"confidence", k_text}},
                    {{"name", k_text}, {"direction", k_text}})});
    table.push_back(
        {"metrics", "Size and complexity",
         "Without a path: lines of code by language and the functions that stand out. With a path of a file "
         "or "
         "folder: those below it. Sorted by cyclomatic complexity (default), cognitive complexity, lines, or "
         "hotspots (how often git says a file changes, times its complexity).",
         objectType({{"path", textType("File or folder; all when left out.")},
                     {"sort", oneOf("What comes first.", {"complexity", "cognitive", "lines", "hotspots"})},
                     {"limit", numberType(k_limit, 1, 200)}}),
         listOutput("entries",
                    {{"path", k_text},
                     {"name", k_text},
                     {"line", k_integer},
                     {"endLine", k_integer},
                     {"complexity", k_integer},
                     {"cognitive", k_integer},
                     {"nesting", k_integer},
                     {"parameters", k_integer},
                     {"lines", k_integer},
                     {"revisions", k_integer},
                     {"owner", k_text},
                     {"score", {{"type", "number"}}}},
                    {{"files", k_integer},
                     {"code", k_integer},
                     {"comment", k_integer},
                     {"blank", k_integer},
                     {"functions", k_integer},
                     {"languages", {{"type", "array"}, {"items", {{"type", "object"}}}}}})});
    table.push_back(
        {"findings", "Findings of the rules",
         "What the analysis warns about: likely bugs, insecure calls, secrets (masked), reminders such "
         "as TODO, functions that are too complex. Worst first.",
         objectType({{"glob", textType(k_glob)},
                     {"severity", oneOf("This or worse.", {"note", "warning", "error"})},
                     {"rule", textType("Beginning of a rule's name: \"debt/\", \"secret/\", \"c/unsafe\".")},
                     {"limit", numberType(k_limit, 1, 500)}}),
         listOutput("findings", {{"path", k_text},
                                 {"line", k_integer},
                                 {"endLine", k_integer},
                                 {"rule", k_text},
                                 {"severity", k_text},
                                 {"message", k_text},
                                 {"cwe", k_text}})});
    table.push_back(
        {"repo_map", "Map of the project",
         "The most important files with the signatures of their most used functions and types, within "
         "a token budget. With a query the map is drawn around it. A good first call in a project you "
         "do not know.",
         objectType({{"query", textType("What you are interested in; the whole project when left out.")},
                     {"focus",
                      {{"type", "array"},
                       {"items", k_text},
                       {"maxItems", 20},
                       {"description", "Paths of files to draw it around."}}},
                     {"max_tokens", numberType("Budget of the map.", 100, 8000)}}),
         listOutput("files",
                    {{"path", k_text},
                     {"rank", {{"type", "number"}}},
                     {"symbols", {{"type", "array"}, {"items", {{"type", "object"}}}}}},
                    {{"tokens", k_integer}})});
    table.push_back({"read_range", "Read lines of a file",
                     "Lines of a file as they are now, numbered, at most 400 at once. Quote places as "
                     "path:line or path:start-end.",
                     objectType({{"path", textType("File, relative to the project.")},
                                 {"start_line", numberType("First line, from 1; default 1.", 1, 10'000'000)},
                                 {"end_line", numberType("Last line; default 200 lines on.", 1, 10'000'000)}},
                                {"path"}),
                     [] {
                         Json schema =
                             objectType({{"path", k_text},
                                         {"startLine", k_integer},
                                         {"endLine", k_integer},
                                         {"totalLines", k_integer},
                                         {"text", k_text},
                                         {"truncated", k_flag}},
                                        {"path", "startLine", "endLine", "totalLines", "text", "truncated"});
                         return schema;
                     }()});
    table.push_back(
        {"list_files", "List files",
         "Paths of the project's files with language and lines of code. What .gitignore names, binary "
         "and oversized files are not among them.",
         objectType({{"glob", textType(k_glob)}, {"limit", numberType(k_limit, 1, 2000)}}),
         listOutput("files", {{"path", k_text}, {"language", k_text}, {"code", k_integer}})});
    return table;
}

using Run = Result<ToolAnswer> (*)(const ToolCallContext&);

Run runOf(std::string_view name) {
    constexpr std::pair<std::string_view, Run> k_runs[]{
        {"search", tools::search},   {"outline", tools::outline},      {"references", tools::references},
        {"callers", tools::callers}, {"metrics", tools::metrics},      {"findings", tools::findings},
        {"repo_map", tools::map},    {"read_range", tools::readRange}, {"list_files", tools::listFiles}};
    for (const auto& [known, run] : k_runs)
        if (known == name) return run;
    return nullptr;
}

ToolAnswer failed(std::string text) {
    ToolAnswer answer;
    answer.text = std::move(text);
    answer.failed = true;
    return answer;
}

std::string unknownTool(std::string_view name) {
    std::string text = "There is no tool \"" + std::string(utf8Prefix(name, 100)) + "\". The tools are:";
    for (const ToolSpec& spec : projectTools())
        text += " " + spec.name;
    return text;
}

// Members a tool does not know are told, so that a misspelt bound does not pass in silence.
std::string unknownMember(std::string_view name, const Json& arguments) {
    for (const ToolSpec& spec : projectTools()) {
        if (spec.name != name) continue;
        for (const auto& [key, value] : arguments.items())
            if (!spec.inputSchema["properties"].contains(key)) return key;
    }
    return {};
}

} // namespace

const std::vector<ToolSpec>& projectTools() {
    static const std::vector<ToolSpec> s_table = makeTable();
    return s_table;
}

bool toolNeedsWholes(std::string_view name, const Json& arguments) {
    return name == "metrics" && arguments.is_object() && arguments.value("sort", Json()) == "hotspots";
}

ToolAnswer runProjectTool(const KnownProject& project, std::string_view name, const Json& arguments,
                          const std::atomic<bool>& cancelled) {
    const Run run = runOf(name);
    if (!run) return failed(unknownTool(name));
    const Json none = Json::object();
    const Json& given = arguments.is_null() ? none : arguments;
    if (!given.is_object()) return failed("The arguments must be a JSON object.");
    if (const std::string key = unknownMember(name, given); !key.empty())
        return failed(std::string(name) + " takes no argument \"" + std::string(utf8Prefix(key, 100)) +
                      "\".");
    auto answer = run(ToolCallContext{project, given, cancelled});
    if (!answer.ok()) {
        const Error& error = answer.error();
        return failed(error.detail.empty() ? std::string(toString(error.code)) : error.detail);
    }
    return std::move(*answer);
}

} // namespace exo::analysis
