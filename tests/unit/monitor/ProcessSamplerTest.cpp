#include "core/monitor/ProcessSampler.h"

#include "tests/support/FakeClock.h"

#include <doctest/doctest.h>

#include <ctime>
#include <string>

using namespace exo;
using namespace exo::test;

TEST_CASE("the process's own CPU time and memory") {
    FakeClock clock;
    ProcessSampler sampler(clock);
    const ProcessSample first = sampler.sample();
    CHECK(first.cpuUsage == 0);
    CHECK(first.resident > 1u << 20);
    const std::clock_t begin = std::clock();
    while (std::clock() - begin < CLOCKS_PER_SEC / 20) {
    } // 50 ms of real work in what the clock calls a millisecond
    clock.advance(Millis(1));
    CHECK(sampler.sample().cpuUsage == 1.0);
    clock.advance(Millis(1'000'000));
    CHECK(sampler.sample().cpuUsage < 0.01);
    const std::string big(64u << 20, 'x');
    CHECK(sampler.sample().resident > first.resident + (32u << 20));
}
