// Whole analyses by engine_worker, asked at a time that stands still: what is seen was watched, not waited
// for.
#include "core/analysis/retrieve/ProjectKnowledge.h"

#include "tests/support/EngineRun.h"
#include "tests/support/FakeClock.h"
#include "tests/support/FileTree.h"
#include "tests/support/GitFolder.h"
#include "tests/support/RunTask.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace exo;
using exo::test::FakeClock;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

namespace fs = std::filesystem;

struct Asked {
    TempHome home;
    FakeClock clock;
    asio::io_context io;
    std::unique_ptr<ProjectKnowledge> knowledge;
    bool older = false;                               // of the last answer
    const analysis::AnalysisResult* result = nullptr; // for comparing, not for reading

    explicit Asked(std::vector<std::string> worker = {}) {
        KnowledgeOptions options;
        options.worker = test::engineWorker(std::move(worker));
        options.limits = [] { return KnowledgeOptions::Limits{}; };
        knowledge = makeProjectKnowledge(clock, std::move(options));
        writeText(home / "root/a.py", "def first\n");
    }
    Result<std::vector<std::string>> functions(KnowledgeNeed need = KnowledgeNeed::Everything) {
        std::vector<std::string> names;
        const KnowledgeJob job = [&](const analysis::KnownProject& project, const std::atomic<bool>&) {
            older = project.result().hasOlderWholes();
            result = &project.result();
            for (const auto& file : project.result().report().files)
                for (const auto& function : file.functions)
                    names.push_back(function.name);
        };
        auto done = test::run(io, knowledge->ask((home / "root").string(), job, {}, need));
        if (!done.ok()) return done.error();
        return names;
    }
};

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a question sees every edit before it") {
    Asked asked;
    CHECK(asked.functions().value() == Names{"first"});
    writeText(asked.home / "root/a.py", "def second\n");
    CHECK(asked.functions().value() == Names{"second"});
    writeText(asked.home / "root/b/c/d.py", "def third\n");
    CHECK(asked.functions().value() == Names{"second", "third"});
    writeText(asked.home / "root/b/c/d.py", "def fourth\n"); // in folders that are new
    CHECK(asked.functions().value() == Names{"second", "fourth"});
    fs::remove(asked.home / "root/a.py");
    CHECK(asked.functions().value() == Names{"fourth"});
}

TEST_CASE("a project that went is told, and found again when it is back") {
    Asked asked;
    CHECK(asked.functions().value() == Names{"first"});
    fs::rename(asked.home / "root", asked.home / "away");
    CHECK(asked.functions().error().code == ErrorCode::NotFound);
    writeText(asked.home / "root/z.py", "def other\n");
    CHECK(asked.functions().value() == Names{"other"});
}

TEST_CASE("a question about code sees edits by the edited files alone, one about everything by all") {
    Asked asked;
    const KnowledgeNeed code = KnowledgeNeed::Code;
    CHECK(asked.functions(code).value() == Names{"first"});
    CHECK(asked.older);
    CHECK(asked.functions().value() == Names{"first"});
    CHECK_FALSE(asked.older);
    const auto* whole = asked.result;
    writeText(asked.home / "root/a.py", "def second\n");
    CHECK(asked.functions(code).value() == Names{"second"});
    CHECK(asked.older);
    CHECK(asked.result == whole); // put in its place: nobody else holds it
    writeText(asked.home / "root/b.py", "def third\n");
    CHECK(asked.functions(code).value() == Names{"second", "third"});
    CHECK(asked.result != whole); // a file came: all code was looked at
    CHECK(asked.older);           // but not for what else there is
    writeText(asked.home / "root/b.py", "def fourth\n");
    CHECK(asked.functions(code).value() == Names{"second", "fourth"});
    CHECK(asked.older);
    CHECK(asked.functions().value() == Names{"second", "fourth"});
    CHECK_FALSE(asked.older);
    fs::remove(asked.home / "root/a.py");
    CHECK(asked.functions(code).value() == Names{"fourth"});
}

TEST_CASE("after looks at code alone a question about everything looks at everything") {
    Asked asked;
    CHECK(asked.functions().value() == Names{"first"});
    writeText(asked.home / "root/b.py", "def second\n");
    CHECK(asked.functions(KnowledgeNeed::Code).value() == Names{"first", "second"});
    CHECK(asked.older);
    fs::remove(asked.home / "root/b.py");
    CHECK(asked.functions(KnowledgeNeed::Code).value() == Names{"first"});
    CHECK(asked.older);
    CHECK(asked.functions().value() == Names{"first"});
    CHECK_FALSE(asked.older);
}

TEST_CASE("a commit is seen although no file changed, and so are ignore rules that lie elsewhere") {
    if (!test::haveGit()) return;
    Asked asked({"product"});
    const std::string code = "def first(a):\n    if a:\n        return 1\n";
    std::shared_ptr<const void> index;
    const auto revisions = [&](KnowledgeNeed need) {
        std::int64_t count = 0;
        const KnowledgeJob job = [&](const analysis::KnownProject& project, const std::atomic<bool>&) {
            index = project.symbols().known().all;
            for (const auto& spot : project.result().report().hotspots)
                count += spot.revisions;
        };
        REQUIRE(
            test::run(asked.io, asked.knowledge->ask((asked.home / "root").string(), job, {}, need)).ok());
        return count;
    };
    writeText(asked.home / "root/a.py", code);
    CHECK(revisions(KnowledgeNeed::Everything) == 0);
    test::Git git(asked.home / "root");
    git.commit();
    const auto before = index;
    CHECK(revisions(KnowledgeNeed::Everything) == 1);
    CHECK(index == before); // of the same files
    git.write("a.py", code + "\n");
    git.commit();
    CHECK(revisions(KnowledgeNeed::Code) == 1); // as it was known
    CHECK(revisions(KnowledgeNeed::Everything) == 2);
    git.run("commit -q --amend -m y --allow-empty");
    git.commit();
    CHECK(revisions(KnowledgeNeed::Everything) == 2); // one without files
    fs::remove_all(asked.home / "root/.git");
    CHECK(revisions(KnowledgeNeed::Everything) == 0);

    const test::Git around(asked.home.path());
    CHECK(asked.functions(KnowledgeNeed::Code).value() == Names{"first"});
    writeText(asked.home / "root/b.py", "def second(): pass\n");
    CHECK(asked.functions(KnowledgeNeed::Code).value() == Names{"first", "second"});
    writeText(asked.home / ".git/info/exclude", "b.py\n");
    CHECK(asked.functions(KnowledgeNeed::Code).value() == Names{"first"});
    writeText(asked.home / ".gitignore", "!b.py\n");
    CHECK(asked.functions(KnowledgeNeed::Code).value() == Names{"first", "second"});
}
