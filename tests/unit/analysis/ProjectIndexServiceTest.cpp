#include "core/analysis/ProjectIndexService.h"

#include "tests/support/FileTree.h"
#include "tests/support/RunTask.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

#include <map>
#include <thread>

using namespace exo;
using test::TempHome;
using test::writeText;

TEST_CASE("the service answers on the executor that asked, and keeps one file per project") {
    const TempHome home;
    writeText(home / "p/a.c", "int alpha(void) {\n}\n");
    writeText(home / "q/b.c", "int beta(void) {\n}\n");
    asio::io_context io; // outlives the service, whose thread may still hold its executor
    const auto service = makeProjectIndexService(Paths::fromHome(home / "home"), {});
    const auto ask = [&](const char* project, const char* question) {
        return test::run(io, service->search((home / project).string(), question, 4, 10'000, {}));
    };
    auto found = ask("p", "alpha");
    REQUIRE(found.ok());
    CHECK(found->size() == 1);
    CHECK(ask("p", "beta")->empty());
    CHECK(ask("q", "beta")->size() == 1);
    CHECK(ask("missing", "beta").error().code == ErrorCode::NotFound);
    int databases = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(Paths::fromHome(home / "home").cache / "index"))
        databases += entry.path().extension() == ".db" ? 1 : 0;
    CHECK(databases == 2);

    // Another folder under the same name is another project.
    std::filesystem::remove_all(home / "p");
    writeText(home / "p/c.c", "int gamma(void) {\n}\n");
    CHECK(ask("p", "alpha")->empty());
    CHECK(ask("p", "gamma")->size() == 1);
}

TEST_CASE("a cancelled question ends as cancelled, and so does one the service is closed under") {
    const TempHome home;
    for (int i = 0; i < 300; ++i)
        writeText(home / ("p/" + std::to_string(i) + ".c"), "int x;\n");
    asio::io_context io;
    auto service = makeProjectIndexService(Paths::fromHome(home / "home"), {});
    CancelSource source;
    source.cancel(CancelReason::UserStop);
    const auto before = test::run(io, service->overview((home / "p").string(), source.token()));
    REQUIRE_FALSE(before.ok());
    CHECK(before.error().code == ErrorCode::Cancelled);

    int calls = 0;
    auto report = test::run(io, service->refresh((home / "p").string(), {}, [&](IndexProgress progress) {
        CHECK(progress.total == 300);
        ++calls;
    }));
    REQUIRE(report.ok());
    CHECK(report->added == 300);
    CHECK(calls > 0);
    service.reset(); // joins its thread
}

TEST_CASE("when the time is up a question is answered from what is read, and the next one reads on") {
    const TempHome home;
    writeText(home / "p/a.c", "int alpha(void) {\n}\n");
    asio::io_context io;
    const auto service = makeProjectIndexService(Paths::fromHome(home / "home"), {});
    CancelSource late;
    late.cancel(CancelReason::Deadline);
    const auto ask = [&](CancelToken cancel) {
        return test::run(io, service->search((home / "p").string(), "alpha", 4, 10'000, std::move(cancel)));
    };
    const auto nothingYet = ask(late.token());
    REQUIRE(nothingYet.ok());
    CHECK(nothingYet->empty());
    CHECK(test::run(io, service->overview((home / "p").string(), late.token())).ok());
    CHECK(ask({})->size() == 1);
    CHECK(ask(late.token())->size() == 1); // what is known stays known
}

TEST_CASE("while the disk is full questions are answered from memory, and nothing is written") {
    const TempHome home;
    writeText(home / "p/a.c", "int alpha(void) {\n}\n");
    asio::io_context io;
    const auto service = makeProjectIndexService(Paths::fromHome(home / "home"), {});
    const auto ask = [&](const char* project, const char* question) {
        return test::run(io, service->search((home / project).string(), question, 4, 10'000, {}));
    };
    const std::filesystem::path folder = Paths::fromHome(home / "home").cache / "index";
    const auto written = [&] { // names and sizes
        std::map<std::string, std::uintmax_t> files;
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            if (entry.path().extension() != ".db-shm") files[entry.path().filename()] = entry.file_size();
        return files;
    };
    CHECK(ask("p", "alpha")->size() == 1);

    service->setWriting(ProjectIndexService::Writing::Paused);
    CHECK(ask("p", "alpha")->size() == 1);
    const auto before = written();
    writeText(home / "p/b.c", "int beta(void) {\n}\n");
    writeText(home / "q/c.c", "int gamma(void) {\n}\n");
    CHECK(ask("p", "beta")->size() == 1);
    CHECK(ask("q", "gamma")->size() == 1);
    CHECK(written() == before);

    service->setWriting(ProjectIndexService::Writing::On);
    CHECK(ask("p", "beta")->size() == 1);
    CHECK(ask("q", "gamma")->size() == 1);
    CHECK(written().size() > before.size());
}
