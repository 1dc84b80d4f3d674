#pragma once
// SARIF 2.1.0 (OASIS standard, 2020) of an analysis, and the other way round: the fingerprints of an older
// run, to tell only what is new. Pure functions.

#include "core/analysis/report/Output.h"
#include "core/analysis/rules/RuleInfo.h"
#include "core/api/Analysis.h"
#include "core/base/Result.h"

#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

namespace exo::analysis {

// Rules that no finding names are listed too. False when the sink gave up.
bool writeSarif(const api::AnalysisReport& report, std::span<const RuleInfo> rules, const ReportSink& sink);

class Baseline {
  public:
    static constexpr std::size_t k_maxBytes = 512u << 20;

    // Reads any SARIF 2.1.0 log that has our fingerprints; results without one are compared by rule, file and
    // message. InvalidJson, or InvalidRequest when it is no SARIF log.
    static Result<Baseline> fromSarif(std::string_view text);

    bool knows(const api::AnalysisFinding& finding, std::string_view path) const;
    std::size_t size() const { return m_known.size(); }
    // Leaves the findings that the baseline does not know; the summary counts them anew.
    void keepOnlyNew(api::AnalysisReport& report) const;

  private:
    std::unordered_set<std::string> m_known;
};

// Findings that count: not suppressed.
std::int64_t countFindings(const api::AnalysisReport& report);

} // namespace exo::analysis
