#include "core/analysis/engine/LineTotals.h"

#include "core/analysis/FileKinds.h"

#include <algorithm>

namespace exo::analysis {

void LineTotals::add(const std::string& language, const LineCounts& lines, api::AnalysisSummary& summary) {
    api::AnalysisLanguage& sum = m_languages[language];
    if (sum.files == 0) {
        sum.name = language;
        sum.kind = kindOf(language);
    }
    ++sum.files;
    sum.code += lines.code;
    sum.comment += lines.comment;
    sum.blank += lines.blank;
    ++summary.files;
    if (sum.kind != "programming") {
        summary.otherLines += lines.code;
        return;
    }
    summary.code += lines.code;
    summary.comment += lines.comment;
    summary.blank += lines.blank;
}

std::vector<api::AnalysisLanguage> LineTotals::languages() const {
    std::vector<api::AnalysisLanguage> out;
    for (const auto& [name, language] : m_languages)
        out.push_back(language);
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.code > b.code; });
    return out;
}

} // namespace exo::analysis
