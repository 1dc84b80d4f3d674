#pragma once
// The duplicates of a report as bytes, to be kept with the contents they belong to. Pure functions.

#include "core/api/Analysis.h"

#include <string>
#include <string_view>

namespace exo::analysis {

std::string keepDuplicates(const api::AnalysisReport& report);
// False, and nothing changed, when the bytes are not what keepDuplicates wrote.
bool readDuplicates(std::string_view bytes, api::AnalysisReport& report);

} // namespace exo::analysis
