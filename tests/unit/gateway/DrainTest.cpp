// Clients that leave calls whose answers are read to the end all the same.
#include "Bench.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

struct DrainBench : Bench {
    CancelSource ending;

    DrainBench() { settings.fallback.simplifiedResponse = false; }
    template <class T>
    GatewayCall draining(const Pending<T>& pending) {
        GatewayCall call = callOf(pending);
        call.drains = true;
        call.ending = ending.token();
        return call;
    }
    // Those that may be shared are, with equal ones.
    static CompletionRequest asking(std::string model, bool shared) {
        CompletionRequest wanted = request(std::move(model));
        if (shared) wanted.body = {{"messages", *member(wanted.body, "messages")}};
        return wanted;
    }
    std::shared_ptr<Pending<Completion>> whole(bool shared = false, std::string model = "alpha") {
        auto pending = std::make_shared<Pending<Completion>>();
        asio::co_spawn(io,
                       store(open().complete(asking(std::move(model), shared), draining(*pending)), pending),
                       asio::detached);
        settle();
        return pending;
    }
    std::shared_ptr<Pending<Stream>> streamed(bool shared = false, std::string model = "alpha") {
        auto pending = std::make_shared<Pending<Stream>>();
        asio::co_spawn(io,
                       store(open().stream(asking(std::move(model), shared), draining(*pending)), pending),
                       asio::detached);
        settle();
        return pending;
    }
    void leave(CancelSource& client) {
        client.cancel(CancelReason::ClientGone);
        settle();
    }
};

Act slow(Act act) {
    act.wait = Millis(1000);
    return act;
}

Act words(int count, Millis between) {
    Act act;
    for (int i = 0; i < count; ++i)
        act.events.push_back(TextDelta{"word ", 0});
    act.events.push_back(FinishDelta{"stop", 0});
    act.events.push_back(UsageDelta{{7, count, false}, {}});
    act.betweenEvents = between;
    return act;
}

} // namespace

TEST_CASE("an answer that was asked for is waited for although its client has left, and holds its slot") {
    for (const bool shared : {false, true}) {
        DrainBench bench;
        bench.main->acts = {slow(answer())};
        const auto call = bench.whole(shared);
        bench.advance(Millis(500));
        bench.leave(call->cancel);
        CHECK_FALSE(call->done());
        CHECK(bench.gateway->stats().active == 1);
        CHECK_FALSE(bench.main->contexts.at(0).cancel.cancelled());
        bench.advance(Millis(600));
        CHECK(call->ok());
        CHECK(bench.gateway->stats().active == 0);
        CHECK(bench.gateway->stats().failed == 0);
        CHECK(bench.clock.pending() == 0);
    }
}

TEST_CASE("a stream whose client has left is read to its end and booked with what the upstream counted") {
    for (const bool shared : {false, true}) {
        DrainBench bench;
        bench.main->acts = {words(5, Millis(100))};
        const auto call = bench.streamed(shared);
        bench.advance(Millis(150));
        REQUIRE(call->ok());
        bench.leave(call->cancel);
        for (int events = 0; events < 7; ++events) {
            const auto event = bench.next(*call);
            bench.advance(Millis(200));
            REQUIRE(event->ok());
            REQUIRE((*event->result)->has_value());
        }
        const auto end = bench.next(*call);
        bench.advance(Millis(200));
        REQUIRE(end->ok());
        CHECK_FALSE((*end->result)->has_value());
        call->result.reset();
        bench.settle();
        CHECK(bench.gateway->stats().inputTokens == 7);
        CHECK(bench.gateway->stats().outputTokens == 5);
        CHECK(bench.gateway->stats().active == 0);
        CHECK(bench.main->openStreams == 0);
        CHECK(bench.clock.pending() == 0);
    }
}

TEST_CASE("who leaves while nobody is asked is gone at once") {
    DrainBench bench;
    SUBCASE("in the queue") {
        bench.settings.limits.maxConcurrentRequests = 1;
        bench.main->acts = {slow(answer())};
        const auto runs = bench.whole();
        const auto waits = bench.whole();
        CHECK(bench.gateway->stats().queued == 1);
        bench.leave(waits->cancel);
        CHECK(waits->code() == ErrorCode::Cancelled);
        CHECK(bench.gateway->stats().queued == 0);
        bench.advance(Millis(1100));
        CHECK(runs->ok());
    }
    SUBCASE("in the queue, of a shared call") {
        bench.settings.limits.maxConcurrentRequests = 1;
        bench.main->acts = {slow(answer())};
        const auto runs = bench.whole();
        const auto waits = bench.whole(true);
        bench.leave(waits->cancel);
        CHECK(waits->code() == ErrorCode::Cancelled);
        CHECK(bench.gateway->stats().queued == 0);
        bench.advance(Millis(1100));
        CHECK(runs->ok());
    }
    SUBCASE("before a repeat") {
        bench.main->acts = {status(503)};
        const auto call = bench.whole();
        CHECK_FALSE(call->done());
        bench.leave(call->cancel);
        CHECK(call->code() == ErrorCode::Cancelled);
    }
    CHECK(bench.main->requests.size() == 1);
    CHECK(bench.gateway->stats().active == 0);
    CHECK(bench.clock.pending() == 0);
}

