#include "core/base/Resources.h"

namespace exo {

std::optional<std::string_view> resource(std::string_view name) {
    for (const auto& entry : resourceTable())
        if (entry.name == name)
            return std::string_view(entry.begin, static_cast<std::size_t>(entry.end - entry.begin));
    return std::nullopt;
}

std::vector<std::string_view> resourcesIn(std::string_view folder) {
    std::vector<std::string_view> names;
    for (const auto& entry : resourceTable())
        if (std::string_view(entry.name).starts_with(folder)) names.emplace_back(entry.name);
    return names;
}

} // namespace exo
