#include "core/monitor/ControlGroup.h"

#include "core/base/Text.h"
#include "core/monitor/ProcText.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace exo {

namespace fs = std::filesystem;

namespace {

// A folder and those above it, up to the mount.
std::vector<fs::path> upwards(const fs::path& folder, const fs::path& mount) {
    std::vector<fs::path> out;
    fs::path at = folder;
    while (true) {
        out.push_back(at);
        if (at == mount || !at.has_relative_path() || at.parent_path() == at) return out;
        at = at.parent_path();
    }
}

// In a container the path of /proc/self/cgroup may be that of the host; the mount itself is ours then.
fs::path existing(const fs::path& mount, std::string_view path) {
    while (path.starts_with('/'))
        path.remove_prefix(1);
    std::error_code ignored;
    const fs::path folder = path.empty() ? mount : mount / path;
    return fs::is_directory(folder, ignored) ? folder : mount;
}

std::uint64_t limitIn(const fs::path& file) {
    const std::string text = proc::text(file);
    const bool none = text.empty() || text.starts_with("max") || text.starts_with("-");
    return none ? std::numeric_limits<std::uint64_t>::max() : proc::number(text);
}

double seconds(std::uint64_t value, double perSecond) {
    return static_cast<double>(value) / perSecond;
}

} // namespace

std::optional<fs::path> ControlGroup::folderV1(const char* controller) const {
    const std::string groups = proc::text(m_proc / "self" / "cgroup");
    for (const auto line : split(groups, '\n')) { // 4:memory:/path
        const auto parts = split(line, ':');
        if (parts.size() < 3) continue;
        const auto names = split(parts[1], ',');
        if (std::ranges::find(names, std::string_view(controller)) == names.end()) continue;
        const std::string_view path = line.substr(parts[0].size() + parts[1].size() + 2);
        std::error_code ignored;
        for (const fs::path& mount : {m_mount / controller, m_mount / std::string(parts[1])})
            if (fs::is_directory(mount, ignored)) return existing(mount, path);
    }
    return std::nullopt;
}

std::optional<fs::path> ControlGroup::folderV2() const {
    std::error_code ignored;
    if (!fs::exists(m_mount / "cgroup.controllers", ignored)) return std::nullopt;
    const std::string groups = proc::text(m_proc / "self" / "cgroup");
    for (const auto line : split(groups, '\n'))
        if (line.starts_with("0::")) return existing(m_mount, line.substr(3));
    return std::nullopt;
}

std::optional<ControlGroup::Memory> ControlGroup::memory(std::uint64_t machine) const {
    Memory tightest;
    tightest.limit = machine;
    fs::path where;
    const auto v2 = folderV2();
    const auto folder = v2 ? v2 : folderV1("memory");
    if (!folder) return std::nullopt;
    for (const fs::path& group : upwards(*folder, v2 ? m_mount : m_mount / "memory")) {
        const std::uint64_t limit =
            v2 ? std::min(limitIn(group / "memory.max"), limitIn(group / "memory.high"))
               : limitIn(group / "memory.limit_in_bytes");
        if (limit >= tightest.limit || limit == 0) continue;
        tightest.limit = limit;
        where = group;
    }
    if (where.empty()) return std::nullopt;
    const std::string stat = proc::text(where / "memory.stat");
    const std::uint64_t all =
        proc::number(proc::text(where / (v2 ? "memory.current" : "memory.usage_in_bytes")));
    const auto idleFile = proc::field(stat, v2 ? "inactive_file" : "total_inactive_file").value_or(0);
    tightest.cached = proc::field(stat, v2 ? "file" : "total_cache").value_or(0);
    tightest.used = std::min(all - std::min(all, idleFile), tightest.limit);
    return tightest;
}

std::optional<ControlGroup::Cpu> ControlGroup::cpu(double machineCores) const {
    Cpu tightest;
    tightest.cores = machineCores;
    fs::path where;
    const auto v2 = folderV2();
    const auto folder = v2 ? v2 : folderV1("cpu");
    if (!folder) return std::nullopt;
    for (const fs::path& group : upwards(*folder, v2 ? m_mount : m_mount / "cpu")) {
        double quota = 0;
        double period = 0;
        if (v2) {
            const std::string text = proc::text(group / "cpu.max"); // "50000 100000", "max 100000"
            const auto parts = proc::words(text);
            if (parts.size() < 2 || parts[0] == "max") continue;
            quota = static_cast<double>(proc::number(parts[0]));
            period = static_cast<double>(proc::number(parts[1]));
        } else {
            const std::string text = proc::text(group / "cpu.cfs_quota_us");
            if (text.empty() || text.starts_with('-')) continue;
            quota = static_cast<double>(proc::number(text));
            period = static_cast<double>(proc::number(proc::text(group / "cpu.cfs_period_us")));
        }
        if (quota <= 0 || period <= 0 || quota / period >= tightest.cores) continue;
        tightest.cores = quota / period;
        where = group;
    }
    if (where.empty()) return std::nullopt;
    if (v2) {
        tightest.seconds =
            seconds(proc::field(proc::text(where / "cpu.stat"), "usage_usec").value_or(0), 1e6);
        return tightest;
    }
    const auto accounting = folderV1("cpuacct");
    if (accounting) tightest.seconds = seconds(proc::number(proc::text(*accounting / "cpuacct.usage")), 1e9);
    return tightest;
}

} // namespace exo
