#include "core/analysis/rules/Thresholds.h"

#include <string>
#include <utility>

namespace exo::analysis {

namespace {

struct Threshold {
    const char *rule, *en, *zh, *helpEn, *helpZh;
    std::int32_t most;
    std::int32_t (*value)(const FunctionRecord&);
};

constexpr Threshold k_thresholds[]{
    {"maintainability/long-function", "lines", "行数",
     "A function that does not fit a few screens is hard to hold in mind; name its parts.",
     "函数太长难以整体把握，请拆分为有名字的部分。", 200,
     [](const FunctionRecord& f) { return f.endLine - f.startLine + 1; }},
    {"maintainability/complex-function", "cyclomatic complexity", "圈复杂度",
     "Every independent path wants a test; split the decisions up.",
     "每条独立路径都需要测试，请拆分判断逻辑。", 30, [](const FunctionRecord& f) { return f.ccn; }},
    {"maintainability/cognitive-complexity", "cognitive complexity", "认知复杂度",
     "Nested and broken flow is hard to read; return early and pull parts out.",
     "嵌套与跳转使代码难读，请提前返回并提取函数。", 50, [](const FunctionRecord& f) { return f.cognitive; }},
    {"maintainability/deep-nesting", "nesting depth", "嵌套深度", "Return early, or pull the inner part out.",
     "请提前返回，或把内层提取出来。", 6, [](const FunctionRecord& f) { return f.nesting; }},
    {"maintainability/many-parameters", "parameters", "参数个数",
     "Callers mix up long lists; group what belongs together.",
     "参数过多容易写错顺序，请把相关参数组合起来。", 8, [](const FunctionRecord& f) { return f.parameters; }},
};

} // namespace

void addThresholdFindings(FileRecord& record) {
    if (record.generated || record.minified) return;
    for (const FunctionRecord& function : record.functions) {
        if (function.damaged) continue; // its figures are not to be trusted
        for (const Threshold& threshold : k_thresholds) {
            const std::int32_t value = threshold.value(function);
            if (value <= threshold.most) continue;
            FindingRecord finding;
            finding.rule = threshold.rule;
            finding.severity = FindingRecord::Severity::Note;
            finding.line = function.nameLine > 0 ? function.nameLine : function.startLine;
            finding.column = 1;
            finding.endLine = finding.line;
            const std::string figures = std::to_string(value) + " > " + std::to_string(threshold.most);
            finding.messageEn = function.name + ": " + threshold.en + " " + figures;
            finding.messageZh = function.name + "：" + threshold.zh + " " + figures;
            finding.context = function.qualifiedName.empty() ? function.name : function.qualifiedName;
            record.findings.push_back(std::move(finding));
        }
    }
}

std::vector<RuleInfo> thresholdRules() {
    std::vector<RuleInfo> rules;
    for (const Threshold& threshold : k_thresholds) {
        const std::string most = std::to_string(threshold.most);
        rules.push_back({threshold.rule, std::string("Function with ") + threshold.en + " above " + most,
                         std::string("函数的") + threshold.zh + "超过 " + most, threshold.helpEn,
                         threshold.helpZh, FindingRecord::Severity::Note, ""});
    }
    return rules;
}

} // namespace exo::analysis
