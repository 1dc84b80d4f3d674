#include "core/limits/AdaptiveLimit.h"

#include "tests/support/FakeClock.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <vector>

using namespace exo;

namespace {

using Place = AdaptiveLimit::Place;

struct Caller {
    CancelSource cancel;
    std::optional<Result<Place>> result;

    bool going() const { return result && result->ok() && (*result)->held(); }
    ErrorCode refusal() const { return result && !result->ok() ? result->error().code : ErrorCode::Internal; }
};

struct Bench {
    test::FakeClock clock;
    std::optional<AdaptiveLimit> limit;
    std::deque<Caller> callers;
    asio::io_context io; // the last, so that waiting coroutines go first

    explicit Bench(AdaptiveBounds bounds = {}) { limit.emplace(bounds, clock, clock, 1); }

    asio::awaitable<void> ask(Caller* caller) {
        AdmissionTicket ticket;
        caller->result = co_await limit->acquire(std::move(ticket), caller->cancel.token());
    }
    Caller& call() {
        Caller& caller = callers.emplace_back();
        asio::co_spawn(io, ask(&caller), asio::detached);
        settle();
        return caller;
    }
    void settle() {
        io.restart();
        io.poll();
    }
    int now() const { return limit->snapshot().limit; }
    // So many places as there are, all answered after this time; the clock goes on by it.
    int round(Millis time) {
        std::vector<Place> places;
        const CancelToken stays;
        while (auto place = limit->acquireNow(stays))
            places.push_back(std::move(**place));
        clock.advance(time);
        for (Place& place : places)
            place.answered(time);
        return static_cast<int>(places.size());
    }
    // Calls, a few at a time so that none meets the limit, until a window or a measurement is over.
    void window(Millis time) {
        for (int i = 0; i < 10; ++i) {
            Place place = std::move(**limit->acquireNow({}));
            clock.advance(Millis(i == 9 ? 2 * time + Millis(1000) : Millis(1)));
            place.answered(time);
        }
    }
    Bench& measured(Millis shortest) {
        window(shortest);
        return *this;
    }
};

} // namespace

TEST_CASE("the first calls are measured three at a time, then all that may run go") {
    Bench bench;
    CHECK(bench.round(Millis(100)) == 3);
    CHECK(bench.round(Millis(100)) == 3);
    CHECK(bench.round(Millis(100)) == 3);
    CHECK(bench.now() == 3);
    bench.round(Millis(100));
    CHECK(bench.now() == 50);
    CHECK(bench.clock.pending() == 0);
}

TEST_CASE("the limit follows the median of a window") {
    struct Row {
        Millis time;
        int before, after;
    };
    // g·limit + √(g·limit), with 100 ms + 25 % against the time
    for (const Row row : {Row{Millis(125), 10, 13}, Row{Millis(250), 36, 22}, Row{Millis(1000), 40, 24},
                          Row{Millis(50), 10, 24}, Row{Millis(250), 4, 3}, Row{Millis(5000), 4, 3},
                          Row{Millis(100), 49, 50}}) {
        Bench bench;
        bench.measured(Millis(100));
        AdaptiveBounds bounds;
        bounds.most = row.before;
        bench.limit->setBounds(bounds); // pulls it down there
        bounds.most = 50;
        bench.limit->setBounds(bounds);
        REQUIRE(bench.now() == row.before);
        bench.window(row.time);
        CHECK_MESSAGE(bench.now() == row.after, row.time.count(), " ms from ", row.before);
    }
}

TEST_CASE(
    "under steady answers it grows to the most and no further, under slow ones it shrinks to the least") {
    Bench bench(AdaptiveBounds{3, 20});
    bench.measured(Millis(100));
    for (int i = 0; i < 8; ++i) {
        const int before = bench.now();
        bench.window(Millis(1000));
        CHECK(bench.now() <= before);
        CHECK(bench.now() >= 3);
    }
    CHECK(bench.now() == 3);
    Bench steady(AdaptiveBounds{3, 20});
    steady.measured(Millis(100));
    for (int i = 0; i < 4; ++i)
        steady.window(Millis(1000));
    REQUIRE(steady.now() < 10);
    for (int i = 0; i < 10; ++i) {
        const int before = steady.now();
        steady.window(Millis(100));
        CHECK(steady.now() >= before);
        CHECK(steady.now() <= 20);
    }
    CHECK(steady.now() == 20);
}

