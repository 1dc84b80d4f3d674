#include "core/cache/LocalCache.h"

#include "tests/support/FakeClock.h"

#include <doctest/doctest.h>

#include <malloc.h>

#include <cstring>
#include <map>
#include <random>

using namespace exo;
using namespace exo::test;

namespace {

CacheKey keyOf(std::uint64_t number) { // spread like a digest
    CacheKey key{};
    std::uint64_t x = number + 1;
    for (std::size_t i = 0; i < key.size(); i += 8) {
        x += 0x9E3779B97F4A7C15u;
        std::uint64_t z = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        std::memcpy(key.data() + i, &z, 8);
    }
    return key;
}

CacheValue valueOf(std::size_t bytes, char c = 'x') {
    return std::make_shared<const std::string>(bytes, c);
}

constexpr Millis k_hour{3600'000};
constexpr Millis k_day{86400'000};

} // namespace

TEST_CASE("what was stored is found, with its age, until its time is over, and expired for a day") {
    FakeClock clock;
    LocalCache cache(10u << 20, k_day, clock, 1);
    CHECK_FALSE(cache.find(keyOf(1)));
    cache.store(keyOf(1), valueOf(100, 'a'), k_hour);
    clock.advance(Millis(60'000));
    auto hit = cache.find(keyOf(1));
    REQUIRE(hit);
    CHECK(*hit->value == std::string(100, 'a'));
    CHECK(hit->age == Millis(60'000));
    CHECK(hit->ttl > Millis(3300'000));
    CHECK(hit->ttl < Millis(3800'000));
    clock.advance(Millis(3'800'000));
    hit = cache.find(keyOf(1));
    REQUIRE(hit);
    CHECK(hit->ttl < Millis(0));
    clock.advance(k_day);
    CHECK_FALSE(cache.find(keyOf(1)));
    CHECK(cache.stats().entries == 0);
    CHECK(cache.stats().bytes == 0);
    CHECK(cache.stats().hits == 1);
    CHECK(cache.stats().misses == 3);
    CHECK(cache.stats().expired == 1);
}

TEST_CASE("entries leave by themselves, read or not, however long nobody looks") {
    FakeClock clock;
    LocalCache cache(10u << 20, Millis(1000), clock, 1);
    for (std::uint64_t i = 0; i < 1000; ++i)
        cache.store(keyOf(i), valueOf(10), Millis(static_cast<std::int64_t>(i + 1) * 1000));
    std::int64_t before = 1000;
    for (int seconds = 0; seconds < 1100; seconds += 25) {
        clock.advance(Millis(25'000));
        cache.sweep();
        CHECK(cache.stats().entries <= before);
        before = cache.stats().entries;
    }
    CHECK(cache.stats().entries == 0);
    CHECK(cache.stats().bytes == 0);
    CHECK(cache.stats().expired == 1000);
    cache.store(keyOf(1), valueOf(10), k_day * 30); // beyond the coarsest wheel's slot
    clock.advance(k_day * 29 / 2);
    cache.sweep();
    CHECK(cache.stats().entries == 1);
    clock.advance(k_day * 20);
    cache.sweep();
    CHECK(cache.stats().entries == 0);
}

TEST_CASE("entries stored together do not end together") {
    FakeClock clock;
    LocalCache cache(10u << 20, Millis(0), clock, 1);
    for (std::uint64_t i = 0; i < 200; ++i)
        cache.store(keyOf(i), valueOf(10), k_hour);
    clock.advance(k_hour * 96 / 100);
    cache.sweep();
    CHECK(cache.stats().entries < 200);
    CHECK(cache.stats().entries > 100);
}

TEST_CASE("the limit holds in real bytes") {
    FakeClock clock;
    constexpr std::uint64_t k_limit = 8u << 20;
    for (const std::size_t size : {0u, 100u, 1000u, 30'000u}) {
        CAPTURE(size);
        LocalCache cache(k_limit, k_day, clock, 1);
        const auto before = static_cast<std::int64_t>(mallinfo2().uordblks + mallinfo2().hblkhd);
        for (std::uint64_t i = 0; i < 60'000 && i * size < 4 * k_limit + 2'000'000; ++i) {
            cache.store(keyOf(i), valueOf(size), k_hour);
            REQUIRE(cache.stats().bytes <= k_limit);
        }
        const auto used = static_cast<std::int64_t>(mallinfo2().uordblks + mallinfo2().hblkhd) - before;
        const auto counted = static_cast<std::int64_t>(cache.stats().bytes);
        CHECK(cache.stats().evictions > 0);
        CHECK(counted > static_cast<std::int64_t>(k_limit) * 8 / 10);
        CHECK(used < counted * 115 / 100);
    }
}

TEST_CASE("what is too large is refused, and does not leave an older value behind") {
    FakeClock clock;
    LocalCache cache(6'400'000, k_day, clock, 1);
    cache.store(keyOf(1), valueOf(10), k_hour);
    cache.store(keyOf(1), valueOf(100'001), k_hour);
    CHECK_FALSE(cache.find(keyOf(1)));
    CHECK(cache.stats().refused == 1);
    cache.setLimit(0);
    cache.store(keyOf(2), valueOf(0), k_hour);
    CHECK_FALSE(cache.find(keyOf(2)));
}

TEST_CASE("a smaller limit takes effect at once, the most wanted stay") {
    FakeClock clock;
    LocalCache cache(4u << 20, k_day, clock, 1);
    for (std::uint64_t i = 0; i < 1000; ++i) {
        cache.store(keyOf(i), valueOf(1000), k_hour);
        for (int again = 0; again < 5; ++again)
            cache.find(keyOf(7));
    }
    cache.setLimit(1u << 20);
    CHECK(cache.stats().bytes <= 1u << 20);
    CHECK(cache.find(keyOf(7)));
    cache.clear();
    CHECK(cache.stats().entries == 0);
    CHECK(cache.stats().bytes == 0);
}

TEST_CASE("a scan does not drive out what is asked for often") {
    FakeClock clock;
    LocalCache cache(2u << 20, k_day, clock, 1);
    for (int round = 0; round < 10; ++round)
        for (std::uint64_t i = 0; i < 500; ++i)
            if (!cache.find(keyOf(i))) cache.store(keyOf(i), valueOf(1000), k_hour);
    for (std::uint64_t i = 100'000; i < 105'000; ++i)
        if (!cache.find(keyOf(i))) cache.store(keyOf(i), valueOf(1000), k_hour);
    int kept = 0;
    for (std::uint64_t i = 0; i < 500; ++i)
        kept += cache.find(keyOf(i)) ? 1 : 0;
    CHECK(kept > 450);
}

TEST_CASE("any sequence of operations agrees with a plain map") {
    FakeClock clock;
    LocalCache cache(300'000, Millis(50'000), clock, 7);
    std::map<std::uint64_t, std::pair<std::string, SteadyTime>> model; // value and earliest end
    std::mt19937 random(5);
    for (int i = 0; i < 60'000; ++i) {
        const std::uint64_t key = random() % 400;
        switch (random() % 6) {
        case 0: {
            const std::string text(random() % 3000, static_cast<char>('a' + random() % 26));
            cache.store(keyOf(key), std::make_shared<const std::string>(text), Millis(100'000));
            model[key] = {text, clock.now() + Millis(100'000)};
            break;
        }
        case 1:
            if (random() % 10 == 0) {
                cache.erase(keyOf(key));
                model.erase(key);
            }
            break;
        case 2:
            clock.advance(Millis(random() % 200));
            if (random() % 50 == 0) cache.sweep();
            break;
        default:
            if (const auto hit = cache.find(keyOf(key))) {
                REQUIRE(model.contains(key));
                REQUIRE(*hit->value == model[key].first);
                const auto left = model[key].second - clock.now();
                REQUIRE(hit->ttl <= left + Millis(5'001));
                REQUIRE(hit->ttl >= left - Millis(5'001));
            }
        }
        REQUIRE(cache.stats().bytes <= 300'000);
    }
    CHECK(cache.stats().hits > 1000);
}

TEST_CASE("the sketch counts to fifteen, halves, and grows by forgetting") {
    FrequencySketch sketch(64);
    for (int i = 0; i < 5; ++i)
        sketch.add(42);
    CHECK(sketch.estimate(42) >= 5);
    for (int i = 0; i < 100; ++i)
        sketch.add(42);
    CHECK(sketch.estimate(42) == 15);
    std::uint64_t state = 1;
    for (int i = 0; i < 640; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        sketch.add(state);
    }
    CHECK(sketch.estimate(42) < 15);
    sketch.resize(128);
    CHECK(sketch.estimate(42) == 0);
}
