#include "core/cache/TieredCache.h"

#include "tests/support/FakeClock.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

TEST_CASE("the memory is swept while there is something in it, and sleeps when not") {
    FakeClock clock;
    Settings::Cache settings;
    settings.localSize = 1u << 20;
    asio::io_context io;
    TieredCache cache(settings, io, clock, clock);
    CHECK(clock.pending() == 0);
    CacheKey key{};
    cache.store(key, std::make_shared<const std::string>("a"), Millis(1000));
    CHECK(clock.pending() == 1);
    CHECK(cache.findLocal(key));
    for (int hour = 0; hour < 25; ++hour)
        for (int step = 0; step < 720; ++step)
            clock.advance(Millis(5000));
    CHECK(cache.stats().localEntries == 0);
    CHECK(cache.stats().localExpired == 1);
    CHECK(clock.pending() == 0);
}

TEST_CASE("pressure and a reload change the limit") {
    FakeClock clock;
    Settings::Cache settings;
    settings.localSize = 1000;
    asio::io_context io;
    TieredCache cache(settings, io, clock, clock);
    cache.setPressure(0.5);
    CHECK(cache.stats().localLimit == 500);
    settings.localSize = 3000;
    cache.reconfigure(settings);
    CHECK(cache.stats().localLimit == 1500);
    cache.setPressure(1);
    CHECK(cache.stats().localLimit == 3000);
}
