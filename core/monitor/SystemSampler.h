#pragma once
// CPU and memory use of the machine from /proc (proc(5)). One thread at a time.

#include <cstdint>
#include <filesystem>
#include <optional>

namespace exo {

struct SystemSample {
    double cpuUsage = 0;               // 0–1 over the time since the sample before; 0 at the first
    double memoryUsage = 0;            // 0–1, what is not available
    std::uint64_t memoryTotal = 0;     // bytes
    std::uint64_t memoryAvailable = 0; // bytes
};

class SystemSampler {
  public:
    explicit SystemSampler(std::filesystem::path proc = "/proc")
        : m_proc(std::move(proc)) {}
    // nullopt when /proc cannot be read.
    std::optional<SystemSample> sample();

  private:
    std::filesystem::path m_proc;
    std::uint64_t m_busy = 0;
    std::uint64_t m_total = 0;
};

} // namespace exo
