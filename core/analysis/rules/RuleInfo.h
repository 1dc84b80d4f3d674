#pragma once
// What a finding's rule is about, for lists, help and SARIF. Plain data.

#include "core/analysis/parse/FileRecord.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct RuleInfo {
    std::string id; // "c/unsafe-strcpy"
    std::string titleEn, titleZh;
    std::string helpEn, helpZh; // why it matters and what to do instead
    FindingRecord::Severity severity = FindingRecord::Severity::Warning;
    std::string cwe;
};

// Of the rules that are code: secrets, debt, thresholds, suppressions. Those of resources/rules are in
// RuleSet.
std::vector<RuleInfo> codedRules();

std::string_view nameOf(FindingRecord::Severity severity); // note | warning | error

} // namespace exo::analysis
