#include "core/limits/CircuitBreaker.h"

#include "tests/support/FakeClock.h"

#include <doctest/doctest.h>

#include <set>
#include <vector>

using namespace exo;
using namespace std::chrono_literals;
using Probing = CircuitBreaker::Probing;
using Permit = CircuitBreaker::Permit;

namespace {

// A breaker driven by a string, one letter a call: s success, f bad answer, t transport error, i ignored,
// d dropped; a digit lets that many seconds pass.
struct Bench {
    test::FakeClock clock;
    BreakerLimits limits;
    std::optional<CircuitBreaker> breaker;

    explicit Bench(BreakerLimits l = {}, std::uint32_t seed = 7)
        : limits(l) {
        breaker.emplace(limits, clock, seed);
    }
    Permit enter() {
        auto permit = breaker->enter(Probing::Allowed);
        REQUIRE(permit);
        return std::move(*permit);
    }
    bool enters() { return breaker->enter(Probing::Allowed).has_value(); }
    void end(Permit permit, char how) {
        if (how == 's') permit.success();
        if (how == 'f') permit.failure(BreakerFailure::Answer, "HTTP 503");
        if (how == 't') permit.failure(BreakerFailure::Transport, "connection refused");
        if (how == 'i') permit.ignore();
    }
    void play(std::string_view calls) {
        for (const char call : calls) {
            if (call >= '0' && call <= '9')
                clock.advance(1s * (call - '0'));
            else
                end(enter(), call);
        }
    }
    BreakerState state() const { return breaker->snapshot().state; }
    void open() { play("ttttt"); }
    void waitUntilHalfOpen() { clock.advance(breaker->untilProbe()); }
};

} // namespace

TEST_CASE("a breaker opens by share, volume and runs of transport errors") {
    struct Row {
        const char* what;
        const char* calls;
        BreakerState state;
    };
    const std::vector<Row> rows = {
        {"nothing happened", "", BreakerState::Closed},
        {"nine failures are too few to say", "fffffffff", BreakerState::Closed},
        {"ten failures", "ffffffffff", BreakerState::Open},
        {"exactly half of ten", "sssssfffff", BreakerState::Open},
        {"less than half of ten", "ssssssffff", BreakerState::Closed},
        {"the tenth call decides, also a good one", "fffffsssss", BreakerState::Open},
        {"half of twelve, reached late", "ssssssffffff", BreakerState::Open},
        {"ignored calls are no calls", "fffffiiiiidddddiiii", BreakerState::Closed},
        {"four transport errors", "tttt", BreakerState::Closed},
        {"five transport errors in a row", "ttttt", BreakerState::Open},
        {"a success breaks the run", "ttttstttt", BreakerState::Closed},
        {"a bad answer breaks the run", "ttttftttt", BreakerState::Closed},
        {"an ignored call does not break the run", "ttttiddit", BreakerState::Open},
        {"a run may be longer than the window", "t9999t9999t9999t9999t", BreakerState::Open},
        {"failures leave the window", "fffff9999ffff", BreakerState::Closed},
        {"failures spread over the window count", "ff5ff5ff5ff5ff", BreakerState::Open},
        {"old successes leave the window", "ssssssssss9999ffffffffff", BreakerState::Open},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Bench bench;
        bench.play(row.calls);
        CHECK(bench.state() == row.state);
        CHECK(bench.enters() == (row.state == BreakerState::Closed));
        CHECK(bench.breaker->snapshot().reason.empty() == (row.state == BreakerState::Closed));
    }
}

TEST_CASE("a call is counted for at least 27 and at most 30 seconds") {
    Bench bench;
    bench.play("f");
    bench.clock.advance(27s - 1ms);
    CHECK(bench.breaker->snapshot().calls == 1);
    bench.clock.advance(3s + 1ms);
    CHECK(bench.breaker->snapshot().calls == 0);
    CHECK(bench.breaker->snapshot().failureRate == 0);
}

TEST_CASE("an open breaker says why, since when and until when, by the wall clock") {
    Bench bench;
    const WallTime opened = bench.clock.wallNow();
    bench.play("sssssfffff");
    const BreakerSnapshot snapshot = bench.breaker->snapshot();
    CHECK(snapshot.calls == 10);
    CHECK(snapshot.failureRate == doctest::Approx(0.5));
    CHECK(snapshot.reason == "5 of 10 calls failed, the last: HTTP 503");
    CHECK(snapshot.openedAt == opened);
    CHECK(snapshot.retryAt == opened + bench.breaker->untilProbe());
    Bench run;
    run.open();
    CHECK(run.breaker->snapshot().reason == "5 transport errors in a row, the last: connection refused");
}

