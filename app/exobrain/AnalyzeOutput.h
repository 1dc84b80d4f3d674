#pragma once
// The report of `exobrain analyze` in one of its formats, to stdout or (whole or not at all) to a file. Main
// thread.

#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/report/Sarif.h"
#include "core/analysis/report/TextSummary.h"
#include "core/base/Result.h"

#include <functional>
#include <string>
#include <string_view>

namespace exo::cli {

// note 0, warning 1, error 2.
int severityRank(std::string_view severity);

struct AnalyzeOutput {
    std::string format = "text"; // text | json | sarif | html
    std::string file;            // empty: stdout
    std::string baseline;        // SARIF file of an earlier run, or empty

    // Says before the work begins what could not be done after it.
    Result<void> prepare() const;
    // The rank of the worst finding that counts (not suppressed, not in the baseline), −1 without any.
    Result<int> write(const analysis::AnalysisResult& result) const;

    // Lines by language: format text or json.
    Result<void> writeLines(const api::AnalysisReport& report) const;

  private:
    using Sink = analysis::ReportSink;
    Result<void> deliver(const std::function<bool(const Sink&)>& produce) const;
    Result<analysis::Baseline> readBaseline() const;
    analysis::TextOptions textOptions() const;
};

} // namespace exo::cli
