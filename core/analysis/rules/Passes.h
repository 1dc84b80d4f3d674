#pragma once
// The passes that put findings into a file's record, and what is done with them at the end. Passes hold
// compiled queries, so each FileAnalyser has its own.

#include "core/analysis/parse/FileAnalyser.h"
#include "core/analysis/rules/RuleSet.h"
#include "core/api/Analysis.h"

#include <memory>
#include <vector>

namespace exo::analysis {

FileAnalyser::Pass makeRulePass(std::shared_ptr<const RuleSet> rules); // queries, and thresholds of metrics
FileAnalyser::Pass makeSecretPass();
FileAnalyser::Pass makeDebtPass();
// `exobrain-ignore: rule reason` in a comment, on the finding's line or on the one above. After all that
// find.
FileAnalyser::Pass makeSuppressionPass();
// Passes find columns in bytes; reports count UTF-16 code units, as SARIF and editors do. The last pass.
FileAnalyser::Pass makeColumnPass();

// All of them, in order.
void addFindingPasses(FileAnalyser& analyser, std::shared_ptr<const RuleSet> rules);

// The findings as the API tells them, by line. A fingerprint is made of rule, path and the text of the line
// (of the value's hash for a secret), numbered among equals: it stays when lines move.
std::vector<api::AnalysisFinding> applyFingerprints(const FileRecord& record);

} // namespace exo::analysis
