#pragma once
// The project tools over projects that are kept analysed. io thread; `knowledge` must outlive it.

#include "core/analysis/retrieve/ProjectKnowledge.h"
#include "core/providers/ToolBox.h"

namespace exo {

class ProjectToolBox final : public ToolBox {
  public:
    explicit ProjectToolBox(ProjectKnowledge& knowledge)
        : m_knowledge(knowledge) {}

    const std::vector<ToolSpec>& tools() const override;
    Task<ToolAnswer> call(ToolRequest request, CancelToken cancel) override;

  private:
    ProjectKnowledge& m_knowledge;
};

} // namespace exo
