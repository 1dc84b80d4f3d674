#pragma once
// The lines of a tree by language, as people read them and as JSON. Pure functions.

#include "core/analysis/report/TextSummary.h"
#include "core/api/Analysis.h"

namespace exo::analysis {

// Two tables with their sums: programming languages, and markup, data and prose.
bool writeLineTable(const api::AnalysisReport& report, const TextOptions& options, const ReportSink& sink);
// Of the contract's report what counting lines knows: tool, root, summary, languages, files, skipped.
bool writeLineJson(const api::AnalysisReport& report, const ReportSink& sink);

} // namespace exo::analysis
