#include "core/limits/RateLimiter.h"

#include "tests/support/FakeClock.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace exo;
using namespace std::chrono_literals;

namespace {

int allowed(RateLimiter& limiter, std::string_view key, const Rate& rate, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i)
        count += limiter.count(key, rate).allowed ? 1 : 0;
    return count;
}

} // namespace

TEST_CASE("a hundred requests pass, the next waits for the first to be a minute old") {
    test::FakeClock clock;
    RateLimiter limiter(clock);
    const Rate rate;
    RateVerdict verdict = limiter.count("key", rate);
    CHECK(verdict.allowed);
    CHECK(verdict.remaining == 99);
    CHECK(verdict.untilMore == 60s);
    clock.advance(10s);
    CHECK(allowed(limiter, "key", rate, 98) == 98);
    verdict = limiter.count("key", rate);
    CHECK(verdict.allowed);
    CHECK(verdict.remaining == 0);
    CHECK(verdict.untilMore == 50s);
    CHECK(verdict.untilFull == 60s);

    clock.advance(20s);
    CHECK(allowed(limiter, "key", rate, 1000) == 0);
    verdict = limiter.count("key", rate);
    CHECK_FALSE(verdict.allowed);
    CHECK(verdict.remaining == 0);
    CHECK(verdict.untilMore == 30s);
    CHECK(verdict.untilFull == 40s);
    clock.advance(30s - 1ms);
    CHECK_FALSE(limiter.count("key", rate).allowed); // refused ones never count
    clock.advance(1ms);
    CHECK(allowed(limiter, "key", rate, 5) == 1);
    clock.advance(10s);
    CHECK(allowed(limiter, "key", rate, 200) == 99);
}

TEST_CASE("no window of the length of the rate ever holds more than the rate") {
    std::minstd_rand random(4711);
    const auto below = [&](std::uint32_t most) { return static_cast<int>(random() % most); };
    for (int round = 0; round < 60; ++round) {
        test::FakeClock clock;
        RateLimiter limiter(clock);
        const Rate rate{1 + below(40), Millis(1 + below(5000))};
        std::vector<SteadyTime> passed;
        for (int i = 0; i < 2000; ++i) {
            const int pause = below(3) == 0 ? below(500) : 0; // bursts
            clock.advance(Millis(pause));
            const auto counted =
                std::ranges::count_if(passed, [&](SteadyTime at) { return at > clock.now() - rate.window; });
            const bool expected = counted < rate.requests;
            REQUIRE(limiter.look("key", rate).allowed == expected);
            const RateVerdict verdict = limiter.count("key", rate);
            REQUIRE(verdict.allowed == expected);
            if (verdict.allowed) passed.push_back(clock.now());
            REQUIRE(verdict.remaining == rate.requests - counted - (expected ? 1 : 0));
        }
        for (std::size_t i = static_cast<std::size_t>(rate.requests); i < passed.size(); ++i)
            REQUIRE(passed[i] - passed[i - static_cast<std::size_t>(rate.requests)] >= rate.window);
    }
}

TEST_CASE("waiting as long as the verdict says is enough, and no longer than needed") {
    test::FakeClock clock;
    RateLimiter limiter(clock);
    const Rate rate{3, 7000ms};
    for (int i = 0; i < 200; ++i) {
        const RateVerdict verdict = limiter.count("key", rate);
        if (!verdict.allowed) {
            clock.advance(verdict.untilMore - 1ms);
            REQUIRE_FALSE(limiter.look("key", rate).allowed);
            clock.advance(1ms);
            REQUIRE(limiter.look("key", rate).allowed);
        }
        if (i % 7 == 0) clock.advance(1300ms);
    }
    clock.advance(limiter.look("key", rate).untilFull);
    CHECK(limiter.look("key", rate).remaining == 3);
    CHECK(limiter.look("key", rate).untilFull == 0ms);
}

TEST_CASE("keys do not share, and each may have a rate of its own") {
    test::FakeClock clock;
    RateLimiter limiter(clock);
    CHECK(allowed(limiter, "a", {5, 60s}, 10) == 5);
    CHECK(allowed(limiter, "b", {7, 60s}, 10) == 7);
    CHECK(allowed(limiter, "", {2, 60s}, 10) == 2);
}

