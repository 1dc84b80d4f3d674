#include "core/api/Analysis.h"

#include "core/base/Version.h"

namespace exo::api {

namespace {

template <class T>
Json arrayOf(const std::vector<T>& items) {
    Json json = Json::array();
    for (const auto& item : items)
        json.push_back(toJson(item));
    return json;
}

void addText(Json& json, const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
}

Json placeJson(const AnalysisPlace& place) {
    return {{"path", place.path}, {"startLine", place.startLine}, {"endLine", place.endLine}};
}

} // namespace

Json toJson(const AnalysisFunction& function) {
    return {{"name", function.name},           {"qualifiedName", function.qualifiedName},
            {"kind", function.kind},           {"startLine", function.startLine},
            {"endLine", function.endLine},     {"ccn", function.ccn},
            {"ccnLizard", function.ccnLizard}, {"cognitive", function.cognitive},
            {"nesting", function.nesting},     {"parameters", function.parameters}};
}

Json toJson(const AnalysisSymbol& symbol) {
    Json json = {{"name", symbol.name}, {"kind", symbol.kind}, {"line", symbol.line}};
    if (symbol.endLine > 0) json["endLine"] = symbol.endLine;
    addText(json, "scope", symbol.scope);
    addText(json, "signature", symbol.signature);
    addText(json, "path", symbol.path);
    return json;
}

Json toJson(const AnalysisInclude& include) {
    return {{"text", include.text}, {"path", include.path}, {"line", include.line}};
}

Json toJson(const AnalysisFinding& finding) {
    Json json = {{"rule", finding.rule},
                 {"severity", finding.severity},
                 {"line", finding.line},
                 {"column", finding.column},
                 {"message", finding.message},
                 {"cwe", finding.cwe},
                 {"fingerprint", finding.fingerprint}};
    if (finding.endLine > 0) json["endLine"] = finding.endLine;
    if (finding.endColumn > 0) json["endColumn"] = finding.endColumn;
    addText(json, "messageZh", finding.messageZh);
    addText(json, "path", finding.path);
    addText(json, "suppressedBy", finding.suppressedBy);
    return json;
}

Json toJson(const AnalysisFile& file) {
    Json json = {{"path", file.path},
                 {"language", file.language},
                 {"code", file.code},
                 {"comment", file.comment},
                 {"blank", file.blank},
                 {"bytes", file.bytes},
                 {"parseErrors", file.parseErrors},
                 {"functions", arrayOf(file.functions)},
                 {"symbols", arrayOf(file.symbols)},
                 {"includes", arrayOf(file.includes)},
                 {"findings", arrayOf(file.findings)}};
    if (file.generated) json["generated"] = true;
    if (file.minified) json["minified"] = true;
    return json;
}

Json toJson(const AnalysisCall& call) {
    return {{"fromPath", call.fromPath}, {"from", call.from},
            {"toPath", call.toPath},     {"to", call.to},
            {"line", call.line},         {"confidence", call.confidence}};
}

Json toJson(const AnalysisDuplicate& duplicate) {
    Json places = Json::array();
    for (const auto& place : duplicate.places)
        places.push_back(placeJson(place));
    return {{"tokens", duplicate.tokens},
            {"lines", duplicate.lines},
            {"renamed", duplicate.renamed},
            {"places", std::move(places)}};
}

Json toJson(const AnalysisHotspot& hotspot) {
    Json json = {
        {"path", hotspot.path},      {"revisions", hotspot.revisions}, {"complexity", hotspot.complexity},
        {"score", hotspot.score},    {"owner", hotspot.owner},         {"ownership", hotspot.ownership},
        {"authors", hotspot.authors}};
    if (hotspot.functions.empty()) return json;
    Json& functions = json["functions"] = Json::array();
    for (const AnalysisHotFunction& function : hotspot.functions)
        functions.push_back({{"name", function.name},
                             {"startLine", function.startLine},
                             {"endLine", function.endLine},
                             {"revisions", function.revisions},
                             {"complexity", function.complexity},
                             {"score", function.score}});
    return json;
}

Json toJson(const AnalysisCoupling& pair) {
    return {{"pathA", pair.pathA},
            {"pathB", pair.pathB},
            {"sharedCommits", pair.sharedCommits},
            {"degree", pair.degree}};
}

Json toJson(const AnalysisSkip& skip) {
    return {{"path", skip.path}, {"reason", skip.reason}};
}

Json toJson(const AnalysisLanguage& language) {
    return {{"name", language.name}, {"kind", language.kind},       {"files", language.files},
            {"code", language.code}, {"comment", language.comment}, {"blank", language.blank}};
}

Json toJson(const AnalysisSummary& summary) {
    return {{"files", summary.files},          {"code", summary.code},
            {"comment", summary.comment},      {"blank", summary.blank},
            {"functions", summary.functions},  {"findings", summary.findings},
            {"seconds", summary.seconds},      {"duplicatedLines", summary.duplicatedLines},
            {"otherLines", summary.otherLines}};
}

Json toJson(const AnalysisProgress& progress) {
    return {{"stage", progress.stage}, {"done", progress.done}, {"total", progress.total}};
}

Json toJson(const AnalysisState& state) {
    Json json = {{"id", state.id.str()},
                 {"path", state.path},
                 {"status", state.status},
                 {"progress", toJson(state.progress)},
                 {"summary", state.summary ? toJson(*state.summary) : Json()},
                 {"languages", arrayOf(state.languages)}};
    json["error"] =
        state.errorCode.empty() ? Json() : Json{{"code", state.errorCode}, {"message", state.errorMessage}};
    return json;
}

Json toJson(const AnalysisReport& report) {
    const std::string version = report.toolVersion.empty() ? std::string(k_version) : report.toolVersion;
    return {{"tool", {{"name", "exobrain"}, {"version", version}}},
            {"root", report.root},
            {"summary", toJson(report.summary)},
            {"languages", arrayOf(report.languages)},
            {"files", arrayOf(report.files)},
            {"calls", arrayOf(report.calls)},
            {"duplicates", arrayOf(report.duplicates)},
            {"cycles", report.cycles},
            {"hotspots", arrayOf(report.hotspots)},
            {"coupling", arrayOf(report.coupling)},
            {"skipped", arrayOf(report.skipped)}};
}

} // namespace exo::api
