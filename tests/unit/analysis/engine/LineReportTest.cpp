// Counting lines alone says what the whole analysis says, file by file.
#include "core/analysis/engine/LineReport.h"
#include "tests/support/EngineRun.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace exo;
using namespace exo::analysis;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

namespace fs = std::filesystem;

api::AnalysisReport analysed(const std::string& path, bool cloc) {
    RunOptions options = exo::test::engineOptions(path);
    options.worker = exo::test::engineWorker({"product"});
    options.clocCounting = cloc;
    return exo::test::runOf(options).result->report();
}

api::AnalysisReport counted(const std::string& path, LineRules rules, int jobs = 2) {
    LineOptions options;
    options.path = path;
    options.rules = rules;
    options.jobs = jobs;
    auto report = countProjectLines(options);
    REQUIRE(report.ok());
    return std::move(*report);
}

std::string linesOf(const api::AnalysisReport& report) {
    const auto figures = [](const auto& of) {
        return " " + std::to_string(of.code) + " " + std::to_string(of.comment) + " " +
               std::to_string(of.blank);
    };
    std::string text = report.root + figures(report.summary) + " " + std::to_string(report.summary.files) +
                       " " + std::to_string(report.summary.otherLines) + "\n";
    for (const auto& language : report.languages)
        text += language.name + " " + language.kind + " " + std::to_string(language.files) +
                figures(language) + "\n";
    for (const auto& file : report.files)
        text += file.path + " " + file.language + figures(file) + " " + std::to_string(file.bytes) + "\n";
    for (const auto& skip : report.skipped)
        text += skip.path + " " + skip.reason + "\n";
    return text;
}

} // namespace

TEST_CASE("lines alone are those of the whole analysis") {
    const std::string path = EXO_TEST_PROJECTS;
    for (const bool cloc : {false, true}) {
        const auto whole = analysed(path, cloc);
        REQUIRE(whole.files.size() > 20);
        const LineRules rules = cloc ? LineRules::Cloc : LineRules::Ours;
        CHECK(linesOf(counted(path, rules)) == linesOf(whole));
        CHECK(linesOf(counted(path, rules, 1)) == linesOf(whole));
    }
}

TEST_CASE("what the whole analysis leaves out is left out and told") {
    const TempHome home;
    writeText(home / "root/.gitignore", "out/\n*.log\n");
    writeText(home / "root/out/a.c", "int a;\n");
    writeText(home / "root/a.log", "x\n");
    writeText(home / "root/node_modules/b.js", "b();\n");
    writeText(home / "root/c.c", "int c; // x\n\n/* y */");
    writeText(home / "root/tool", "#!/usr/bin/python3\n# a\nb = 1\n");
    writeText(home / "root/a.h", "class A {\n};\n");
    writeText(home / "root/binary.c", std::string("a\0b", 3));
    writeText(home / "root/image.png", "x");
    writeText(home / "root/big.c", std::string(3u << 20, ' '));
    writeText(home / "root/gb.py", "f() # \xD6\xD0\xCE\xC4\xD7\xA2\xCA\xCD\n");
    writeText(home / "root/wide.py", std::string("\xFF\xFE"
                                                 "f\0(\0)\0\n\0",
                                                 10));
    fs::create_symlink("/etc/passwd", home / "root/link.c");
    const std::string path = (home / "root").string();
    const auto report = counted(path, LineRules::Ours);
    CHECK(linesOf(report) == linesOf(analysed(path, false)));
    CHECK(report.files.size() == 6); // with .gitignore
    CHECK(report.skipped.size() == 4);
    CHECK(report.summary.code == 6);
    CHECK(report.summary.comment == 3);
    CHECK(report.summary.blank == 1);
    CHECK(report.summary.otherLines == 2);
}

TEST_CASE("a translation of Qt is data, also to the whole analysis") {
    const TempHome home;
    writeText(home / "root/app_zh.ts",
              "<?xml version=\"1.0\"?>\n<!DOCTYPE TS>\n<TS version=\"2.1\">\n</TS>\n");
    const std::string path = (home / "root").string();
    const auto report = counted(path, LineRules::Ours);
    CHECK(linesOf(report) == linesOf(analysed(path, false)));
    REQUIRE(report.languages.size() == 1);
    CHECK(report.languages[0].name == "XML");
    CHECK(report.languages[0].kind == "data");
    CHECK(report.summary.otherLines == 4);
}

TEST_CASE("one file is counted, and what is none is refused") {
    const TempHome home;
    writeText(home / "root/a.py", "a = 1\n");
    writeText(home / "root/b.py", "b = 1\n");
    const auto one = counted((home / "root/b.py").string(), LineRules::Ours);
    REQUIRE(one.files.size() == 1);
    CHECK(one.files[0].path == "b.py");
    LineOptions options;
    options.path = (home / "nowhere").string();
    const auto none = countProjectLines(options);
    REQUIRE(!none.ok());
    CHECK(none.error().code == ErrorCode::NotFound);
}
