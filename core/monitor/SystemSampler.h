#pragma once
// CPU, memory, disk and processes of the machine from /proc (proc(5)) and statvfs; where a control group
// limits this process, CPU and memory are those of its budget. One thread at a time.

#include "core/base/Clock.h"
#include "core/monitor/ControlGroup.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace exo {

struct SystemSample {
    double cpuUsage = 0;    // 0–1 over the time since the sample before; 0 at the first
    double load = 0;        // over the last minute
    double cores = 0;       // of the machine, or the quota
    double memoryUsage = 0; // 0–1, what is not available
    std::uint64_t memoryTotal = 0, memoryUsed = 0, memoryAvailable = 0, memoryCached = 0; // bytes
    std::uint64_t diskUsed = 0, diskAvailable = 0; // bytes; available to us, without root's reserve
    std::int64_t processes = 0;
    bool limited = false; // by a control group
};

class SystemSampler {
  public:
    struct Places {
        std::filesystem::path proc = "/proc";
        std::filesystem::path cgroup = "/sys/fs/cgroup";
        std::filesystem::path disk; // a folder on the file system to measure; empty: none
    };
    SystemSampler(const Clock& clock, Places places)
        : m_clock(clock)
        , m_places(std::move(places))
        , m_group(m_places.proc, m_places.cgroup) {}
    // nullopt when /proc cannot be read.
    std::optional<SystemSample> sample();

  private:
    void sampleCpu(const std::string& stat, SystemSample& sample);
    void sampleMemory(const std::string& meminfo, SystemSample& sample) const;
    void sampleDisk(SystemSample& sample) const;

    const Clock& m_clock;
    Places m_places;
    ControlGroup m_group;
    std::uint64_t m_busy = 0;
    std::uint64_t m_total = 0;
    double m_groupSeconds = 0;
    SteadyTime m_groupAt{};
    std::int64_t m_processes = 0; // counting them is the dearest part, and they change slowly
    int m_untilCount = 0;
};

} // namespace exo
