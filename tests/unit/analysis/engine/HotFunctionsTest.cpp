#include "core/analysis/engine/HotFunctions.h"

#include "tests/support/GitFolder.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <tuple>

using namespace exo;
using namespace exo::analysis;
using exo::test::Git;
using exo::test::haveGit;
using exo::test::TempHome;

namespace {

struct Project {
    TempHome home;
    Git git{home / "r"};
    api::AnalysisReport report;

    // `calm` on lines 1–2, `busy` on 3–4 and a lambda on 5; each commit changes what `lines` says.
    Project() {
        for (int i = 0; i < 4; ++i) {
            git.write("a.c", "calm\nx\nbusy\n" + std::to_string(i) + "\nlambda\n");
            git.commit();
        }
        api::AnalysisFile file;
        file.path = "a.c";
        for (const auto& [name, line, ccn] :
             {std::tuple("calm", 1, 8), std::tuple("busy", 3, 4), std::tuple("(anonymous)", 5, 1)}) {
            api::AnalysisFunction function;
            function.name = name;
            function.qualifiedName = std::string("N::") + name;
            function.startLine = line;
            function.endLine = line + 1;
            function.ccn = ccn;
            file.functions.push_back(function);
        }
        report.files.push_back(file);
    }
    HistoryReport history() {
        auto read = readHistory(git.folder());
        REQUIRE(read.ok());
        report.hotspots = hotspotsOf(*read, {{"a.c", 13}});
        return std::move(*read);
    }
    SafeRoot root() const {
        auto opened = SafeRoot::open(git.folder());
        REQUIRE(opened.ok());
        return std::move(*opened);
    }
};

} // namespace

TEST_CASE("of a hotspot the functions are told that change and are complex") {
    if (!haveGit()) return;
    Project project;
    const HistoryReport history = project.history();
    REQUIRE(addHotFunctions(project.report, history, project.root(), nullptr));
    const auto& functions = project.report.hotspots.at(0).functions;
    REQUIRE(functions.size() == 2); // what has no name is not told
    CHECK(functions[0].name == "N::busy");
    CHECK(functions[0].revisions == 4);
    CHECK(functions[0].score == doctest::Approx(0.5)); // 4/4 × 4/8
    CHECK(functions[1].name == "N::calm");
    CHECK(functions[1].revisions == 1);
    CHECK(functions[1].score == doctest::Approx(0.25)); // 1/4 × 8/8
    CHECK(functions[1].startLine == 1);
}

TEST_CASE("a file that went meanwhile has no hot functions, and being cancelled is told") {
    if (!haveGit()) return;
    Project project;
    const HistoryReport history = project.history();
    std::filesystem::remove(project.git.folder() / "a.c");
    REQUIRE(addHotFunctions(project.report, history, project.root(), nullptr));
    CHECK(project.report.hotspots.at(0).functions.empty());
    const std::atomic<bool> cancelled = true;
    CHECK_FALSE(addHotFunctions(project.report, history, project.root(), &cancelled));
}
