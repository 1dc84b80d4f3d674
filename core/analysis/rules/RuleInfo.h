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

inline std::string_view nameOf(FindingRecord::Severity severity) {
    switch (severity) {
    case FindingRecord::Severity::Note: return "note";
    case FindingRecord::Severity::Warning: return "warning";
    case FindingRecord::Severity::Error: return "error";
    }
    return "warning";
}

} // namespace exo::analysis
