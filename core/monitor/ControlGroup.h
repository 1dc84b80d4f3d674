#pragma once
// The control group (v1 or v2) that limits this process, and how much of its budget is used: what a service
// with MemoryMax= or CPUQuota=, or a container, has to live with. One thread at a time.
// Source: Linux Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.

#include <cstdint>
#include <filesystem>
#include <optional>

namespace exo {

class ControlGroup {
  public:
    struct Memory {
        std::uint64_t limit = 0;  // bytes; of the tightest group on the way to the root
        std::uint64_t used = 0;   // without file pages that can be dropped at once
        std::uint64_t cached = 0; // file pages
    };
    struct Cpu {
        double cores = 0;   // the quota
        double seconds = 0; // of CPU time used so far
    };

    explicit ControlGroup(std::filesystem::path proc = "/proc",
                          std::filesystem::path mount = "/sys/fs/cgroup")
        : m_proc(std::move(proc))
        , m_mount(std::move(mount)) {}

    // nullopt: not limited. `machine`: a limit at or above it is none.
    std::optional<Memory> memory(std::uint64_t machine) const;
    std::optional<Cpu> cpu(double machineCores) const;

  private:
    // The folder of this process below the mount of a v1 controller; nullopt when there is no such
    // controller.
    std::optional<std::filesystem::path> folderV1(const char* controller) const;
    std::optional<std::filesystem::path> folderV2() const;

    std::filesystem::path m_proc;
    std::filesystem::path m_mount;
};

} // namespace exo
