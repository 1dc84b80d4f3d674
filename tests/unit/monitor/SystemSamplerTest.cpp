#include "core/monitor/SystemSampler.h"
#include "tests/support/FakeClock.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

// A recorded machine of 4 cores and 1000 kB.
struct Machine {
    Machine() {
        writeText(home / "proc/meminfo", "MemTotal:        1000 kB\nMemFree: 10 kB\nMemAvailable:     250 "
                                         "kB\nBuffers: 20 kB\nCached: 100 kB\nSwapCached: 7 kB\n");
        cpu(100, 800);
        writeText(home / "proc/loadavg", "1.25 0.50 0.25 2/345 6789\n");
        for (const char* pid : {"1", "17", "4711", "self", "net"})
            std::filesystem::create_directories(home / "proc" / pid);
    }
    void cpu(int busy, int idle) {
        writeText(home / "proc/stat", "cpu  " + std::to_string(busy) + " 0 0 " + std::to_string(idle) +
                                          " 0 0 0 0 50 0\ncpu0 1 2 3\ncpu1 1\ncpu2 1\ncpu3 1\nintr 5\n");
    }
    void group(const char* file, std::string_view text) { writeText(home / "cgroup" / file, text); }
    void self(std::string_view text) { writeText(home / "proc/self/cgroup", text); }

    TempHome home;
    FakeClock clock;
    SystemSampler sampler{clock, {home / "proc", home / "cgroup", home.path()}};
};

} // namespace

TEST_CASE("CPU use is the busy share between two samples, memory what is not available") {
    Machine machine;
    const auto first = machine.sampler.sample();
    REQUIRE(first.has_value());
    CHECK(first->cpuUsage == 0);
    CHECK(first->memoryUsage == doctest::Approx(0.75));
    CHECK(first->memoryTotal == 1024000);
    CHECK(first->memoryUsed == 768000);
    CHECK(first->memoryAvailable == 256000);
    CHECK(first->memoryCached == 120 * 1024);
    CHECK(first->load == 1.25);
    CHECK(first->cores == 4);
    CHECK(first->processes == 3);
    CHECK(first->diskUsed > 0);
    CHECK(first->diskAvailable > 0);
    CHECK_FALSE(first->limited);
    machine.cpu(175, 925);
    CHECK(machine.sampler.sample()->cpuUsage == doctest::Approx(75.0 / 200));
}

TEST_CASE("a service limited by a control group of version 2 reports its own budget") {
    Machine machine;
    machine.self("0::/system.slice/exobrain.service\n");
    machine.group("cgroup.controllers", "cpu memory\n");
    machine.group("system.slice/exobrain.service/memory.max", "max\n");
    machine.group("system.slice/exobrain.service/memory.high", "500000\n");
    machine.group("system.slice/exobrain.service/memory.current", "300000\n");
    machine.group("system.slice/exobrain.service/memory.stat", "anon 1\nfile 120000\ninactive_file 50000\n");
    machine.group("system.slice/exobrain.service/cpu.max", "100000 100000\n");
    machine.group("system.slice/exobrain.service/cpu.stat", "usage_usec 1000000\n");
    auto sample = machine.sampler.sample();
    CHECK(sample->limited);
    CHECK(sample->cores == 1);
    CHECK(sample->cpuUsage == 0);
    CHECK(sample->memoryTotal == 500000);
    CHECK(sample->memoryUsed == 250000);
    CHECK(sample->memoryAvailable == 250000);
    CHECK(sample->memoryCached == 120000);
    CHECK(sample->memoryUsage == doctest::Approx(0.5));
    machine.clock.advance(Millis(2000));
    machine.group("system.slice/exobrain.service/cpu.stat", "usage_usec 2500000\n");
    CHECK(machine.sampler.sample()->cpuUsage == doctest::Approx(0.75));
}

TEST_CASE("the tightest limit on the way to the root counts") {
    Machine machine;
    machine.self("0::/a/b\n");
    machine.group("cgroup.controllers", "memory\n");
    machine.group("a/memory.max", "200000\n");
    machine.group("a/memory.current", "100000\n");
    machine.group("a/memory.stat", "file 0\ninactive_file 0\n");
    machine.group("a/b/memory.max", "400000\n");
    machine.group("a/b/memory.current", "10000\n");
    const auto sample = machine.sampler.sample();
    CHECK(sample->memoryTotal == 200000);
    CHECK(sample->memoryUsed == 100000);
}

TEST_CASE("control groups of version 1, and a limit that is none") {
    Machine machine;
    machine.self("4:memory:/docker/x\n2:cpuacct:/\n1:cpu:/docker/x\n0::/\n");
    machine.group("memory/docker/x/memory.limit_in_bytes", "9223372036854771712\n");
    machine.group("cpu/docker/x/cpu.cfs_quota_us", "-1\n");
    CHECK_FALSE(machine.sampler.sample()->limited);
    machine.group("memory/docker/x/memory.limit_in_bytes", "400000\n");
    machine.group("memory/docker/x/memory.usage_in_bytes", "300000\n");
    machine.group("memory/docker/x/memory.stat",
                  "inactive_file 9\ntotal_cache 90000\ntotal_inactive_file 100000\n");
    machine.group("cpu/docker/x/cpu.cfs_quota_us", "200000\n");
    machine.group("cpu/docker/x/cpu.cfs_period_us", "100000\n");
    machine.group("cpuacct/cpuacct.usage", "1000000000\n");
    auto sample = machine.sampler.sample();
    CHECK(sample->limited);
    CHECK(sample->memoryUsage == doctest::Approx(0.5));
    CHECK(sample->cores == 2);
    machine.clock.advance(Millis(1000));
    machine.group("cpuacct/cpuacct.usage", "2000000000\n");
    CHECK(machine.sampler.sample()->cpuUsage == doctest::Approx(0.5));
}

TEST_CASE("a machine without /proc gives no sample, a broken one no crash") {
    const TempHome proc;
    const FakeClock clock;
    SystemSampler sampler(clock, {proc.path(), proc / "none", proc / "none"});
    CHECK_FALSE(sampler.sample().has_value());
    writeText(proc / "stat", "nonsense");
    writeText(proc / "meminfo", "");
    CHECK_FALSE(sampler.sample().has_value());
    writeText(proc / "stat", "cpu 1 2 3 4 5 6\n");
    writeText(proc / "meminfo", "MemTotal: x\nMemAvailable: 5 kB");
    const auto sample = sampler.sample();
    REQUIRE(sample.has_value());
    CHECK(sample->memoryUsage == 0);
    CHECK(sample->diskUsed == 0);
}

TEST_CASE("the real machine has memory") {
    const SystemClock clock;
    const auto sample = SystemSampler(clock, {}).sample();
    REQUIRE(sample.has_value());
    CHECK(sample->memoryTotal > 0);
    CHECK(sample->memoryUsage > 0);
    CHECK(sample->memoryUsage < 1);
    CHECK(sample->processes > 0);
}
