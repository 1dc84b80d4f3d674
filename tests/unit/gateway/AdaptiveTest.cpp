// Targets with a limit of their own: who waits, who goes elsewhere, who holds a place.
#include "Bench.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

Act taking(Millis time) {
    Act act;
    act.wait = time;
    return act;
}

struct AdaptiveBench : Bench {
    AdaptiveBench() {
        settings.limits.adaptiveConcurrency = true;
        settings.fallback.simplifiedResponse = false;
        settings.models.fallbacks["beta"] = {"delta"};
    }
    AdaptiveSnapshot limitOf(const std::string& model, Awaited kind = Awaited::Whole) {
        for (const BreakerInfo& info : gateway->breakers())
            if (info.model == model && info.concurrency.contains(kind)) return info.concurrency.at(kind);
        return {};
    }
    // Ten calls, one after the other.
    void window(Millis time) {
        for (int i = 0; i < 10; ++i) {
            main->acts.push_back(taking(time));
            const auto call = complete();
            advance(time);
            REQUIRE(call->ok());
        }
    }
    // Until a target has a limit of three.
    void slowDown() {
        window(Millis(100));
        while (limitOf("alpha").limit > 3)
            window(Millis(250));
    }
    std::vector<std::shared_ptr<Pending<Completion>>> fill(const std::string& model = "alpha") {
        std::vector<std::shared_ptr<Pending<Completion>>> calls;
        for (int i = 0; i < 3; ++i) {
            main->acts.push_back(hanging());
            calls.push_back(complete(model));
        }
        return calls;
    }
};

} // namespace

TEST_CASE("unless it is asked for no target has a limit of its own") {
    AdaptiveBench bench;
    bench.settings.limits.adaptiveConcurrency = false;
    bench.main->acts = {hanging(), hanging(), hanging(), hanging()};
    for (int i = 0; i < 4; ++i)
        bench.complete();
    CHECK(bench.main->requests.size() == 4);
    CHECK(bench.gateway->breakers().at(0).concurrency.empty());
}

TEST_CASE("at a target's limit a call waits for a place, until another one ends") {
    AdaptiveBench bench;
    const auto running = bench.fill();
    bench.main->acts.push_back(answer());
    const auto waits = bench.complete();
    CHECK_FALSE(waits->done());
    CHECK(bench.main->requests.size() == 3);
    CHECK(waits->report->phase == CallPhase::Queued);
    const AdaptiveSnapshot full = bench.limitOf("alpha");
    CHECK(full.limit == 3);
    CHECK(full.inFlight == 3);
    CHECK(full.waiting == 1);
    bench.advance(Millis(1000));
    SUBCASE("whose client has left") {
        running[1]->cancel.cancel(CancelReason::ClientGone);
        bench.settle();
        REQUIRE(waits->ok());
        CHECK(waits->report->queueWait == Millis(1000));
        CHECK(waits->report->overhead < std::chrono::seconds(1));
        CHECK(bench.limitOf("alpha").inFlight == 2);
    }
    SUBCASE("unless its own client leaves first") {
        waits->cancel.cancel(CancelReason::ClientGone);
        bench.settle();
        CHECK(waits->code() == ErrorCode::Cancelled);
        CHECK(bench.limitOf("alpha").waiting == 0);
        CHECK(bench.main->requests.size() == 3);
    }
    SUBCASE("or the setting is turned off") {
        bench.settings.limits.adaptiveConcurrency = false;
        bench.gateway->reconfigure(bench.settings, bench.providers());
        bench.settle();
        CHECK(waits->ok());
        CHECK(bench.gateway->breakers().at(0).concurrency.empty());
    }
}

TEST_CASE("a limit learnt from slow answers holds, and the wait has an end") {
    AdaptiveBench bench;
    bench.slowDown();
    const auto running = bench.fill();
    const auto waits = bench.complete();
    bench.advance(Millis(9950));
    CHECK_FALSE(waits->done());
    bench.advance(Millis(50));
    CHECK(waits->code() == ErrorCode::QueueTimeout);
    CHECK(waits->result->error().retryAfter);
    CHECK(waits->report->attempts == 0);
    CHECK(bench.gateway->stats().active == 3);
    CHECK(bench.gateway->stats().queueTimeout == 1);
}

TEST_CASE("a call goes to the next target rather than wait, if that would take it") {
    AdaptiveBench bench;
    const auto running = bench.fill("beta");
    bench.other->acts = {answer(), hanging(), hanging(), hanging()};
    const auto moved = bench.complete("beta");
    REQUIRE(moved->ok());
    CHECK(moved->report->provider == "other");
    CHECK(moved->report->fallback == std::vector<std::string>{"main/beta", "other/delta"});
    for (int i = 0; i < 3; ++i)
        bench.complete("beta");
    CHECK(bench.limitOf("delta").inFlight == 3);
    bench.main->acts.push_back(answer());
    const auto waits = bench.complete("beta"); // where it was asked to go
    CHECK_FALSE(waits->done());
    CHECK(bench.limitOf("beta").waiting == 1);
    CHECK(bench.limitOf("delta").waiting == 0);
    running[0]->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    REQUIRE(waits->ok());
    CHECK(waits->report->provider == "main");
    CHECK(waits->report->fallback.empty());
}

TEST_CASE("a stream has its place until it begins, beside those of whole answers") {
    AdaptiveBench bench;
    const auto running = bench.fill();
    const Act words = saying({TextDelta{"a", 0}, FinishDelta{"stop", 0}});
    bench.main->acts = {words, words, words, words, hanging(), hanging(), hanging()};
    std::vector<std::shared_ptr<Pending<Bench::Stream>>> streams;
    for (int i = 0; i < 4; ++i) {
        streams.push_back(bench.stream());
        CHECK(streams.back()->ok());
    }
    CHECK(bench.limitOf("alpha", Awaited::Stream).inFlight == 0);
    for (int i = 0; i < 4; ++i)
        streams.push_back(bench.stream());
    CHECK(bench.limitOf("alpha", Awaited::Stream).inFlight == 3);
    CHECK(bench.limitOf("alpha", Awaited::Stream).waiting == 1);
    for (const auto& stream : streams)
        stream->cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(bench.limitOf("alpha", Awaited::Stream).inFlight == 0);
    CHECK(bench.limitOf("alpha", Awaited::Stream).waiting == 0);
}

TEST_CASE("a target that fails has its places back, and who waited hears that it rests") {
    AdaptiveBench bench;
    Act broken = failing(Error(ErrorCode::UpstreamConnection));
    broken.wait = Millis(100);
    bench.main->acts.assign(9, broken);
    std::vector<std::shared_ptr<Pending<Completion>>> calls;
    for (int i = 0; i < 4; ++i)
        calls.push_back(bench.complete());
    CHECK(bench.limitOf("alpha").waiting == 1);
    bench.advance(Millis(3000));
    for (int i = 0; i < 3; ++i)
        CHECK(calls[static_cast<std::size_t>(i)]->code() == ErrorCode::UpstreamConnection);
    CHECK(calls[3]->code() == ErrorCode::CircuitOpen);
    CHECK(calls[3]->report->attempts == 0);
    CHECK(bench.limitOf("alpha").inFlight == 0);
}
