#include "core/analysis/engine/Worker.h"

#include "core/analysis/SafeRoot.h"
#include "core/analysis/rules/Passes.h"
#include "core/base/Log.h"

#include <memory>

namespace exo::analysis {

namespace {

std::shared_ptr<const RuleSet> rulesFor(const std::string& folder) {
    auto rules = RuleSet::builtIn();
    if (!rules.ok()) {
        log::error("the built-in rules are not used: {}", rules.error().toLogString());
        return std::make_shared<const RuleSet>();
    }
    if (const auto root = SafeRoot::open(folder); root.ok()) rules->addProjectRules(*root);
    return std::make_shared<const RuleSet>(std::move(*rules));
}

} // namespace

FileWork makeProductWork(const WorkerSetUp& setUp) {
    const auto analyser = std::make_shared<FileAnalyser>();
    addFindingPasses(*analyser, rulesFor(setUp.root));
    return [analyser](std::string_view path, std::string_view text, const AnalyseOptions& options) {
        return analyser->analyse(path, text, options);
    };
}

std::vector<RuleInfo> ruleCatalogue(const std::string& folder) {
    return rulesFor(folder)->catalogue();
}

} // namespace exo::analysis