TEST_CASE("never are more in flight than the limit, and who waits goes as it grows") {
    Bench bench(AdaptiveBounds{2, 4});
    for (int i = 0; i < 6; ++i)
        bench.call();
    CHECK(bench.limit->snapshot().inFlight == 2);
    CHECK(bench.limit->snapshot().waiting == 4);
    CHECK(bench.limit->saturated());
    for (int i = 0; i < 10; ++i) { // the measurement ends with the tenth
        for (Caller& caller : bench.callers)
            if (caller.going()) {
                (*caller.result)->answered(Millis(10));
                break;
            }
        bench.call();
        bench.settle();
    }
    CHECK(bench.now() == 4);
    CHECK(bench.limit->snapshot().inFlight == 4);
    CHECK(bench.limit->snapshot().waiting == 2);
}

TEST_CASE("a measurement keeps nobody waiting longer than half the queue's time") {
    struct Row {
        Millis queueTimeout, longest;
    };
    for (const Row row : {Row{Millis(10'000), Millis(5000)}, Row{Millis(60'000), Millis(5000)},
                          Row{Millis(2000), Millis(1000)}}) {
        Bench bench(AdaptiveBounds{3, 50, row.queueTimeout});
        for (int i = 0; i < 3; ++i)
            REQUIRE(bench.call().going());
        const Caller& waits = bench.call();
        bench.clock.advance(row.longest - Millis(1));
        bench.settle();
        CHECK_FALSE(waits.result);
        bench.clock.advance(Millis(1));
        bench.settle();
        CHECK(waits.going());
        CHECK(bench.now() == 50);
        // Nothing was measured: the first window stands in, and only then the limit moves.
        bench.window(Millis(100));
        CHECK(bench.now() == 50);
        bench.window(Millis(400));
        CHECK(bench.now() < 50);
    }
}

