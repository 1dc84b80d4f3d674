#include "core/net/AsioTimers.h"
#include "core/net/Event.h"

#include "tests/support/FakeClock.h"
#include "tests/unit/net/Raw.h"

using namespace exo;
using namespace exo::net;

namespace {

asio::awaitable<void> sleepInto(Timers& timers, Millis delay, CancelToken cancel,
                                std::optional<Result<void>>& out) {
    out = co_await sleepFor(timers, delay, std::move(cancel));
}

asio::awaitable<void> waitAndCount(Event& event, int& count) {
    co_await event.wait();
    ++count;
}

} // namespace

TEST_CASE("timers run in the order of their deadlines, never inside schedule") {
    asio::io_context io;
    const auto timers = makeTimers(io);
    std::string order;
    timers->schedule(Millis(20), [&] { order += 'c'; });
    timers->schedule(Millis(0), [&] { order += 'a'; });
    timers->schedule(Millis(5), [&] { order += 'b'; });
    const auto dropped = timers->schedule(Millis(1), [&] { order += 'x'; });
    CHECK(order.empty());
    timers->cancel(dropped);
    timers->cancel(dropped);
    timers->cancel(0);
    io.run();
    CHECK(order == "abc");
}

TEST_CASE("a timer callback may schedule, cancel its neighbours, and destroy the timers") {
    asio::io_context io;
    auto timers = makeTimers(io);
    std::string order;
    Timers::Id neighbour = 0;
    timers->schedule(Millis(1), [&] {
        order += 'a';
        timers->cancel(neighbour);
        timers->schedule(Millis(1), [&] {
            order += 'c';
            timers.reset();
        });
        timers->schedule(Millis(1), [&] { order += 'y'; });
    });
    neighbour = timers->schedule(Millis(1), [&] { order += 'x'; });
    io.run();
    CHECK(order == "ac");
}

TEST_CASE("an earlier timer is not held up by a later one, and cancelling thousands forgets them") {
    asio::io_context io;
    const auto timers = makeTimers(io);
    std::vector<Timers::Id> ids;
    for (int i = 0; i < 10000; ++i)
        ids.push_back(timers->schedule(std::chrono::hours(1), [] {}));
    bool ran = false;
    timers->schedule(Millis(1), [&] {
        ran = true;
        io.stop();
    });
    for (const auto id : ids)
        timers->cancel(id);
    io.run();
    CHECK(ran);
}

TEST_CASE("what a timer was known by says nothing about the next one in its place") {
    asio::io_context io;
    const auto timers = makeTimers(io);
    const auto dropped = timers->schedule(Millis(1), [] {});
    timers->cancel(dropped);
    bool ran = false;
    const auto next = timers->schedule(Millis(1), [&] { ran = true; });
    CHECK(next != dropped);
    timers->cancel(dropped);
    io.run();
    CHECK(ran);
}

TEST_CASE("a sleep ends with its time or with the cancellation, whichever comes first") {
    asio::io_context io;
    test::FakeClock clock;
    CancelSource source;
    std::optional<Result<void>> first;
    std::optional<Result<void>> second;
    std::optional<Result<void>> third;
    asio::co_spawn(io, sleepInto(clock, Millis(100), source.token(), first), asio::detached);
    asio::co_spawn(io, sleepInto(clock, Millis(500), source.token(), second), asio::detached);
    io.poll();
    clock.advance(Millis(99));
    io.poll();
    CHECK_FALSE(first);
    clock.advance(Millis(1));
    io.poll();
    REQUIRE(first);
    CHECK(first->ok());
    CHECK_FALSE(second);
    source.cancel(CancelReason::UserStop);
    io.poll();
    REQUIRE(second);
    CHECK(second->error().code == ErrorCode::Cancelled);
    CHECK(clock.pending() == 0);
    asio::co_spawn(io, sleepInto(clock, Millis(100), source.token(), third), asio::detached);
    io.restart();
    io.poll();
    REQUIRE(third);
    CHECK_FALSE(third->ok());
}

TEST_CASE("an event wakes every sleeper, and is not lost when nobody sleeps yet") {
    asio::io_context io;
    Event event;
    int woken = 0;
    asio::co_spawn(io, waitAndCount(event, woken), asio::detached);
    asio::co_spawn(io, waitAndCount(event, woken), asio::detached);
    io.poll();
    event.notify();
    CHECK(woken == 0);
    io.poll();
    CHECK(woken == 2);
    event.notify();
    asio::co_spawn(io, waitAndCount(event, woken), asio::detached);
    io.restart();
    io.poll();
    CHECK(woken == 3);
}
