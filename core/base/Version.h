#pragma once
// The release, from CMake's project().

#include <string_view>

namespace exo {
inline constexpr std::string_view k_version = EXOBRAIN_VERSION;
}
