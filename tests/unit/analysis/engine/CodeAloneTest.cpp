// Runs that read all code, but look neither for duplicates nor in the history again.
#include "tests/support/EngineRun.h"
#include "tests/support/GitFolder.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <random>
#include <string>
#include <vector>

using namespace exo;
using namespace exo::analysis;
using exo::test::Git;
using exo::test::haveGit;
using exo::test::runOf;
using exo::test::TempHome;

namespace {

// Long enough to be told when it is there twice; each seed's is another one.
std::string longFunction(unsigned seed) {
    const char* const lines[] = {"a = a * 2 + b.get(a)", "if a > b[3]: print(a, sep=b)",
                                 "del b[a], b[-a]",      "for x in b: yield x",
                                 "assert a, {b: a}",     "a, b = b, not a"};
    std::minstd_rand random(seed);
    std::string text = "def f(a, b):\n";
    for (int i = 0; i < 30; ++i)
        text += std::string("    ") + lines[random() % std::size(lines)] + "\n";
    return text;
}
const std::string k_alpha = longFunction(1), k_beta = longFunction(2);

std::vector<std::string> hotFiles(const AnalysisResult& result) {
    std::vector<std::string> paths;
    for (const api::AnalysisHotspot& spot : result.report().hotspots)
        paths.push_back(spot.path);
    std::ranges::sort(paths);
    return paths;
}

// But for what is older, and the time it took.
Json codeOf(const AnalysisResult& result) {
    Json json = api::toJson(result.fullReport());
    for (const char* older : {"duplicates", "hotspots", "coupling"})
        json.erase(older);
    json["summary"].erase("seconds");
    json["summary"].erase("duplicatedLines");
    return json;
}

struct Project {
    TempHome home;
    Git git{home / "root"};
    RunOptions options = exo::test::engineOptions(home / "root");

    Project() {
        options.worker = exo::test::engineWorker({"product"});
        options.cacheFolder = home / "cache";
        options.history = true;
        git.write("alpha1.py", k_alpha);
        git.write("alpha2.py", k_alpha);
        git.write("beta1.py", k_beta);
        git.write("beta2.py", k_beta);
        git.commit();
    }
    RunReport codeAlone(const AnalysisResult& earlier) const {
        RunControl control;
        control.wholesFrom = &earlier;
        auto report = runAnalysis(options, control);
        REQUIRE(report.ok());
        return std::move(*report);
    }
};

} // namespace

TEST_CASE("a run for code alone says of code what every run says, and of the rest what was said before") {
    if (!haveGit()) return;
    const Project project;
    const RunReport before = runOf(project.options);
    REQUIRE(before.result->report().duplicates.size() == 2);
    REQUIRE(hotFiles(*before.result) ==
            std::vector<std::string>{"alpha1.py", "alpha2.py", "beta1.py", "beta2.py"});
    CHECK_FALSE(before.result->hasOlderWholes());

    std::filesystem::remove(project.home / "root/beta2.py");
    project.git.write("alpha3.py", k_alpha);
    const RunReport now = project.codeAlone(*before.result);
    CHECK(now.result->hasOlderWholes());
    CHECK(now.analysed == 1);
    const auto& duplicates = now.result->report().duplicates;
    REQUIRE(duplicates.size() == 1); // not those with a file that is gone
    CHECK(duplicates[0].places.size() == 2);
    CHECK(duplicates[0].places[0].path == "alpha1.py");
    CHECK(now.result->report().summary.duplicatedLines == before.result->report().summary.duplicatedLines);
    CHECK(hotFiles(*now.result) == std::vector<std::string>{"alpha1.py", "alpha2.py", "beta1.py"});

    const RunReport whole = runOf(project.options);
    CHECK_FALSE(whole.result->hasOlderWholes());
    CHECK(whole.analysed == 0);
    CHECK(codeOf(*now.result) == codeOf(*whole.result));
    REQUIRE(whole.result->report().duplicates.size() == 1);
    CHECK(whole.result->report().duplicates[0].places.size() == 3);
    CHECK(hotFiles(*whole.result) == std::vector<std::string>{"alpha1.py", "alpha2.py", "beta1.py"});
}
