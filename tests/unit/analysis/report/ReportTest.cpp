#include "core/analysis/report/Html.h"
#include "core/analysis/report/Sarif.h"
#include "core/analysis/report/TextSummary.h"

#include "core/base/Json.h"
#include "core/base/Text.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace exo;
using namespace exo::analysis;

namespace {

api::AnalysisFinding finding(const std::string& rule, const std::string& print, int line) {
    api::AnalysisFinding made;
    made.rule = rule;
    made.severity = "warning";
    made.line = made.endLine = line;
    made.column = 3;
    made.endColumn = 9;
    made.message = "bad <b>" + print;
    made.messageZh = "坏的" + print;
    made.cwe = "CWE-1";
    made.fingerprint = print;
    return made;
}

api::AnalysisReport sample() {
    api::AnalysisReport report;
    report.toolVersion = "1.2.3";
    report.root = "/home/人/pro ject";
    api::AnalysisFile file;
    file.path = "src/a:b </script><!--中.c";
    file.language = "C";
    file.code = 10;
    file.functions.push_back({"f", "N::f", "function", 1, 9, 7, 7, 3, 2, 1});
    file.findings = {finding("c/x", "p1", 4), finding("c/y", "p2", 5)};
    file.findings[1].suppressedBy = "it is \"fine\"";
    report.files.push_back(file);
    report.languages.push_back({"C", 1, 10, 2, 3});
    report.languages.push_back({"JSON", 1, 7, 0, 0, "data"});
    report.duplicates.push_back({80, 12, false, {{"a.c", 1, 12}, {"b.c", 3, 14}}});
    report.hotspots.push_back({"a.c", 9, 40, 0.5, "Ann", 0.75, 2, {{"N::often", 31, 44, 8, 12, 0.5}}});
    report.cycles.push_back({"a.h", "b.h"});
    report.skipped.push_back({"big.bin", "binary"});
    report.summary = {1, 10, 2, 3, 1, 1, 12, 0.25};
    report.summary.otherLines = 7;
    return report;
}

std::vector<RuleInfo> rules() {
    RuleInfo rule;
    rule.id = "c/x";
    rule.titleEn = "X";
    rule.titleZh = "甲";
    rule.helpEn = "help </script>";
    rule.cwe = "CWE-1";
    return {rule};
}

template <class Write>
std::string written(const Write& write) {
    std::string out;
    CHECK(write([&](std::string_view piece) {
        out += piece;
        return true;
    }));
    return out;
}

std::string sarifOf(const api::AnalysisReport& report) {
    return written([&](const ReportSink& sink) { return writeSarif(report, rules(), sink); });
}

} // namespace

TEST_CASE("SARIF holds rules, places, fingerprints and suppressions") {
    const auto log = parseJson(sarifOf(sample()));
    REQUIRE(log.ok());
    CHECK((*log)["version"] == "2.1.0");
    const Json& run = (*log)["runs"][0];
    CHECK(run["tool"]["driver"]["rules"][0]["id"] == "c/x");
    CHECK(run["tool"]["driver"]["rules"][0]["properties"]["tags"][1] == "external/cwe/cwe-1");
    CHECK(run["originalUriBaseIds"]["SRCROOT"]["uri"] == "file:///home/%E4%BA%BA/pro%20ject/");
    REQUIRE(run["results"].size() == 2);
    const Json& result = run["results"][0];
    CHECK(result["ruleIndex"] == 0);
    CHECK(result["partialFingerprints"]["exobrainFinding/v1"] == "p1");
    const Json& place = result["locations"][0]["physicalLocation"];
    CHECK(place["artifactLocation"]["uri"] == "src/a%3Ab%20%3C/script%3E%3C%21--%E4%B8%AD.c");
    CHECK(place["region"]["startLine"] == 4);
    CHECK(place["region"]["endColumn"] == 9);
    CHECK_FALSE(result.contains("suppressions"));
    CHECK_FALSE(run["results"][1].contains("ruleIndex")); // its rule is not described
    CHECK(run["results"][1]["suppressions"][0]["kind"] == "inSource");
    CHECK(run["results"][1]["suppressions"][0]["justification"] == "it is \"fine\"");
    CHECK(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "skipped: binary");
}

TEST_CASE("an analysis without anything is a valid log too") {
    const auto log = parseJson(sarifOf({}));
    REQUIRE(log.ok());
    CHECK((*log)["runs"][0]["results"].empty());
}

TEST_CASE("a baseline leaves what is new, wherever the lines went") {
    const auto baseline = Baseline::fromSarif(sarifOf(sample()));
    REQUIRE(baseline.ok());
    CHECK(baseline->size() == 2);
    api::AnalysisReport now = sample();
    now.files[0].findings[0].line = 400;
    now.files[0].findings.push_back(finding("c/x", "p3", 9));
    baseline->keepOnlyNew(now);
    REQUIRE(now.files[0].findings.size() == 1);
    CHECK(now.files[0].findings[0].fingerprint == "p3");
    CHECK(now.summary.findings == 1);
}

