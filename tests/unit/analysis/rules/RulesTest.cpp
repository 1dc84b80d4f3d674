#include "core/analysis/rules/RuleSet.h"

#include "core/analysis/rules/RuleEngine.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"
#include "tests/unit/analysis/rules/Parsed.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>

using namespace exo;
using namespace exo::analysis;
using exo::test::Parsed;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

RuleSet builtIn() {
    auto set = RuleSet::builtIn();
    REQUIRE_MESSAGE(set.ok(), set.error().detail);
    return *std::move(set);
}

std::vector<FindingRecord> findingsOf(RuleEngine& engine, const std::string& text, Language language) {
    const Parsed parsed(text, language);
    FileRecord record;
    engine.run(parsed.file, record);
    return record.findings;
}

bool tells(RuleEngine& engine, const std::string& text, Language language, const std::string& rule) {
    const auto findings = findingsOf(engine, text, language);
    return std::any_of(findings.begin(), findings.end(),
                       [&](const FindingRecord& f) { return f.rule == rule; });
}

std::string ruleJson(const std::string& query, const std::string& more = "") {
    return R"({"rules":[{"id":"project/x","languages":["Python"],"message":"m","query":")" + query + "\"" +
           more + "}]}";
}

} // namespace

TEST_CASE("every built-in rule compiles for each of its languages") {
    const RuleSet set = builtIn();
    for (const Rule& rule : set.rules()) {
        const auto checked = RuleEngine::check(rule);
        CHECK_MESSAGE(checked.ok(), rule.info.id, ": ", checked.ok() ? "" : checked.error().detail);
    }
}

TEST_CASE("every rule tells its examples and not its counter-examples") {
    auto set = std::make_shared<const RuleSet>(builtIn());
    RuleEngine engine(set);
    for (const Rule& rule : set->rules()) {
        CHECK_MESSAGE(!rule.match.empty(), rule.info.id);
        CHECK_MESSAGE(!rule.noMatch.empty(), rule.info.id);
        for (const Language language : rule.languages) {
            for (const std::string& text : rule.match)
                CHECK_MESSAGE(tells(engine, text, language, rule.info.id), rule.info.id, " misses: ", text);
            for (const std::string& text : rule.noMatch)
                CHECK_MESSAGE(!tells(engine, text, language, rule.info.id), rule.info.id, " tells: ", text);
        }
    }
}

TEST_CASE("the rules are complete: ids once, both languages, help, a CWE where it is about security") {
    const RuleSet set = builtIn();
    CHECK(set.rules().size() >= 60);
    std::set<std::string> ids;
    std::set<Language> languages;
    for (const RuleInfo& info : set.catalogue()) {
        CAPTURE(info.id);
        CHECK(ids.insert(info.id).second);
        CHECK_FALSE(info.titleEn.empty());
        CHECK_FALSE(info.helpEn.empty());
        CHECK(info.titleZh != info.titleEn);
        CHECK(info.helpZh != info.helpEn);
        CHECK((info.cwe.empty() || info.cwe.starts_with("CWE-")));
    }
    for (const Rule& rule : set.rules())
        languages.insert(rule.languages.begin(), rule.languages.end());
    for (const Language language :
         {Language::C, Language::Cpp, Language::Python, Language::JavaScript, Language::TypeScript,
          Language::Tsx, Language::Go, Language::Java, Language::Rust, Language::Php, Language::Ruby,
          Language::CSharp, Language::Bash})
        CHECK_MESSAGE(languages.contains(language), nameOf(language));
}

TEST_CASE("a finding says where it is and what was matched") {
    RuleEngine engine(std::make_shared<const RuleSet>(builtIn()));
    const auto findings = findingsOf(engine, "int f(char* d, char* s) {\n  strcpy(d, s);\n}\n", Language::C);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].line == 2);
    CHECK(findings[0].column == 3);
    CHECK(findings[0].endColumn == 15);
    CHECK(findings[0].messageEn.find("strcpy") != std::string::npos);
    CHECK(findings[0].context.find("strcpy(d, s)") != std::string::npos);
}

