#include "core/analysis/tools/ProjectToolBox.h"

#include "core/analysis/tools/ProjectTools.h"

namespace exo {

const std::vector<ToolSpec>& ProjectToolBox::tools() const {
    return analysis::projectTools();
}

Task<ToolAnswer> ProjectToolBox::call(ToolRequest request, CancelToken cancel) {
    const auto answer = std::make_shared<ToolAnswer>();
    const auto need = analysis::toolNeedsWholes(request.name, request.arguments) ? KnowledgeNeed::Everything
                                                                                 : KnowledgeNeed::Code;
    KnowledgeJob job = [answer, name = std::move(request.name), arguments = std::move(request.arguments)](
                           const analysis::KnownProject& project, const std::atomic<bool>& cancelled) {
        *answer = analysis::runProjectTool(project, name, arguments, cancelled);
    };
    std::function<void(const api::AnalysisProgress&)> progress;
    if (request.progress)
        progress = [tell = std::move(request.progress)](const api::AnalysisProgress& step) {
            tell(step.done, step.total, step.stage);
        };
    auto asked = co_await m_knowledge.ask(std::move(request.project), std::move(job), std::move(cancel), need,
                                          std::move(progress));
    if (!asked.ok()) co_return std::move(asked).error();
    co_return std::move(*answer);
}

} // namespace exo
