#pragma once
// The Retriever of the program: the project's index, the owner's sessions and the embedded guide as one. io
// thread; owned by Core, which keeps the services alive longer.

#include "core/analysis/HelpIndex.h"
#include "core/analysis/ProjectIndexService.h"
#include "core/analysis/retrieve/ProjectKnowledge.h"
#include "core/providers/Retriever.h"
#include "core/sessions/SessionService.h"

namespace exo {

class Retrieval final : public Retriever {
  public:
    // Without `knowledge` nothing is analysed: no facts.
    Retrieval(ProjectIndexService& projects, SessionService& sessions, analysis::HelpIndex help,
              ProjectKnowledge* knowledge = nullptr)
        : m_projects(projects)
        , m_sessions(sessions)
        , m_help(std::move(help))
        , m_knowledge(knowledge) {}

    Task<std::vector<Excerpt>> retrieve(RetrievalQuery query, CancelToken cancel) override;
    Task<ProjectOverview> overview(std::string project, CancelToken cancel) override;
    Task<ProjectFacts> facts(FactQuery query, CancelToken cancel) override;
    Task<std::vector<std::string>> hashes(std::string project, std::vector<std::string> paths,
                                          CancelToken cancel) override;

  private:
    Task<std::vector<Excerpt>> fromProject(const RetrievalQuery& query, CancelToken cancel);
    Task<std::vector<Excerpt>> fromSessions(const RetrievalQuery& query);

    ProjectIndexService& m_projects;
    SessionService& m_sessions;
    analysis::HelpIndex m_help;
    ProjectKnowledge* m_knowledge;
};

} // namespace exo
