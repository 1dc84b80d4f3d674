#pragma once
// JSON text written piece by piece, for texts whose frame is known beforehand.

#include "core/base/Json.h"

#include <string>
#include <string_view>

namespace exo {

// Both append what dumpJson gives for the value.
void writeJson(const Json& value, std::string& out);
void writeJsonString(std::string_view text, std::string& out);

} // namespace exo