TEST_CASE(
    "for a client that has left nothing is asked again: no repeat, no fallback, no rest of a cut stream") {
    DrainBench bench;
    bench.settings.models.fallbacks["alpha"] = {"delta"};
    SUBCASE("a whole answer") {
        bench.main->acts = {slow(status(503))};
        const auto call = bench.whole();
        bench.leave(call->cancel);
        bench.advance(Millis(5000));
        CHECK(call->done());
        CHECK_FALSE(call->ok());
    }
    SUBCASE("a shared answer") {
        bench.main->acts = {slow(status(503))};
        const auto call = bench.whole(true);
        bench.leave(call->cancel);
        bench.advance(Millis(5000));
        CHECK(call->done());
        CHECK_FALSE(call->ok());
    }
    SUBCASE("a stream") {
        Act act = saying({TextDelta{"one ", 0}});
        act.endError = Error(ErrorCode::StreamInterrupted);
        bench.main->acts = {act};
        const auto call = bench.streamed();
        REQUIRE(call->ok());
        CHECK(bench.next(*call)->ok());
        bench.leave(call->cancel);
        CHECK(bench.next(*call)->code() == ErrorCode::StreamInterrupted);
    }
    CHECK(bench.main->requests.size() == 1);
    CHECK(bench.other->requests.empty());
    CHECK(bench.gateway->stats().active == (bench.main->openStreams > 0 ? 1 : 0));
}

TEST_CASE("while one of those who share a call is still there it is repeated for all") {
    DrainBench bench;
    bench.main->acts = {slow(status(503)), answer()};
    const auto gone = bench.whole(true), here = bench.whole(true);
    bench.leave(gone->cancel);
    CHECK_FALSE(gone->done());
    bench.advance(Millis(5000));
    CHECK(gone->code() == ErrorCode::Cancelled); // it left when the repeat began
    CHECK(here->ok());
    CHECK(bench.main->requests.size() == 2);
}

TEST_CASE("who joins an answer that is under way is treated like the first") {
    DrainBench bench;
    bench.main->acts = {slow(answer())};
    const auto first = bench.whole(true), second = bench.whole(true);
    bench.leave(second->cancel);
    bench.leave(first->cancel);
    CHECK_FALSE(second->done());
    bench.advance(Millis(1100));
    CHECK(first->ok());
    CHECK(second->ok());
}

TEST_CASE("the end of the service ends what nobody reads, and a stop by the user is obeyed as ever") {
    for (const bool shared : {false, true}) {
        DrainBench bench;
        bench.main->acts = {hanging(), hanging()};
        const auto left = bench.whole(shared);
        bench.leave(left->cancel);
        CHECK_FALSE(left->done());
        bench.ending.cancel(CancelReason::Shutdown);
        bench.settle();
        CHECK(left->code() == ErrorCode::Cancelled);
        bench.ending = CancelSource();
        const auto stopped = bench.whole(shared);
        stopped->cancel.cancel(CancelReason::UserStop);
        bench.settle();
        CHECK(stopped->code() == ErrorCode::Cancelled);
        CHECK(bench.gateway->stats().active == 0);
        CHECK(bench.clock.pending() == 0);
    }
}

TEST_CASE(
    "silence ends an answer that nobody reads as it ends any other, and ten minutes end one that goes on") {
    DrainBench bench;
    SUBCASE("a whole answer has its time-out") {
        bench.main->acts = {hanging()};
        const auto call = bench.whole();
        bench.leave(call->cancel);
        bench.advance(bench.settings.limits.requestTimeout + Millis(100));
        CHECK(call->code() == ErrorCode::UpstreamTimeout);
    }
    SUBCASE("a stream that keeps talking") {
        bench.main->acts = {words(100, std::chrono::seconds(10))};
        const auto call = bench.streamed();
        bench.advance(std::chrono::seconds(11));
        REQUIRE(call->ok());
        bench.leave(call->cancel);
        int events = 0;
        for (;; ++events) {
            const auto event = bench.next(*call);
            bench.advance(std::chrono::seconds(10));
            REQUIRE(event->done());
            if (!event->ok()) CHECK(event->code() == ErrorCode::Cancelled);
            if (!event->ok()) break;
        }
        CHECK(events >= 59);
        CHECK(events <= 62);
        call->result.reset();
    }
    bench.settle();
    CHECK(bench.gateway->stats().active == 0);
    CHECK(bench.clock.pending() == 0);
}