TEST_CASE("a project's own rules are used beside ours") {
    const TempHome home;
    writeText(home / ".exobrain/rules/own.json",
              ruleJson(R"((call function: (identifier) @f (#eq? @f \"legacy\")) @find)",
                       R"(,"severity":"error","cwe":"CWE-1")"));
    auto root = SafeRoot::open(home.path());
    REQUIRE(root.ok());
    RuleSet set = builtIn();
    set.addProjectRules(*root);
    CHECK(set.problems().empty());
    RuleEngine engine(std::make_shared<const RuleSet>(std::move(set)));
    const auto findings = findingsOf(engine, "legacy(1)\nmodern(2)\neval(x)\n", Language::Python);
    REQUIRE(findings.size() == 2);
    const auto own =
        std::find_if(findings.begin(), findings.end(), [](const auto& f) { return f.rule == "project/x"; });
    REQUIRE(own != findings.end());
    CHECK(own->severity == FindingRecord::Severity::Error);
}

TEST_CASE("the hash of a project's rules is another with every change of them, and of nothing else") {
    const TempHome home;
    const auto hash = [&] {
        auto root = SafeRoot::open(home.path());
        REQUIRE(root.ok());
        return projectRulesHash(*root);
    };
    writeText(home / "other.json", "{}");
    CHECK(hash().empty());
    writeText(home / ".exobrain/rules/own.json", "{}");
    const std::string first = hash();
    CHECK_FALSE(first.empty());
    CHECK(hash() == first);
    writeText(home / ".exobrain/rules/notes.txt", "no rules");
    CHECK(hash() == first);
    writeText(home / ".exobrain/rules/own.json", "{ }");
    const std::string second = hash();
    CHECK(second != first);
    writeText(home / ".exobrain/rules/more.json", "{}");
    CHECK(hash() != second);
}

TEST_CASE("wrong project rules are reported and harm nothing") {
    const std::pair<std::string, std::string> cases[]{
        {"{", ""},
        {"[]", "rules"},
        {R"({"rules":[7]})", "object"},
        {ruleJson("(call"), "syntax"},
        {ruleJson("(no_such_node) @find"), "node type"},
        {ruleJson("(call) @other"), "@find"},
        {ruleJson("((call) @find (#match? @find \\\"(\\\"))"), "pattern"},
        {ruleJson("((call) @find (#run! @find \\\"x\\\"))"), "unknown predicate"},
        {ruleJson(std::string(9000, ' ')), "too long"},
        {R"({"rules":[{"id":"A B","languages":["Python"],"message":"m","query":"(call) @find"}]})", "id"},
        {R"({"rules":[{"id":"x","languages":["Cobol"],"message":"m","query":"(call) @find"}]})", "Cobol"},
        {R"({"rules":[{"id":"x","languages":["Markdown"],"message":"m","query":"(call) @find"}]})", ""},
        {R"({"rules":[{"id":"x","languages":[],"message":"m","query":"(call) @find"}]})", "languages"},
        {R"({"rules":[{"id":"python/eval","languages":["Python"],"message":"m","query":"(call) @find"}]})",
         "taken"},
    };
    for (const auto& [json, expected] : cases) {
        CAPTURE(json);
        RuleSet set = builtIn();
        const std::size_t before = set.rules().size();
        set.addProjectFile("x.json", json);
        CHECK(set.rules().size() == before);
        REQUIRE(set.problems().size() == 1);
        CHECK(set.problems()[0].what.find(expected) != std::string::npos);
    }
}

TEST_CASE("too many and too large project rules are bounded") {
    const TempHome home;
    std::string many = R"({"rules":[)";
    for (int i = 0; i < 30; ++i)
        many += (i ? "," : "") + (R"({"id":"p/r)" + std::to_string(i) +
                                  R"(","languages":["Python"],"message":"m","query":"(call) @find"})");
    writeText(home / ".exobrain/rules/a.json", many + "]}");
    writeText(home / ".exobrain/rules/b.json", std::string(300'000, ' '));
    writeText(home / ".exobrain/rules/c.json", "{}");
    auto root = SafeRoot::open(home.path());
    REQUIRE(root.ok());
    RuleLimits limits;
    limits.maxRules = 10;
    limits.maxFiles = 2;
    RuleSet set;
    set.addProjectRules(*root, limits);
    CHECK(set.rules().size() == 10);
    REQUIRE(set.problems().size() == 3);
    CHECK(set.problems()[1].what == "too large");
    CHECK(set.problems()[2].what == "more files than are read");
}

TEST_CASE("a link in place of the rules' folder is not followed") {
    const TempHome home, elsewhere;
    writeText(elsewhere / "x.json", ruleJson("(call) @find"));
    std::filesystem::create_directories(home / ".exobrain");
    std::filesystem::create_directory_symlink(elsewhere.path(), home / ".exobrain/rules");
    auto root = SafeRoot::open(home.path());
    REQUIRE(root.ok());
    RuleSet set;
    set.addProjectRules(*root);
    CHECK(set.rules().empty());
}
