#include "core/monitor/SystemSampler.h"

#include "core/base/Paths.h"
#include "core/base/Text.h"

#include <charconv>
#include <vector>

namespace exo {

namespace {

constexpr std::size_t k_maxProcFile = 1u << 20;

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> out;
    for (const auto part : split(line, ' '))
        if (!part.empty()) out.push_back(part);
    return out;
}

struct CpuTimes {
    std::uint64_t busy = 0;
    std::uint64_t total = 0;
};

std::optional<CpuTimes> cpuTimes(std::string_view stat) {
    const auto fields = words(stat.substr(0, stat.find('\n')));
    if (fields.size() < 6 || fields[0] != "cpu") return std::nullopt;
    CpuTimes times;
    for (std::size_t i = 1; i < fields.size() && i <= 8; ++i) { // guest time is part of user time already
        const std::uint64_t ticks = number(fields[i]);
        times.total += ticks;
        if (i != 4 && i != 5) times.busy += ticks; // idle, iowait
    }
    return times;
}

std::uint64_t memoryField(std::string_view meminfo, std::string_view name) {
    for (const auto line : split(meminfo, '\n')) {
        if (!line.starts_with(name)) continue;
        const auto fields = words(line);
        return fields.size() > 1 ? number(fields[1]) * 1024 : 0;
    }
    return 0;
}

} // namespace

std::optional<SystemSample> SystemSampler::sample() {
    const auto stat = readFile(m_proc / "stat", k_maxProcFile);
    const auto meminfo = readFile(m_proc / "meminfo", k_maxProcFile);
    if (!stat.ok() || !meminfo.ok()) return std::nullopt;
    const auto times = cpuTimes(*stat);
    if (!times) return std::nullopt;
    SystemSample sample;
    if (m_total != 0 && times->total > m_total && times->busy >= m_busy)
        sample.cpuUsage =
            static_cast<double>(times->busy - m_busy) / static_cast<double>(times->total - m_total);
    m_busy = times->busy;
    m_total = times->total;
    sample.memoryTotal = memoryField(*meminfo, "MemTotal:");
    sample.memoryAvailable = memoryField(*meminfo, "MemAvailable:");
    if (sample.memoryTotal > 0)
        sample.memoryUsage =
            1 - static_cast<double>(sample.memoryAvailable) / static_cast<double>(sample.memoryTotal);
    return sample;
}

} // namespace exo