TEST_CASE("a changed rate holds from the next request on, past requests stay counted") {
    test::FakeClock clock;
    RateLimiter limiter(clock);
    CHECK(allowed(limiter, "key", {10, 60s}, 10) == 10);
    clock.advance(10s);
    CHECK(allowed(limiter, "key", {20, 60s}, 20) == 10);
    const RateVerdict lowered = limiter.count("key", {5, 60s});
    CHECK_FALSE(lowered.allowed);
    CHECK(lowered.remaining == 0);
    CHECK(lowered.untilMore == 60s); // until the sixteenth of the twenty is gone
    clock.advance(50s);
    CHECK_FALSE(limiter.count("key", {5, 60s}).allowed);
    clock.advance(10s);
    CHECK(allowed(limiter, "key", {5, 60s}, 10) == 5);
    clock.advance(2s);
    CHECK(allowed(limiter, "key", {5, 1s}, 10) == 5); // a shorter window
}

TEST_CASE("looking counts nothing and remembers nobody") {
    test::FakeClock clock;
    RateLimiter limiter(clock);
    for (int i = 0; i < 1000; ++i)
        CHECK(limiter.look(std::to_string(i), {1, 60s}).allowed);
    CHECK(limiter.keys() == 0);
    CHECK(limiter.look("key", {4, 60s}).remaining == 4);
}

TEST_CASE("a flood of addresses is bounded, and does not touch those that keep asking") {
    test::FakeClock clock;
    RateLimiter limiter(clock, 100);
    const Rate rate{2, 60s};
    CHECK(allowed(limiter, "steady", rate, 2) == 2);
    for (int i = 0; i < 10000; ++i) {
        CHECK(limiter.count("flood-" + std::to_string(i), rate).allowed);
        if (i % 50 == 0) CHECK_FALSE(limiter.count("steady", rate).allowed);
    }
    CHECK(limiter.keys() == 100);
    clock.advance(60s); // what is over makes room by itself
    CHECK(limiter.count("new", rate).allowed);
    CHECK(limiter.keys() == 1);
}

TEST_CASE("rates are read as they are written") {
    struct Row {
        const char* text;
        int requests;
        Millis window;
    };
    for (const Row& row : {Row{"100/60s", 100, 60s}, Row{"1/1s", 1, 1s}, Row{"5/250ms", 5, 250ms},
                           Row{"1000/1h", 1000, 3600s}, Row{"10/60", 10, 60s}, Row{"2/1d", 2, 86400s}}) {
        CAPTURE(row.text);
        const auto rate = parseRate(row.text);
        REQUIRE(rate.ok());
        CHECK(*rate == Rate{row.requests, row.window});
    }
    for (const char* text :
         {"", "/", "100", "100/", "/60s", "0/60s", "-1/60s", "1.5/60s", "100/0s", "100/-1s", "100 /60s",
          "100/60s/1", "99999999999/60s", "100/60x", "100/9999999d"}) {
        CAPTURE(text);
        CHECK_FALSE(parseRate(text).ok());
    }
}

TEST_CASE("an IPv6 client is its /56, however the address is written") {
    CHECK(clientOfAddress("203.0.113.7") == "203.0.113.7");
    CHECK(clientOfAddress("::ffff:203.0.113.7") == "203.0.113.7");
    CHECK(clientOfAddress("2001:db8:1:2a00::1") == clientOfAddress("2001:0DB8:0001:2aff:ffff::9"));
    CHECK(clientOfAddress("2001:db8:1:2a00::1") == "2001:db8:1:2a00::/56");
    CHECK(clientOfAddress("2001:db8:1:2a00::1") != clientOfAddress("2001:db8:1:2b00::1"));
    CHECK(clientOfAddress("fe80::1%eth0") == "fe80::/56");
    CHECK(clientOfAddress("") == "");
    CHECK(clientOfAddress(std::string(100000, 'x')).size() == 64);
}
