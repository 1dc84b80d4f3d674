// sarif_sample full|empty: writes SARIF of a made-up analysis to the standard output, for schema.test.js.
#include "core/analysis/report/Sarif.h"
#include "core/analysis/rules/RuleSet.h"

#include <cstdio>
#include <string>
#include <string_view>

using namespace exo;
using namespace exo::analysis;

namespace {

api::AnalysisReport fullReport(const std::vector<RuleInfo>& rules) {
    api::AnalysisReport report;
    report.toolVersion = "0.1.0";
    report.root = "/home/人/a b";
    report.files.emplace_back();
    report.files[0].path = "src/中:x y.c";
    int line = 0;
    for (const RuleInfo& rule : rules) {
        api::AnalysisFinding finding;
        finding.rule = rule.id;
        finding.severity = nameOf(rule.severity);
        finding.line = finding.endLine = ++line;
        finding.column = line % 3;
        finding.endColumn = line % 5;
        finding.message = rule.titleEn + "\n\"\x01";
        finding.messageZh = rule.titleZh;
        finding.cwe = rule.cwe;
        finding.fingerprint = std::to_string(line);
        if (line % 4 == 0) finding.suppressedBy = "reason";
        report.files[0].findings.push_back(finding);
    }
    report.skipped.push_back({"a%b/文件", "binary"});
    return report;
}

} // namespace

int main(int argc, char** argv) {
    const auto rules = RuleSet::builtIn();
    if (!rules.ok() || argc != 2) return 1;
    const std::vector<RuleInfo> catalogue = rules->catalogue();
    const bool full = std::string_view(argv[1]) == "full";
    const api::AnalysisReport report = full ? fullReport(catalogue) : api::AnalysisReport{};
    const ReportSink sink = [](std::string_view piece) {
        return std::fwrite(piece.data(), 1, piece.size(), stdout) == piece.size();
    };
    return writeSarif(report, catalogue, sink) ? 0 : 1;
}
