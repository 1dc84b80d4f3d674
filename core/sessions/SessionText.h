#pragma once
// Limits of what a user may write into the fields of a session. Any thread.

#include "core/api/Types.h"

#include <string>
#include <string_view>

namespace exo {

inline constexpr std::size_t k_maxTitle = 200;             // code points
inline constexpr std::size_t k_maxFolder = 100;            // code points
inline constexpr std::size_t k_maxModel = 200;             // bytes
inline constexpr std::size_t k_maxSystemPrompt = 1u << 18; // bytes
inline constexpr std::size_t k_maxProject = 4096;          // bytes, as PATH_MAX
inline constexpr std::size_t k_maxMessageText = 16u << 20; // bytes

// One line: control characters and line breaks become single spaces, the ends are trimmed, invalid UTF-8 is
// replaced.
std::string oneLine(std::string_view text);
std::size_t countCodePoints(std::string_view text);
// oneLine(), cut to `maxCodePoints`.
std::string shortLine(std::string_view text, std::size_t maxCodePoints);

// Cleans title and folder and checks all limits: InvalidRequest with the field as `param`.
Result<api::SessionPatch> checkedPatch(api::SessionPatch patch);

} // namespace exo