TEST_CASE("an open breaker lets nobody through for 30 s within a tenth, each time anew") {
    std::set<Millis> pauses;
    for (std::uint32_t seed = 0; seed < 200; ++seed) {
        Bench bench({}, seed);
        bench.open();
        const Millis pause = bench.breaker->untilProbe();
        CHECK(pause >= 27s);
        CHECK(pause <= 33s);
        pauses.insert(pause);
        bench.clock.advance(pause - 1ms);
        CHECK(bench.state() == BreakerState::Open);
        CHECK_FALSE(bench.enters());
        bench.clock.advance(1ms);
        CHECK(bench.state() == BreakerState::HalfOpen);
        CHECK(bench.breaker->untilProbe() == 0ms);
        bench.play("f"); // the pause does not grow
        CHECK(bench.breaker->untilProbe() <= 33s);
    }
    CHECK(pauses.size() > 100);
}

TEST_CASE("the pause follows the upstream's Retry-After up to five minutes") {
    struct Row {
        Millis asked, least, most;
    };
    const std::vector<Row> rows = {{-5s, 27s, 33s},
                                   {0s, 27s, 33s},
                                   {20s, 27s, 33s},
                                   {100s, 100s, 100s},
                                   {300s, 300s, 300s},
                                   {301s, 300s, 300s},
                                   {Millis::max(), 300s, 300s}};
    for (const Row& row : rows) {
        CAPTURE(row.asked.count());
        Bench bench;
        bench.play("tttt");
        bench.enter().failure(BreakerFailure::Transport, "HTTP 503", row.asked);
        CHECK(bench.breaker->untilProbe() >= row.least);
        CHECK(bench.breaker->untilProbe() <= row.most);
    }
}

TEST_CASE("a Retry-After holds although a later failure opens the breaker") {
    Bench bench;
    bench.enter().failure(BreakerFailure::Transport, "HTTP 503", 120s);
    bench.clock.advance(10s);
    bench.play("tttt");
    CHECK(bench.breaker->untilProbe() == 110s);
}

TEST_CASE("one probe at a time, two successes close, a failure opens again") {
    Bench bench;
    bench.open();
    bench.waitUntilHalfOpen();
    CHECK_FALSE(bench.breaker->enter(Probing::Refused));
    Permit first = bench.enter();
    CHECK(first.isProbe());
    CHECK_FALSE(bench.enters());
    CHECK(bench.breaker->untilProbe() == 1s);
    bench.end(std::move(first), 's');
    CHECK(bench.state() == BreakerState::HalfOpen);

    SUBCASE("two successes close it") {
        bench.play("s");
        CHECK(bench.state() == BreakerState::Closed);
        CHECK(bench.breaker->snapshot().calls == 0);
        CHECK_FALSE(bench.breaker->snapshot().openedAt);
        CHECK_FALSE(bench.enter().isProbe());
        CHECK(bench.breaker->enter(Probing::Refused));
        bench.play("tttt"); // the run of the past is over
        CHECK(bench.state() == BreakerState::Closed);
    }
    SUBCASE("a failure opens it again and both successes are wanted anew") {
        bench.play("f");
        CHECK(bench.state() == BreakerState::Open);
        CHECK(bench.breaker->snapshot().reason == "the probe failed, the last: HTTP 503");
        bench.waitUntilHalfOpen();
        bench.play("s");
        CHECK(bench.state() == BreakerState::HalfOpen);
    }
    SUBCASE("an ignored and a dropped probe leave the place to the next") {
        bench.play("iddi");
        CHECK(bench.state() == BreakerState::HalfOpen);
        bench.play("s");
        CHECK(bench.state() == BreakerState::Closed);
    }
}

TEST_CASE("a probe that hangs gives its place away but may still close the breaker") {
    Bench bench;
    bench.open();
    bench.waitUntilHalfOpen();
    Permit hanging = bench.enter();
    bench.clock.advance(bench.limits.resetTimeout - 1ms);
    CHECK_FALSE(bench.enters());
    bench.clock.advance(1ms);
    bench.play("s");
    hanging.success();
    CHECK(bench.state() == BreakerState::Closed);
}

TEST_CASE("several probes when so configured, and never more than that") {
    BreakerLimits limits;
    limits.probes = 3;
    Bench bench(limits);
    bench.open();
    bench.waitUntilHalfOpen();
    std::vector<Permit> probes;
    for (int i = 0; i < 3; ++i)
        probes.push_back(bench.enter());
    CHECK_FALSE(bench.enters());
    bench.end(std::move(probes[0]), 'f');
    CHECK(bench.state() == BreakerState::Open);
    bench.clock.advance(20s); // two probes of the last round are still at work
    bench.end(std::move(probes[1]), 's');
    bench.waitUntilHalfOpen();
    CHECK(bench.state() == BreakerState::HalfOpen);
    bench.play("s");
    CHECK(bench.state() == BreakerState::HalfOpen); // the one of the last round was not counted
}

