#pragma once
// Findings about functions that are too long, complex, nested or have too many parameters, from their
// metrics. Pure functions.

#include "core/analysis/parse/FileRecord.h"
#include "core/analysis/rules/RuleInfo.h"

#include <vector>

namespace exo::analysis {

void addThresholdFindings(FileRecord& record); // none for generated and minified files
std::vector<RuleInfo> thresholdRules();

} // namespace exo::analysis
