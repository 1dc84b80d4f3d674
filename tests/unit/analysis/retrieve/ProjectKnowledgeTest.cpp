// Whole analyses by engine_worker, asked at a time that stands still: what is seen was watched, not waited
// for.
#include "core/analysis/retrieve/ProjectKnowledge.h"

#include "tests/support/FakeClock.h"
#include "tests/support/FileTree.h"
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

    Asked() {
        KnowledgeOptions options;
        options.worker = {(fs::read_symlink("/proc/self/exe").parent_path() / "engine_worker").string(), {}};
        options.limits = [] { return KnowledgeOptions::Limits{}; };
        knowledge = makeProjectKnowledge(clock, std::move(options));
        writeText(home / "root/a.py", "def first\n");
    }
    Result<std::vector<std::string>> functions() {
        std::vector<std::string> names;
        const KnowledgeJob job = [&](const analysis::KnownProject& project, const std::atomic<bool>&) {
            for (const auto& file : project.result().report().files)
                for (const auto& function : file.functions)
                    names.push_back(function.name);
        };
        auto done = test::run(io, knowledge->ask((home / "root").string(), job, {}));
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
