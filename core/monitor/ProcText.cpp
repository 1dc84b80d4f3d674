#include "core/monitor/ProcText.h"

#include "core/base/Paths.h"
#include "core/base/Text.h"

#include <charconv>
#include <dirent.h>
#include <memory>

namespace exo::proc {

namespace {

constexpr std::size_t k_maxFile = 1u << 20;

struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
};

} // namespace

std::string text(const std::filesystem::path& file) {
    return readFile(file, k_maxFile).valueOr({});
}

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

std::optional<std::uint64_t> field(std::string_view file, std::string_view name) {
    for (const auto line : split(file, '\n')) {
        if (!line.starts_with(name)) continue;
        std::string_view rest = line.substr(name.size());
        const std::size_t digit = rest.find_first_not_of(" \t");
        if (digit == 0 || digit == std::string_view::npos) continue; // a longer name, or nothing
        rest.remove_prefix(digit);
        return number(rest);
    }
    return std::nullopt;
}

std::int64_t countNumbered(const std::filesystem::path& folder) {
    const std::unique_ptr<DIR, CloseDir> dir(::opendir(folder.c_str()));
    if (!dir) return 0;
    std::int64_t count = 0;
    while (const dirent* entry = ::readdir(dir.get()))
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') ++count;
    return count;
}

} // namespace exo::proc
