#include "core/monitor/ProcessSampler.h"

#include "core/monitor/ProcText.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace exo {

namespace {

constexpr int k_countEvery = 5; // samples: a server may have thousands of descriptors

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double cpuSeconds() {
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t residentBytes() { // the second number of proc(5) statm, in pages
    const std::string text = proc::text("/proc/self/statm");
    const auto fields = proc::words(text);
    if (fields.size() < 2) return 0;
    return proc::number(fields[1]) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

} // namespace

ProcessSample ProcessSampler::sample() {
    ProcessSample sample;
    const SteadyTime now = m_clock.now();
    const double used = cpuSeconds();
    const std::chrono::duration<double> elapsed = now - m_at;
    const double cores = std::max(1u, std::thread::hardware_concurrency());
    if (m_at != SteadyTime() && elapsed.count() > 0)
        sample.cpuCores = std::clamp((used - m_cpuSeconds) / elapsed.count(), 0.0, cores);
    sample.cpuUsage = sample.cpuCores / cores;
    m_at = now;
    m_cpuSeconds = used;
    sample.resident = residentBytes();
    sample.threads = proc::countNumbered("/proc/self/task");
    if (m_untilCount-- <= 0) {
        m_descriptors = proc::countNumbered("/proc/self/fd") - 1; // not the one that counts
        m_untilCount = k_countEvery - 1;
    }
    sample.descriptors = m_descriptors;
    sample.uptime = std::chrono::duration<double>(now - m_made).count();
    return sample;
}

} // namespace exo
