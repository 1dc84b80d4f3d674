#include "core/monitor/ServiceLoad.h"

#include <doctest/doctest.h>

using namespace exo;

namespace {

constexpr std::uint64_t k_gib = 1ull << 30;

struct Case {
    ProcessSample process;
    SystemSample system;

    Case() {
        process.cpuUsage = 0.25; // of a machine with four cores
        process.cpuCores = 1;
        process.resident = k_gib;
        system.cores = 4;
        system.cpuUsage = 0.99; // others are busy
        system.memoryTotal = 16 * k_gib;
        system.memoryUsed = 12 * k_gib;
        system.memoryUsage = 0.75;
    }
    ServiceLoad load(bool critical = false) const { return serviceLoad(process, system, critical); }
};

} // namespace

TEST_CASE("what others do on the machine is no load of the service") {
    const Case c;
    CHECK(c.load().cpu == doctest::Approx(0.25));
    CHECK(c.load().memory == k_gib);
}

TEST_CASE("a quota of the control group is all the service may use of the processor") {
    Case c;
    c.system.limited = true;
    c.system.cores = 1; // CPUQuota=100%
    CHECK(c.load().cpu == doctest::Approx(1.0));
    c.system.cores = 0.5; // measured beside it, a little more may have been used
    CHECK(c.load().cpu == 1.0);
    c.system.cores = 2;
    CHECK(c.load().cpu == doctest::Approx(0.5));
    c.system.cores = 0; // /proc could not be read
    CHECK(c.load().cpu == doctest::Approx(0.25));
}

TEST_CASE("a machine without memory is over any limit") {
    const Case c;
    CHECK(c.load(true).memory > 1'000'000 * k_gib);
}
