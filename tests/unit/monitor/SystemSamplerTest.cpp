#include "core/monitor/SystemSampler.h"
#include "core/base/Paths.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

using namespace exo;

TEST_CASE("CPU use is the busy share between two samples, memory what is not available") {
    const test::TempHome proc;
    REQUIRE(writeFileAtomically(proc / "meminfo",
                                "MemTotal:        1000 kB\nMemFree: 10 kB\nMemAvailable:     250 kB\n")
                .ok());
    REQUIRE(writeFileAtomically(proc / "stat", "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 2 3\n").ok());
    SystemSampler sampler(proc.path());
    const auto first = sampler.sample();
    REQUIRE(first.has_value());
    CHECK(first->cpuUsage == 0);
    CHECK(first->memoryUsage == doctest::Approx(0.75));
    CHECK(first->memoryTotal == 1024000);
    REQUIRE(writeFileAtomically(proc / "stat", "cpu  150 0 125 850 75 0 0 0 50 0\n").ok());
    CHECK(sampler.sample()->cpuUsage == doctest::Approx(75.0 / 200));
}

TEST_CASE("a machine without /proc gives no sample, a broken one no crash") {
    const test::TempHome proc;
    SystemSampler sampler(proc.path());
    CHECK_FALSE(sampler.sample().has_value());
    REQUIRE(writeFileAtomically(proc / "stat", "nonsense").ok());
    REQUIRE(writeFileAtomically(proc / "meminfo", "").ok());
    CHECK_FALSE(sampler.sample().has_value());
}

TEST_CASE("the real machine has memory") {
    const auto sample = SystemSampler().sample();
    REQUIRE(sample.has_value());
    CHECK(sample->memoryTotal > 0);
    CHECK(sample->memoryUsage > 0);
    CHECK(sample->memoryUsage < 1);
}
