#include "core/monitor/ProcessSampler.h"

#include "core/base/Paths.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <thread>

namespace exo {

namespace {

constexpr std::size_t k_maxStatm = 4096;

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double cpuSeconds() {
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t residentBytes() { // the second number of proc(5) statm, in pages
    const auto text = readFile("/proc/self/statm", k_maxStatm);
    if (!text.ok()) return 0;
    const std::size_t space = text->find(' ');
    if (space == std::string::npos) return 0;
    std::uint64_t pages = 0;
    std::from_chars(text->data() + space + 1, text->data() + text->size(), pages);
    return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

} // namespace

ProcessSample ProcessSampler::sample() {
    ProcessSample sample;
    const SteadyTime now = m_clock.now();
    const double used = cpuSeconds();
    const std::chrono::duration<double> elapsed = now - m_at;
    const double cores = std::max(1u, std::thread::hardware_concurrency());
    if (m_at != SteadyTime() && elapsed.count() > 0)
        sample.cpuUsage = std::clamp((used - m_cpuSeconds) / (elapsed.count() * cores), 0.0, 1.0);
    m_at = now;
    m_cpuSeconds = used;
    sample.resident = residentBytes();
    return sample;
}

} // namespace exo
