#pragma once
// /api/v1/sessions and what hangs on it, except the turns: list, create, change, delete, restore, read,
// search, export, import. io thread.

#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

class SessionsApi {
  public:
    explicit SessionsApi(const Services& services)
        : m_services(services) {}
    void addRoutes(Router& router);

  private:
    Task<void> list(Exchange& exchange);
    Task<void> create(Exchange& exchange);
    Task<void> get(Exchange& exchange);
    Task<void> update(Exchange& exchange);
    Task<void> remove(Exchange& exchange);
    Task<void> restore(Exchange& exchange);
    Task<void> messages(Exchange& exchange);
    Task<void> exportSession(Exchange& exchange);
    Task<void> importSessions(Exchange& exchange);
    Task<void> search(Exchange& exchange);
    Result<api::SessionPatch> patchFrom(const Exchange& exchange, const Json& body) const;

    const Services& m_services;
};

// The folder a session may read, canonical. The local user may name any folder of his; whoever comes with a
// key only what lies under `roots` (analysis.roots). InvalidRequest, PermissionDenied.
Result<std::string> checkProject(const std::string& project, const Principal& principal,
                                 const std::vector<std::string>& roots);

} // namespace exo::server
