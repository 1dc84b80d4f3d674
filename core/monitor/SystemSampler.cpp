#include "core/monitor/SystemSampler.h"

#include "core/monitor/ProcText.h"

#include <algorithm>
#include <cstdlib>
#include <sys/statvfs.h>
#include <utility>

namespace exo {

namespace {

constexpr int k_countEvery = 5; // samples

struct CpuTimes {
    std::uint64_t busy = 0;
    std::uint64_t total = 0;
    double cores = 0;
};

std::optional<CpuTimes> cpuTimes(const std::string& stat) {
    const auto fields = proc::words(std::string_view(stat).substr(0, stat.find('\n')));
    if (fields.size() < 6 || fields[0] != "cpu") return std::nullopt;
    CpuTimes times;
    for (std::size_t i = 1; i < fields.size() && i <= 8; ++i) { // guest time is part of user time already
        const std::uint64_t ticks = proc::number(fields[i]);
        times.total += ticks;
        if (i != 4 && i != 5) times.busy += ticks; // idle, iowait
    }
    for (std::size_t at = stat.find("\ncpu"); at != std::string::npos; at = stat.find("\ncpu", at + 1))
        times.cores += 1;
    times.cores = std::max(times.cores, 1.0);
    return times;
}

} // namespace

void SystemSampler::sampleCpu(const std::string& stat, SystemSample& sample) {
    const auto times = cpuTimes(stat);
    if (m_total != 0 && times->total > m_total && times->busy >= m_busy)
        sample.cpuUsage =
            static_cast<double>(times->busy - m_busy) / static_cast<double>(times->total - m_total);
    m_busy = times->busy;
    m_total = times->total;
    sample.cores = times->cores;

    const auto group = m_group.cpu(times->cores);
    const SteadyTime before = std::exchange(m_groupAt, group ? m_clock.now() : SteadyTime());
    if (!group) return;
    const double used = group->seconds - std::exchange(m_groupSeconds, group->seconds);
    const double elapsed = std::chrono::duration<double>(m_groupAt - before).count();
    sample.limited = true;
    sample.cores = group->cores;
    sample.cpuUsage =
        before == SteadyTime() || elapsed <= 0 ? 0 : std::clamp(used / (elapsed * group->cores), 0.0, 1.0);
}

void SystemSampler::sampleMemory(const std::string& meminfo, SystemSample& sample) const {
    const auto bytes = [&](std::string_view name) { return proc::field(meminfo, name).value_or(0) * 1024; };
    sample.memoryTotal = bytes("MemTotal:");
    sample.memoryAvailable = std::min(bytes("MemAvailable:"), sample.memoryTotal);
    sample.memoryCached = bytes("Cached:") + bytes("Buffers:");
    sample.memoryUsed = sample.memoryTotal - sample.memoryAvailable;
    if (const auto group = m_group.memory(sample.memoryTotal)) {
        sample.limited = true;
        sample.memoryTotal = group->limit;
        sample.memoryUsed = group->used;
        sample.memoryAvailable = group->limit - group->used;
        sample.memoryCached = group->cached;
    }
    if (sample.memoryTotal > 0)
        sample.memoryUsage = static_cast<double>(sample.memoryUsed) / static_cast<double>(sample.memoryTotal);
}

void SystemSampler::sampleDisk(SystemSample& sample) const {
    struct statvfs disk {};
    if (m_places.disk.empty() || ::statvfs(m_places.disk.c_str(), &disk) != 0) return;
    const std::uint64_t unit = disk.f_frsize;
    sample.diskUsed = (disk.f_blocks - disk.f_bfree) * unit; // as df counts
    sample.diskAvailable = disk.f_bavail * unit;
}

std::optional<SystemSample> SystemSampler::sample() {
    const std::string stat = proc::text(m_places.proc / "stat");
    const std::string meminfo = proc::text(m_places.proc / "meminfo");
    if (!cpuTimes(stat) || meminfo.empty()) return std::nullopt;
    SystemSample sample;
    sampleCpu(stat, sample);
    sampleMemory(meminfo, sample);
    sampleDisk(sample);
    sample.load = std::strtod(proc::text(m_places.proc / "loadavg").c_str(), nullptr);
    if (m_untilCount-- <= 0) {
        m_processes = proc::countNumbered(m_places.proc);
        m_untilCount = k_countEvery - 1;
    }
    sample.processes = m_processes;
    return sample;
}

} // namespace exo