TEST_CASE("a baseline of another tool is compared by rule, file and message") {
    const auto baseline =
        Baseline::fromSarif(R"({"version":"2.1.0","runs":[{"results":[{"ruleId":"c/x","message":{"text":"m"},
      "locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/%E4%B8%AD.c"}}}]},7,{"locations":[]}]},{}]})");
    REQUIRE(baseline.ok());
    api::AnalysisFinding same = finding("c/x", "p", 1);
    same.message = "m";
    CHECK(baseline->knows(same, "src/中.c"));
    CHECK_FALSE(baseline->knows(same, "src/b.c"));
}

TEST_CASE("what is no SARIF log is refused") {
    for (const char* text : {"", "{", "[]", "7", "{}", R"({"version":"2.1.0"})", R"({"runs":[]})",
                             R"({"version":"1.0.0","runs":[]})"})
        CHECK_FALSE(Baseline::fromSarif(text).ok());
}

TEST_CASE("a sink that gives up stops every writer") {
    const ReportSink full = [](std::string_view) { return false; };
    CHECK_FALSE(writeSarif(sample(), rules(), full));
    CHECK_FALSE(writeHtml(sample(), rules(), full));
    CHECK_FALSE(writeTextSummary(sample(), {}, full));
}

TEST_CASE("the HTML report has no foreign source and no way out of its data") {
    const std::string html =
        written([&](const ReportSink& sink) { return writeHtml(sample(), rules(), sink); });
    CHECK(html.find("default-src 'none'; style-src 'sha256-") != std::string::npos);
    CHECK(html.find("unsafe-inline") == std::string::npos);
    CHECK(html.find("http://") == std::string::npos);
    CHECK(html.find("https://") == std::string::npos);
    CHECK(html.find(" src=") == std::string::npos);
    CHECK(html.find("innerHTML") == std::string::npos);
    const std::size_t begin = html.find("id=\"data\">") + 10;
    const std::size_t end = html.find("</script>", begin);
    const auto data = parseJson(html.substr(begin, end - begin));
    REQUIRE(data.ok()); // the path with </script> did not end it
    CHECK((*data)["files"][0][0] == "src/a:b </script><!--中.c");
    CHECK((*data)["findings"].size() == 2);
    CHECK((*data)["findings"][1][8] == "it is \"fine\"");
    CHECK((*data)["duplicates"][0][4][1][1] == 3);
    CHECK((*data)["rules"]["c/x"][2] == "help </script>");
    CHECK((*data)["languages"][0] == Json::array({"C", 1, 10, 2, 3, "programming"}));
    CHECK((*data)["languages"][1][5] == "data");
    CHECK((*data)["summary"]["otherLines"] == 7);
}

TEST_CASE("the HTML report is bounded and says so") {
    api::AnalysisReport report = sample();
    for (int i = 0; i < 50; ++i)
        report.files[0].findings.push_back(finding("c/x", std::to_string(i), i + 1));
    HtmlLimits limits;
    limits.findings = 10;
    const std::string html =
        written([&](const ReportSink& sink) { return writeHtml(report, rules(), sink, limits); });
    const std::size_t begin = html.find("id=\"data\">") + 10;
    const auto data = parseJson(html.substr(begin, html.find("</script>", begin) - begin));
    REQUIRE(data.ok());
    CHECK((*data)["findings"].size() == 10);
    CHECK((*data)["findingsTotal"] == 52);
}

TEST_CASE("the summary keeps to its width, also with wide characters") {
    api::AnalysisReport report = sample();
    report.files[0].path = "源代码/" + std::string(300, 'x');
    report.root = std::string(200, 'r');
    for (const std::size_t width : {40, 80, 120}) {
        TextOptions options;
        options.width = width;
        options.language = TextLanguage::Chinese;
        const std::string text =
            written([&](const ReportSink& sink) { return writeTextSummary(report, options, sink); });
        for (const std::string_view line : split(text, '\n'))
            if (line.find("个文件") == std::string_view::npos) // the figures of the head may wrap
                CHECK(displayWidth(line) <= width);
        CHECK(text.find('\x1b') == std::string::npos);
    }
}

TEST_CASE("the summary has colours only when asked for, and none of its own from names") {
    api::AnalysisReport report = sample();
    report.files[0].path = "a\x1b[31m\n\xC2\x9B.c";
    TextOptions options;
    options.colours = TextColours::On;
    const std::string text =
        written([&](const ReportSink& sink) { return writeTextSummary(report, options, sink); });
    CHECK(text.find("\x1b[33mwarning\x1b[0m") != std::string::npos);
    CHECK(text.find("a?[31m??.c:4:3") != std::string::npos);
    CHECK(text.find("1 suppressed") != std::string::npos);
    CHECK(text.find("12 lines, 80 tokens, 2 places") != std::string::npos);
}

TEST_CASE("texts are cut by columns") {
    CHECK(displayWidth("ab中文") == 6);
    CHECK(displayWidth("e\xCC\x81") == 1);
    CHECK(fitted("abcdef", 6) == "abcdef");
    CHECK(fitted("abcdef", 5) == "abcd…");
    CHECK(fitted("中文字", 5) == "中文…");
    CHECK(fitted("中文字", 4) == "中…");
    CHECK(fitted("abc", 0).empty());
}
