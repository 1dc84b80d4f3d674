#include "core/api/AnalysisViews.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::api;

TEST_CASE("a source text survives the way through JSON") {
    SourceText source;
    source.path = "a.c";
    source.text = "int 数;\n/* x\n */\n";
    source.encoding = "UTF-8";
    source.highlight = "done";
    source.changed = true;
    source.spans = {{0, 3, SyntaxKind::Keyword}, {9, 8, SyntaxKind::Comment}};
    source.folds = {{2, 3}};
    const auto read = sourceTextFromJson(toJson(source));
    REQUIRE(read.ok());
    CHECK(read->text == source.text);
    CHECK(read->spans == source.spans);
    CHECK(read->folds == source.folds);
    CHECK(read->changed);
    CHECK(nameOf(SyntaxKind::Function) == "function");
}

TEST_CASE("spans and folds outside of the text are refused") {
    const auto refused = [](const Json& spans, const Json& folds) {
        return !sourceTextFromJson(Json{{"text", "ab\ncd"}, {"spans", spans}, {"folds", folds}}).ok();
    };
    const Json none = Json::array();
    CHECK_FALSE(refused(none, none));
    CHECK_FALSE(refused({0, 5, 4}, Json::array({{1, 2}})));
    CHECK(refused({0, 6, 0}, none));
    CHECK(refused({1, 4, 5}, none));
    CHECK(refused({0, 1, 4294967295u}, none));
    CHECK(refused({0, 1}, none));
    CHECK(refused({-1, 1, 0}, none));
    CHECK(refused({0, "1", 0}, none));
    CHECK(refused({4294967295u, 4294967295u, 0}, none));
    CHECK(refused(none, Json::array({{1, 3}})));
    CHECK(refused(none, Json::array({{2, 2}})));
    CHECK(refused(none, Json::array({{1, 2}, {1, 2}})));
    CHECK(refused("x", none));
}

TEST_CASE("a row of the list of files counts what counts") {
    AnalysisFile file;
    file.path = "a.c";
    for (const char* severity : {"error", "warning", "warning", "note"}) {
        AnalysisFinding finding;
        finding.severity = severity;
        file.findings.push_back(finding);
    }
    file.findings.front().suppressedBy = "tested elsewhere";
    file.functions.resize(2);
    file.functions[0].ccn = 4;
    file.functions[1].cognitive = 9;
    const auto row = analysisFileRowFromJson(toJson(rowOf(file)));
    REQUIRE(row.ok());
    CHECK(row->findings == 4);
    CHECK(row->errors == 0);
    CHECK(row->warnings == 2);
    CHECK(row->notes == 1);
    CHECK(row->complexity == 5);
    CHECK(row->cognitive == 9);
}
