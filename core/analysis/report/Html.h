#pragma once
// The report as one HTML file that needs nothing else: style, script and data are inside, a strict policy
// forbids every other source, all text is escaped or set as text. Pure function.

#include "core/analysis/report/Output.h"
#include "core/analysis/rules/RuleInfo.h"
#include "core/api/Analysis.h"

#include <cstddef>
#include <span>

namespace exo::analysis {

struct HtmlLimits {
    std::size_t files = 200'000;
    std::size_t functions = 30'000; // the most complex
    std::size_t findings = 50'000;  // the worst
    std::size_t duplicates = 5'000;
    std::size_t hotspots = 10'000;
};

// False when the sink gave up.
bool writeHtml(const api::AnalysisReport& report, std::span<const RuleInfo> rules, const ReportSink& sink,
               const HtmlLimits& limits = {});

} // namespace exo::analysis
