#include "core/analysis/engine/AnalysisServiceImpl.h"
#include "tests/support/EngineRun.h"
#include "tests/support/FileTree.h"
#include "tests/support/RunTask.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

using namespace exo;
using exo::test::TempHome;
using exo::test::writeText;

namespace {

struct Rig {
    TempHome home;
    asio::io_context io;
    SystemClock clock;
    std::unique_ptr<AnalysisService> service;
    const Owner local = Owner::local();

    explicit Rig(std::size_t maxRunning = 4, std::size_t maxKept = 8) {
        AnalysisServiceOptions options;
        options.worker = test::engineWorker();
        options.limits = [] { return AnalysisServiceOptions::Limits{}; };
        options.maxRunning = maxRunning;
        options.maxKept = maxKept;
        service = makeAnalysisService(io, clock, std::move(options));
        writeText(home / "root/a.py", "def f\ndef g\n");
    }

    Result<AnalysisId> start(const Owner& owner) {
        AnalysisRequest request;
        request.path = (home / "root").string();
        return service->start(owner, std::move(request));
    }
    Result<api::AnalysisState> wait(const AnalysisId& id, CancelToken cancel = {}) {
        return test::run(io, service->wait(local, id, std::move(cancel)));
    }
};

} // namespace

TEST_CASE("an analysis goes from running to done, and tells those who watch") {
    Rig rig;
    const auto id = rig.start(rig.local);
    REQUIRE(id.ok());
    CHECK(rig.service->state(rig.local, *id)->status == "running");
    CHECK(rig.service->result(rig.local, *id).error().code == ErrorCode::Conflict);
    std::vector<std::string> told;
    const auto watching =
        rig.service->subscribe(rig.local, *id, [&](const auto& state) { told.push_back(state.status); });
    REQUIRE(watching.ok());
    const auto state = rig.wait(*id);
    REQUIRE(state.ok());
    CHECK(state->status == "done");
    CHECK(state->summary->functions == 2);
    CHECK(told.front() == "running");
    CHECK(told.back() == "done");
    CHECK(std::count(told.begin(), told.end(), "done") == 1);
    CHECK((*rig.service->result(rig.local, *id))->file("a.py") != nullptr);
    CHECK(rig.wait(*id)->status == "done"); // also for who comes late
}

TEST_CASE("an analysis is its owner's") {
    Rig rig;
    const auto id = rig.start(Owner::key("ann"));
    REQUIRE(id.ok());
    for (const Owner& other : {Owner::key("ben"), Owner::local()}) {
        CHECK(rig.service->state(other, *id).error().code == ErrorCode::NotFound);
        CHECK(rig.service->remove(other, *id).error().code == ErrorCode::NotFound);
        CHECK_FALSE(rig.service->subscribe(other, *id, [](const auto&) {}).ok());
        CHECK(rig.service->list(other).empty());
    }
    CHECK(rig.service->list(Owner::key("ann")).size() == 1);
    CHECK(rig.service->state(Owner::administrator(), *id).ok());
}

TEST_CASE("one that fails says why") {
    Rig rig;
    AnalysisRequest request;
    request.path = "/nowhere/at/all";
    CHECK(rig.service->start(rig.local, request).error().code == ErrorCode::NotFound);
    request.path = "/dev/null";
    const auto id = rig.service->start(rig.local, request);
    REQUIRE(id.ok());
    const auto state = rig.wait(*id);
    CHECK(state->status == "failed");
    CHECK(state->errorCode == "invalid_request");
    CHECK_FALSE(state->errorMessage.empty());
}

TEST_CASE("one that stalls is stopped by who waits for it") {
    Rig rig;
    writeText(rig.home / "root/stall.py", "STALL\n");
    const auto id = rig.start(rig.local);
    REQUIRE(id.ok());
    CancelSource cancel;
    const auto watching = rig.service->subscribe(rig.local, *id, [&](const auto& state) {
        if (state.progress.stage == "parsing") cancel.cancel(CancelReason::UserStop);
    });
    CHECK(rig.wait(*id, cancel.token()).error().code == ErrorCode::Cancelled);
    CHECK(rig.service->state(rig.local, *id)->status == "cancelled");
}

TEST_CASE("too many at once are refused, old results are forgotten") {
    Rig rig(1, 2);
    const auto first = rig.start(rig.local);
    REQUIRE(first.ok());
    CHECK(rig.start(rig.local).error().code == ErrorCode::Overloaded);
    CHECK(rig.wait(*first).ok());
    for (int i = 0; i < 2; ++i)
        CHECK(rig.wait(*rig.start(rig.local)).ok());
    CHECK(rig.service->list(rig.local).size() == 2);
    CHECK(rig.service->state(rig.local, *first).error().code == ErrorCode::NotFound);
}

TEST_CASE("a watcher may stop watching while it is told") {
    Rig rig;
    const auto id = rig.start(rig.local);
    int times = 0;
    std::unique_ptr<AnalysisSubscription> own;
    auto subscribed = rig.service->subscribe(rig.local, *id, [&](const auto&) {
        if (++times == 2) own.reset();
    });
    REQUIRE(subscribed.ok());
    own = std::move(*subscribed);
    CHECK(rig.wait(*id).ok());
    CHECK(times == 2);
}

TEST_CASE("lines of a file are read as they are now, and say when they changed") {
    Rig rig;
    const auto id = rig.start(rig.local);
    REQUIRE(rig.wait(*id).ok());
    const auto read = [&](const std::string& path, int start, int count) {
        return test::run(rig.io, rig.service->source(rig.local, *id, path, start, count));
    };
    const auto source = read("a.py", 2, 10);
    REQUIRE(source.ok());
    CHECK(source->lines == std::vector<std::string>{"def g"});
    CHECK(source->totalLines == 2);
    CHECK_FALSE(source->changed);
    CHECK(read("../a.py", 1, 1).error().code == ErrorCode::NotFound);
    writeText(rig.home / "root/a.py", "def h\n");
    CHECK(read("a.py", 1, 1)->changed);
}
