#include "core/api/Analysis.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::api;

namespace {

AnalysisReport sample() {
    AnalysisReport report;
    report.toolVersion = "1.2";
    report.root = "/r";
    report.summary = {1, 10, 2, 3, 1, 1, 4, 0.5, 7};
    report.languages = {{"C", 1, 10, 2, 3}, {"XML", 1, 7, 0, 0, "data"}};
    AnalysisFile file;
    file.path = "src/a.c";
    file.language = "C";
    file.code = 10;
    file.functions = {{"f", "N::f", "function", 1, 9, 2, 3, 4, 5, 6}};
    file.symbols = {{"T", "class", "N", "class T", 1, 2, ""}};
    file.includes = {{"b.h", "src/b.h", 1}};
    AnalysisFinding finding;
    finding.rule = "secret/aws-access-key";
    finding.severity = "error";
    finding.line = 3;
    finding.cwe = "CWE-798";
    file.findings = {finding};
    report.files = {file};
    report.calls = {{"src/a.c", "f", "src/b.c", "g", 3, "exact"}};
    report.duplicates = {{80, 12, true, {{"src/a.c", 1, 12}}}};
    report.cycles = {{"src/a.h", "src/b.h"}};
    report.hotspots = {{"src/a.c", 3, 4, 0.5, "Ann", 0.75, 2, {{"N::f", 1, 9, 2, 7, 0.25}}}};
    report.coupling = {{"a", "b", 3, 0.5}};
    report.skipped = {{"x.bin", "binary"}};
    return report;
}

} // namespace

TEST_CASE("a report has the members the contract names, and reads back as it was") {
    const Json json = toJson(sample());
    for (const char* key : {"tool", "root", "summary", "languages", "files", "calls", "duplicates", "cycles",
                            "hotspots", "skipped"})
        CHECK(json.contains(key));
    CHECK(json["tool"]["name"] == "exobrain");
    for (const char* key : {"name", "qualifiedName", "kind", "startLine", "endLine", "ccn", "ccnLizard",
                            "cognitive", "nesting", "parameters"})
        CHECK(json["files"][0]["functions"][0].contains(key));
    const auto back = analysisReportFromJson(json);
    REQUIRE(back.ok());
    CHECK(toJson(*back) == json);
}

TEST_CASE("a state says why it failed, and null where there is nothing yet") {
    AnalysisState state;
    state.id = AnalysisId("an_1");
    state.status = "failed";
    state.progress = {"parsing", 3, 9};
    CHECK(toJson(state)["summary"].is_null());
    CHECK(toJson(state)["error"].is_null());
    state.errorCode = "not_found";
    const auto back = analysisStateFromJson(toJson(state));
    REQUIRE(back.ok());
    CHECK(back->errorCode == "not_found");
    CHECK(back->progress.total == 9);
}

TEST_CASE("members of wrong types and negative lines do no harm") {
    const Json json = {{"files", {{{"path", 3}, {"functions", {{{"startLine", -5}, {"ccn", "x"}}, 7}}}}},
                       {"cycles", {1, {"a", 2}}}};
    const auto report = analysisReportFromJson(json);
    REQUIRE(report.ok());
    CHECK(report->files[0].functions[0].startLine == 0);
    CHECK(report->files[0].functions[0].ccn == 1);
    CHECK(report->cycles[0] == std::vector<std::string>{"a"});
    CHECK_FALSE(analysisReportFromJson(Json::array()).ok());
}
