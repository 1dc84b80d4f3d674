#pragma once
// TODO, FIXME, HACK and XXX in comments, and the comments that silence findings. Pure functions over a parsed
// file.

#include "core/analysis/parse/FileAnalyser.h"
#include "core/analysis/rules/RuleInfo.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace exo::analysis {

void addDebtFindings(const ParsedFile& file, FileRecord& record);
std::vector<RuleInfo> debtRules();

// Silences findings by `exobrain-ignore: rule[,rule] reason`; "group/*" and "*" stand for many. Without a
// reason nothing is silenced and that is a finding itself.
void applySuppressions(const ParsedFile& file, FileRecord& record);

// Whether the byte at `offset` lies in a comment: by the tree, or by the line's text where there is none.
bool isInComment(const ParsedFile& file, std::size_t offset);

} // namespace exo::analysis
