#include "core/analysis/rules/Debt.h"
#include "core/analysis/rules/RuleInfo.h"
#include "core/analysis/rules/Secrets.h"
#include "core/analysis/rules/Thresholds.h"

#include <utility>

namespace exo::analysis {

std::vector<RuleInfo> codedRules() {
    std::vector<RuleInfo> all = secretRules();
    for (auto list : {debtRules(), thresholdRules()})
        for (RuleInfo& rule : list)
            all.push_back(std::move(rule));
    all.push_back(
        {"exobrain/suppression-without-reason", "Suppression without a reason", "未写理由的忽略标记",
         "A finding is only silenced by a rule and the reason why it may stay: exobrain-ignore: rule reason.",
         "忽略标记须写明规则与理由：exobrain-ignore: 规则 理由。", FindingRecord::Severity::Note, ""});
    return all;
}

} // namespace exo::analysis
