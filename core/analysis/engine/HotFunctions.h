#pragma once
// Which functions of the files that change most are the ones that change. Blocks: reads those files and their
// history. One thread.

#include "core/analysis/SafeRoot.h"
#include "core/analysis/history/History.h"
#include "core/api/Analysis.h"

#include <atomic>

namespace exo::analysis {

// Fills `functions` of the first twenty hotspots of the report, twenty of each at the most. A file that
// cannot be read any longer gets none. False: cancelled.
bool addHotFunctions(api::AnalysisReport& report, const HistoryReport& history, const SafeRoot& root,
                     const std::atomic<bool>* cancelled);

} // namespace exo::analysis
