#pragma once
// Adds the lines of files up, by language and for the summary. Whether the symbols of the files are known as
// well makes no difference. One thread.

#include "core/analysis/parse/FileRecord.h"
#include "core/api/Analysis.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

// What files without a known language are told as.
inline constexpr std::string_view k_plainText = "Text";

class LineTotals {
  public:
    // The summary's code, comment and blank are those of programming languages alone.
    void add(const std::string& language, const LineCounts& lines, api::AnalysisSummary& summary);
    std::vector<api::AnalysisLanguage> languages() const; // most code first

  private:
    std::map<std::string, api::AnalysisLanguage> m_languages;
};

} // namespace exo::analysis