TEST_CASE("it is measured anew after five minutes, if the limit was met") {
    for (const bool met : {false, true}) {
        Bench bench;
        bench.measured(Millis(100));
        for (int i = 0; i < 6; ++i)
            bench.window(Millis(250)); // it is this slow now whatever we do
        const int settled = bench.now();
        REQUIRE(settled < 20);
        if (met) bench.round(Millis(250));
        bench.clock.advance(Millis(280'000));
        bench.call();
        CHECK(bench.now() <= settled);
        CHECK(bench.now() > 3);
        bench.clock.advance(Millis(70'000)); // the jitter is at most 15 %
        bench.call();
        CHECK((bench.now() == 3) == met);
        if (!met) continue;
        bench.callers.clear(); // those two are given up
        for (int i = 0; i < 4; ++i)
            CHECK(bench.round(Millis(250)) == 3);
        const int before = bench.now();
        CHECK(before > 3); // the limit of before
        bench.window(Millis(250));
        CHECK(bench.now() > before);
    }
}

TEST_CASE("five windows at the least mean that the shortest time is out of date") {
    Bench bench(AdaptiveBounds{3, 6});
    bench.measured(Millis(100));
    int windows = 0;
    for (; bench.now() > 3; ++windows)
        bench.window(Millis(1000));
    for (int i = 0; i < 5; ++i) {
        CHECK(bench.now() == 3);
        bench.window(Millis(1000));
    }
    bench.window(Millis(1000)); // this one measures
    CHECK(bench.now() == 3);
    bench.window(Millis(1000));
    CHECK(bench.now() > 3);
    CHECK(bench.clock.pending() == 0);
}

TEST_CASE("while it is measured only calls count that began in it") {
    Bench bench;
    bench.measured(Millis(100));
    bench.limit->setBounds(AdaptiveBounds{3, 3}); // pulls it down
    bench.limit->setBounds(AdaptiveBounds{3, 50});
    Place early = std::move(**bench.limit->acquireNow({}));
    for (int i = 0; i < 5; ++i)
        bench.window(Millis(1000));
    early.answered(Millis(1000));
    const auto answers = [&](int times) {
        for (int i = 0; i < times; ++i) {
            Place place = std::move(**bench.limit->acquireNow({}));
            bench.clock.advance(Millis(300));
            place.answered(Millis(1000));
        }
    };
    answers(19); // ten are the measurement, nine no window
    CHECK(bench.now() == 3);
    answers(1);
    CHECK(bench.now() > 3);
}

TEST_CASE("an idle target keeps its limit, and what was before the pause does not count") {
    Bench bench;
    bench.measured(Millis(100));
    bench.window(Millis(250));
    const int settled = bench.now();
    const auto slow = [&](int times) {
        for (int i = 0; i < times; ++i) {
            Place place = std::move(**bench.limit->acquireNow({}));
            bench.clock.advance(Millis(200));
            place.answered(Millis(5000));
        }
    };
    slow(9);
    bench.clock.advance(std::chrono::hours(10));
    CHECK(bench.now() == settled);
    Place place = std::move(**bench.limit->acquireNow({}));
    place.answered(Millis(100)); // the tenth, but of a window of its own
    CHECK(bench.now() == settled);
    bench.window(Millis(100));
    CHECK(bench.now() > settled);
}

TEST_CASE("calls that were given up count as the slowest, dropped ones not at all") {
    const auto mixed = [](int gaveUp, int dropped) {
        Bench bench;
        bench.measured(Millis(100));
        for (int i = 0; i < 10; ++i) {
            Place place = std::move(**bench.limit->acquireNow({}));
            bench.clock.advance(Millis(200));
            if (i < gaveUp)
                place.gaveUp();
            else if (i >= gaveUp + dropped)
                place.answered(Millis(100));
        }
        return bench.now();
    };
    CHECK(mixed(0, 0) == 50);
    CHECK(mixed(4, 0) == 50); // the median is what answered
    CHECK(mixed(6, 0) == 30); // 25 + √25
    CHECK(mixed(10, 0) == 30);
    CHECK(mixed(6, 4) == 50); // six samples are no window
    Bench bench;              // nor is the shortest time learnt from them
    for (int i = 0; i < 12; ++i)
        (**bench.limit->acquireNow({})).gaveUp();
    CHECK(bench.now() == 3);
    bench.clock.advance(Millis(5000));
    CHECK(bench.now() == 50);
}

TEST_CASE("a place is free again whatever becomes of the call") {
    const std::vector<std::function<void(Bench&, Caller&)>> ends = {
        [](Bench&, Caller& c) { (*c.result)->answered(Millis(1)); },
        [](Bench&, Caller& c) { (*c.result)->gaveUp(); },
        [](Bench&, Caller& c) { c.result.reset(); },
        [](Bench&, Caller& c) { const Place moved = std::move(**c.result); },
        [](Bench&, Caller& c) { **c.result = Place(); },
    };
    for (const auto& end : ends) {
        Bench bench(AdaptiveBounds{1, 1});
        Caller& first = bench.call();
        Caller& second = bench.call();
        CHECK(first.going());
        CHECK_FALSE(second.result);
        end(bench, first);
        bench.settle();
        CHECK(second.going());
        CHECK(bench.limit->snapshot().inFlight == 1);
        CHECK(bench.limit->snapshot().waiting == 0);
    }
}

TEST_CASE("who waits leaves with its client, and with the queue's time") {
    Bench bench(AdaptiveBounds{1, 1, Millis(2000)});
    Caller& first = bench.call();
    Caller& left = bench.call();
    Caller& late = bench.call();
    left.cancel.cancel(CancelReason::ClientGone);
    bench.settle();
    CHECK(left.refusal() == ErrorCode::Cancelled);
    bench.clock.advance(Millis(2000));
    bench.settle();
    CHECK(late.refusal() == ErrorCode::QueueTimeout);
    CHECK(late.result->error().retryAfter);
    CHECK(first.going());
    CHECK(bench.limit->snapshot().waiting == 0);
}

TEST_CASE("places and waiters outlive the limit") {
    Bench bench(AdaptiveBounds{1, 1});
    Caller& first = bench.call();
    Caller& second = bench.call();
    bench.limit.reset();
    (*first.result)->answered(Millis(1));
    bench.settle();
    CHECK(second.going());
    second.result.reset();
    CHECK(bench.clock.pending() == 0);
}

TEST_CASE("new bounds take effect at once") {
    Bench bench;
    bench.measured(Millis(100));
    bench.limit->setBounds(AdaptiveBounds{3, 10});
    CHECK(bench.now() == 10);
    bench.limit->setBounds(AdaptiveBounds{3, 1});
    CHECK(bench.now() == 1);
    Caller& first = bench.call();
    const Caller& second = bench.call();
    CHECK(first.going());
    CHECK_FALSE(second.result);
    bench.limit->setBounds(AdaptiveBounds{100, 100});
    bench.settle();
    CHECK(second.going());
}
