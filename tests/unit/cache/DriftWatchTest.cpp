#include "core/cache/DriftWatch.h"

#include <doctest/doctest.h>

using namespace exo;

namespace {

constexpr std::size_t k_entries = 4000;
constexpr std::uint64_t k_period = k_entries / 4; // lookups
constexpr std::size_t k_atRisk = 100;

// Each number has a place of its own among those remembered.
std::uint64_t keyOf(std::uint64_t number) {
    return number << 20 | number;
}

struct Load {
    DriftWatch watch;
    std::uint64_t lookups = 0; // of this period
    int drifts = 0;

    void look(std::size_t entries = k_entries) {
        ++lookups;
        if (watch.onLookup(entries, k_atRisk)) ++drifts;
    }
    void turnAway(std::uint64_t first, std::uint64_t count) {
        for (std::uint64_t i = first; i < first + count; ++i)
            watch.onRejected(keyOf(i), k_entries);
    }
    void askInVain(std::uint64_t first, std::uint64_t count) {
        for (std::uint64_t i = first; i < first + count; ++i) {
            look();
            watch.onMiss(keyOf(i));
        }
    }
    void useThoseAtRisk(int times) {
        for (int i = 0; i < times; ++i)
            watch.onHitAtRisk();
    }
    // Whether the load was found changed at the end of the period that runs, and at no other time.
    bool endOfPeriod() {
        const int before = drifts;
        while (lookups < k_period - 1)
            look();
        CHECK(drifts == before);
        look();
        lookups = 0;
        return drifts > before;
    }
};

} // namespace

TEST_CASE(
    "keys that were turned away and come back at once are a change of the load, so long as they are many") {
    for (const auto& [regrets, changed] : {std::pair(31u, true), std::pair(30u, false)}) {
        Load load;
        load.look();
        load.turnAway(1, regrets);
        load.askInVain(1, regrets);
        CHECK(load.endOfPeriod() == changed);
        CHECK_FALSE(load.endOfPeriod()); // a period begins with nothing
    }
}

TEST_CASE("while those kept are used a third as often, or more, the load is the same") {
    for (const auto& [uses, changed] : {std::pair(33, true), std::pair(34, false), std::pair(0, true)}) {
        Load load;
        load.look();
        load.turnAway(1, 100);
        load.askInVain(1, 100); // each of them once, so a use each; a third of that is 33.3 of a hundred
        load.useThoseAtRisk(uses);
        CHECK(load.endOfPeriod() == changed);
    }
}

TEST_CASE("a scan, whose keys never come back, changes nothing") {
    Load load;
    for (int period = 0; period < 3; ++period) {
        load.turnAway(1 + 600 * static_cast<std::uint64_t>(period), 600);
        load.askInVain(5000, 600);
        CHECK_FALSE(load.endOfPeriod());
    }
}

TEST_CASE("a loop, whose keys come back after more than a period, changes nothing") {
    const auto changedAfter = [](std::uint64_t lookups) {
        Load load;
        while (load.lookups < k_period - 40) // so that the keys come back within the next period
            load.look();
        load.turnAway(1, 40);
        const std::uint64_t end = load.lookups + lookups;
        while (load.lookups < k_period)
            load.look();
        load.lookups = 0;
        while (load.lookups < end - k_period)
            load.look();
        for (std::uint64_t i = 1; i <= 40; ++i)
            load.watch.onMiss(keyOf(i));
        return load.endOfPeriod();
    };
    CHECK(changedAfter(k_period - 1));
    CHECK_FALSE(changedAfter(k_period));
}

TEST_CASE("what was turned away before the period counts beside what came back of it") {
    Load load;
    while (load.lookups < k_period - 1)
        load.look();
    load.turnAway(1, 2000);
    CHECK_FALSE(load.endOfPeriod());
    load.turnAway(2001, 1);
    load.askInVain(1, 40); // of two thousand: a fiftieth
    load.useThoseAtRisk(1);
    CHECK_FALSE(load.endOfPeriod());
}

TEST_CASE("what was forgiven is no regret any more, what is turned away later is") {
    Load load;
    load.look();
    load.turnAway(1, 40);
    load.look();
    load.watch.forgive();
    load.askInVain(1, 40);
    CHECK_FALSE(load.endOfPeriod());
    load.look();
    load.turnAway(1, 40);
    load.askInVain(1, 40);
    CHECK(load.endOfPeriod());
}

TEST_CASE("a key that only shares the place of another that was turned away is no regret") {
    Load load;
    load.look();
    load.turnAway(1, 40);
    for (std::uint64_t i = 1; i <= 40; ++i) {
        load.look();
        load.watch.onMiss(i << 20 | 0x80000u | i);
    }
    CHECK_FALSE(load.endOfPeriod());
}

TEST_CASE("a small cache is judged after two hundred lookups, a large one after a quarter of its entries") {
    for (const auto& [entries, period] : {std::pair(8u, 200), std::pair(800u, 200), std::pair(8000u, 2000)}) {
        DriftWatch watch;
        watch.onLookup(entries, k_atRisk);
        for (std::uint64_t i = 1; i <= 60; ++i)
            watch.onRejected(keyOf(i), entries);
        for (std::uint64_t i = 1; i <= 60; ++i)
            watch.onMiss(keyOf(i));
        int lookups = 1;
        while (!watch.onLookup(entries, k_atRisk) && lookups < 10'000)
            ++lookups;
        CHECK(lookups + 1 == period);
    }
}

TEST_CASE("times are compared across the end of the counter") {
    CHECK(DriftWatch::isBefore(0xFFFF'FFF0u, 5));
    CHECK_FALSE(DriftWatch::isBefore(5, 0xFFFF'FFF0u));
    CHECK_FALSE(DriftWatch::isBefore(5, 5));
}
