#pragma once
// Reading the small text files of /proc and /sys/fs/cgroup. Any thread.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::proc {

// Empty when it cannot be read.
std::string text(const std::filesystem::path& file);
std::uint64_t number(std::string_view text); // 0 when it is none
std::vector<std::string_view> words(std::string_view line);
// The first number after `name` at the start of a line: "MemTotal:  123 kB", "usage_usec 7".
std::optional<std::uint64_t> field(std::string_view file, std::string_view name);
// Entries of a directory whose names are numbers.
std::int64_t countNumbered(const std::filesystem::path& folder);

} // namespace exo::proc