TEST_CASE("the end of a call from before a change of state says nothing afterwards") {
    Bench bench;
    std::vector<Permit> old;
    for (int i = 0; i < 40; ++i)
        old.push_back(bench.enter());
    bench.open();
    const BreakerSnapshot opened = bench.breaker->snapshot();
    for (int i = 0; i < 10; ++i)
        bench.end(std::move(old[std::size_t(i)]), i % 2 == 0 ? 's' : 't');
    CHECK(bench.breaker->snapshot().calls == opened.calls);
    CHECK(bench.breaker->snapshot().retryAt == opened.retryAt);

    bench.waitUntilHalfOpen();
    for (int i = 10; i < 20; ++i)
        bench.end(std::move(old[std::size_t(i)]), i % 2 == 0 ? 's' : 'f');
    CHECK(bench.state() == BreakerState::HalfOpen);

    bench.play("ss");
    for (int i = 20; i < 40; ++i)
        bench.end(std::move(old[std::size_t(i)]), 't');
    CHECK(bench.state() == BreakerState::Closed);
    CHECK(bench.breaker->snapshot().calls == 0);
}

TEST_CASE("a permit ends once, moves, and outlives its breaker") {
    Bench bench;
    Permit permit = bench.enter();
    permit.success();
    permit.failure(BreakerFailure::Answer, "again");
    permit.ignore();
    CHECK(bench.breaker->snapshot().calls == 1);

    bench.open();
    bench.waitUntilHalfOpen();
    permit = bench.enter();
    Permit moved = std::move(permit);
    CHECK_FALSE(bench.enters());
    // One that was moved from is empty; overwriting a permit drops it.
    moved = Permit(std::move(permit)); // NOLINT(bugprone-use-after-move)
    CHECK(bench.enters());

    Permit last = bench.enter();
    bench.breaker.reset();
    last.failure(BreakerFailure::Transport, "gone");
}

TEST_CASE("jumps of the wall clock decide nothing") {
    Bench bench;
    bench.open();
    bench.clock.setWall(bench.clock.wallNow() + 24h);
    CHECK(bench.state() == BreakerState::Open);
    bench.clock.setWall(bench.clock.wallNow() - 48h);
    bench.waitUntilHalfOpen();
    CHECK(bench.state() == BreakerState::HalfOpen);
}

TEST_CASE("new limits hold at once") {
    Bench bench;
    bench.play("ssssffff");
    BreakerLimits limits;
    limits.minimumCalls = 3;
    bench.breaker->setLimits(limits);
    CHECK(bench.state() == BreakerState::Closed); // until a call ends
    bench.play("f");
    CHECK(bench.state() == BreakerState::Open);

    Bench other;
    other.play("fffffffff");
    limits = {};
    limits.window = 10s; // counts of another length say nothing
    other.breaker->setLimits(limits);
    CHECK(other.breaker->snapshot().calls == 0);
}

TEST_CASE("a threshold of a hundred per cent wants nothing but failures") {
    BreakerLimits limits;
    limits.failureThreshold = 100;
    Bench bench(limits);
    bench.play("sffffffffffff");
    CHECK(bench.state() == BreakerState::Closed);
    Bench other(limits);
    other.play("ffffffffff");
    CHECK(other.state() == BreakerState::Open);
}

TEST_CASE("the pause grows with each vain probe when that is wanted, up to its limit, and is forgotten when "
          "it closes") {
    BreakerLimits limits;
    limits.longestReset = 300s;
    limits.successesToClose = 1;
    Bench bench(limits);
    bench.open();
    for (const Millis pause : {30s, 60s, 120s, 240s, 300s, 300s}) {
        CHECK(bench.breaker->untilProbe() >= pause * 9 / 10);
        CHECK(bench.breaker->untilProbe() <= pause * 11 / 10);
        bench.clock.advance(bench.breaker->untilProbe());
        bench.play("f");
    }
    bench.clock.advance(bench.breaker->untilProbe());
    bench.play("s");
    CHECK(bench.state() == BreakerState::Closed);
    bench.open();
    CHECK(bench.breaker->untilProbe() <= 33s);
}

TEST_CASE("so many failures in the window open it when that is wanted, whatever their share") {
    BreakerLimits limits;
    limits.failureCount = 3;
    limits.minimumCalls = 1000;
    Bench bench(limits);
    bench.play("ssssssssssfssssssssssf");
    CHECK(bench.state() == BreakerState::Closed);
    bench.play("f");
    CHECK(bench.state() == BreakerState::Open);
    Bench slow(limits);
    slow.play("ff");
    slow.clock.advance(31s);
    slow.play("ff");
    CHECK(slow.state() == BreakerState::Closed);
}
