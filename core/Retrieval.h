#pragma once
// The Retriever of the program: the project's index, the owner's sessions and the embedded guide as one. io
// thread; owned by Core, which keeps the services alive longer.

#include "core/analysis/HelpIndex.h"
#include "core/analysis/ProjectIndexService.h"
#include "core/providers/Retriever.h"
#include "core/sessions/SessionService.h"

namespace exo {

class Retrieval final : public Retriever {
  public:
    Retrieval(ProjectIndexService& projects, SessionService& sessions, analysis::HelpIndex help)
        : m_projects(projects)
        , m_sessions(sessions)
        , m_help(std::move(help)) {}

    Task<std::vector<Excerpt>> retrieve(RetrievalQuery query, CancelToken cancel) override;
    Task<ProjectOverview> overview(std::string project, CancelToken cancel) override;

  private:
    Task<std::vector<Excerpt>> fromProject(const RetrievalQuery& query, CancelToken cancel);
    Task<std::vector<Excerpt>> fromSessions(const RetrievalQuery& query);

    ProjectIndexService& m_projects;
    SessionService& m_sessions;
    analysis::HelpIndex m_help;
};

} // namespace exo
