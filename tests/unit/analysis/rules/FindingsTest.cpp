#include "core/analysis/rules/Passes.h"

#include "core/analysis/rules/Debt.h"
#include "tests/unit/analysis/rules/Parsed.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace exo;
using namespace exo::analysis;
using exo::test::Parsed;

namespace {

FileRecord recordOf(const std::string& text, Language language, bool withTree = true) {
    const Parsed parsed(text, language);
    ParsedFile file = parsed.file;
    if (!withTree) file.tree = nullptr;
    FileRecord record;
    record.path = "src/file";
    for (const auto& pass : {makeSecretPass(), makeDebtPass(), makeSuppressionPass()})
        pass(file, record);
    return record;
}

std::string awsKey() {
    return std::string("AKIA") + "Q7RK2ZPX9VTM4WBL";
}

} // namespace

TEST_CASE("reminders count in comments only") {
    const FileRecord record =
        recordOf("// TODO: tidy up\nconst char* s = \"TODO not this\";\nint TODO_list;\n"
                 "/* a\n * FIXME later */ int z;\nint a; // HACK, XXX\n// TODOS are no TODO\n",
                 Language::C);
    REQUIRE(record.findings.size() == 5);
    CHECK(record.findings[0].rule == "debt/todo");
    CHECK(record.findings[0].line == 1);
    CHECK(record.findings[0].column == 4);
    CHECK(record.findings[0].messageEn == "TODO: tidy up");
    CHECK(record.findings[1].rule == "debt/fixme");
    CHECK(record.findings[1].line == 5);
    CHECK(record.findings[1].messageEn == "FIXME: later");
    CHECK(record.findings[2].rule == "debt/hack");
    CHECK(record.findings[3].rule == "debt/xxx");
    CHECK(record.findings[4].line == 7);
}

TEST_CASE("columns count UTF-16 code units") {
    struct Case {
        const char* text;
        int column, endColumn;
    };
    for (const Case& one :
         {Case{"int a; // TODO: x\n", 11, 15}, Case{"f(\"缓存\"); // TODO: 重试\n", 13, 17},
          Case{"f(\"\xF0\x9F\x98\x80\"); // TODO: x\n", 13, 17}, Case{"f(\"\xFF\"); // TODO: x\n", 12, 16}}) {
        const Parsed parsed(one.text, Language::C);
        FileRecord record;
        for (const auto& pass : {makeDebtPass(), makeColumnPass()})
            pass(parsed.file, record);
        CAPTURE(one.text);
        REQUIRE(record.findings.size() == 1);
        CHECK(record.findings[0].column == one.column);
        CHECK(record.findings[0].endColumn == one.endColumn);
    }
}

TEST_CASE("without a tree the line's text decides") {
    const FileRecord record = recordOf("# TODO one\nprint('TODO')\n-- TODO two\n", Language::Python, false);
    CHECK(record.findings.size() == 2);
}

TEST_CASE("a suppression needs a reason and covers its line or the next") {
    const std::string key = awsKey();
    const auto suppressed = [&](const std::string& text) {
        for (const FindingRecord& finding : recordOf(text, Language::Python).findings)
            if (finding.rule == "secret/aws-access-key") return finding.suppressedBy;
        return std::string("not found");
    };
    CHECK(suppressed("a = '" + key + "'  # exobrain-ignore: secret/aws-access-key revoked in 2020\n") ==
          "revoked in 2020");
    CHECK(suppressed("# exobrain-ignore: secret/aws-access-key 已吊销\na = '" + key + "'\n") == "已吊销");
    CHECK(suppressed("# exobrain-ignore: secret/* revoked\na = '" + key + "'\n") == "revoked");
    CHECK(suppressed("# exobrain-ignore: debt/todo,secret/aws-access-key revoked\na = '" + key + "'\n") ==
          "revoked");
    CHECK(suppressed("# exobrain-ignore: debt/todo other\na = '" + key + "'\n").empty());
    CHECK(suppressed("# exobrain-ignore: secret/aws-access-key\na = '" + key + "'\n").empty());
    CHECK(suppressed("# exobrain-ignore: secret/aws-access-key far\n\na = '" + key + "'\n").empty());
    CHECK(suppressed("b = 'exobrain-ignore: secret/aws-access-key text'\na = '" + key + "'\n").empty());
    CHECK(recordOf("# exobrain-ignore: secret/aws-access-key\n", Language::Python).findings[0].rule ==
          "exobrain/suppression-without-reason");
}

TEST_CASE("no part of a record holds a secret") {
    const std::string key = awsKey();
    const FileRecord record = recordOf("a = '" + key + "'\n", Language::Python);
    REQUIRE(record.findings.size() == 1);
    const FindingRecord& finding = record.findings[0];
    for (const std::string& text : {finding.messageEn, finding.messageZh, finding.context})
        CHECK(text.find(key.substr(5)) == std::string::npos);
    CHECK(finding.cwe == "CWE-798");
    CHECK(finding.column == 6);
    CHECK(finding.endColumn == 26);
}

TEST_CASE("fingerprints stay when lines move and differ among equals") {
    const std::string todo = "// TODO: tidy up\n";
    const auto before = applyFingerprints(recordOf(todo + todo, Language::C));
    const auto after = applyFingerprints(recordOf("int a;\n\n  " + todo + "int b;\n" + todo, Language::C));
    REQUIRE(before.size() == 2);
    REQUIRE(after.size() == 2);
    CHECK(before[0].fingerprint == after[0].fingerprint);
    CHECK(before[1].fingerprint == after[1].fingerprint);
    CHECK(before[0].fingerprint != before[1].fingerprint);
    CHECK(before[0].fingerprint.size() == 32);
    CHECK(before[0].severity == "note");
}

TEST_CASE("functions beyond the thresholds are told with their figures") {
    FileRecord record;
    FunctionRecord function;
    function.name = "f";
    function.startLine = 10;
    function.endLine = 300;
    function.ccn = 31;
    function.parameters = 8;
    record.functions.push_back(function);
    function.damaged = true;
    record.functions.push_back(function);
    auto rules = RuleSet::builtIn();
    REQUIRE(rules.ok());
    const Parsed parsed("", Language::C);
    makeRulePass(std::make_shared<const RuleSet>(*std::move(rules)))(parsed.file, record);
    REQUIRE(record.findings.size() == 2);
    CHECK(record.findings[0].rule == "maintainability/long-function");
    CHECK(record.findings[0].messageEn == "f: lines 291 > 200");
    CHECK(record.findings[0].line == 10);
    CHECK(record.findings[1].rule == "maintainability/complex-function");
}
