#include "core/analysis/rules/Passes.h"

#include "core/analysis/TextFile.h"
#include "core/analysis/rules/Debt.h"
#include "core/analysis/rules/RuleEngine.h"
#include "core/analysis/rules/Secrets.h"
#include "core/analysis/rules/Thresholds.h"
#include "core/base/Text.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace exo::analysis {

namespace {

void addSecretFindings(const ParsedFile& file, FileRecord& record) {
    static const std::vector<RuleInfo> k_rules = secretRules();
    const SecretDepth depth =
        record.test || record.generated ? SecretDepth::ProvidersOnly : SecretDepth::Everything;
    std::int32_t line = 1;
    std::size_t lineStart = 0;
    for (const SecretMatch& match : findSecrets(file.source, depth)) {
        for (std::size_t next; (next = file.source.find('\n', lineStart)) < match.begin; lineStart = next + 1)
            ++line;
        const auto info = std::find_if(k_rules.begin(), k_rules.end(),
                                       [&](const RuleInfo& rule) { return rule.id == match.rule; });
        const std::string_view value = file.source.substr(match.begin, match.end - match.begin);
        FindingRecord finding;
        finding.rule = match.rule;
        finding.severity = match.severity;
        finding.line = finding.endLine = line;
        finding.column = static_cast<std::int32_t>(match.begin - lineStart) + 1;
        if (value.find('\n') == std::string_view::npos)
            finding.endColumn = finding.column + static_cast<std::int32_t>(value.size());
        finding.messageEn = info->titleEn + ": " + maskSecret(value);
        finding.messageZh = info->titleZh + "：" + maskSecret(value);
        finding.cwe = info->cwe;
        finding.context = contentHash(value).substr(0, 32);
        record.findings.push_back(std::move(finding));
    }
}

// Without white space, so that indenting a line anew does not make a finding new.
std::string normalised(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (static_cast<unsigned char>(c) > ' ') out += c;
    return out;
}

} // namespace

FileAnalyser::Pass makeRulePass(std::shared_ptr<const RuleSet> rules) {
    auto engine = std::make_shared<RuleEngine>(std::move(rules));
    return [engine](const ParsedFile& file, FileRecord& record) {
        if (!record.minified) engine->run(file, record);
        addThresholdFindings(record);
    };
}

FileAnalyser::Pass makeSecretPass() {
    return addSecretFindings;
}

FileAnalyser::Pass makeDebtPass() {
    return [](const ParsedFile& file, FileRecord& record) {
        if (!record.generated && !record.minified) addDebtFindings(file, record);
    };
}

FileAnalyser::Pass makeSuppressionPass() {
    return applySuppressions;
}

void addFindingPasses(FileAnalyser& analyser, std::shared_ptr<const RuleSet> rules) {
    analyser.addPass(makeRulePass(std::move(rules)));
    analyser.addPass(makeSecretPass());
    analyser.addPass(makeDebtPass());
    analyser.addPass(makeSuppressionPass());
    analyser.addPass(makeColumnPass());
}

std::vector<api::AnalysisFinding> applyFingerprints(const FileRecord& record) {
    std::vector<const FindingRecord*> sorted;
    for (const FindingRecord& finding : record.findings)
        sorted.push_back(&finding);
    std::sort(sorted.begin(), sorted.end(), [](const FindingRecord* a, const FindingRecord* b) {
        return std::tie(a->line, a->column, a->rule) < std::tie(b->line, b->column, b->rule);
    });
    std::map<std::string, int> equal;
    std::vector<api::AnalysisFinding> findings;
    for (const FindingRecord* finding : sorted) {
        const std::string text = finding->rule + '\n' + record.path + '\n' + normalised(finding->context);
        api::AnalysisFinding made;
        made.rule = finding->rule;
        made.severity = nameOf(finding->severity);
        made.line = finding->line;
        made.column = finding->column;
        made.endLine = finding->endLine;
        made.endColumn = finding->endColumn;
        made.message = finding->messageEn;
        made.messageZh = finding->messageZh;
        made.cwe = finding->cwe;
        made.suppressedBy = finding->suppressedBy;
        made.fingerprint = contentHash(text + '\n' + std::to_string(equal[text]++)).substr(0, 32);
        findings.push_back(std::move(made));
    }
    return findings;
}

} // namespace exo::analysis
