#pragma once
// Lines of all files of a folder and nothing else: no grammar, no worker process, no index. Threads of the
// calling process count, because counting only looks for marks in bytes (see ARCHITECTURE.md). Blocks.

#include "core/analysis/parse/LineCounter.h"
#include "core/api/Analysis.h"
#include "core/base/Result.h"

#include <cstdint>
#include <string>

namespace exo::analysis {

struct LineOptions {
    std::string path; // a folder, or one file
    int jobs = 2;     // threads
    std::uint64_t maxFileSize = 2u << 20;
    LineRules rules = LineRules::Ours;
};

// Summary, languages, files with their lines, and what was skipped: the numbers of runAnalysis(), and its
// errors.
Result<api::AnalysisReport> countProjectLines(const LineOptions& options);

} // namespace exo::analysis
