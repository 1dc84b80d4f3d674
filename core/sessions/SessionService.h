#pragma once
// The user's sessions: list, read, change, search, export, import. Every id is checked against the owner; a
// foreign one is NotFound. io thread.

#include "core/api/Types.h"
#include "core/base/Task.h"
#include "core/sessions/Owner.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exo {

struct SessionFilter {
    std::optional<std::string> folder;
    std::size_t limit = 200;
    std::optional<WallTime> before; // updatedAt of the last one of the page above
};

struct ImportReport {
    std::int64_t sessions = 0;
    std::int64_t messages = 0;
    std::int64_t skipped = 0; // conversations that were empty or already imported
};

enum class ExportFormat { Markdown, Json };

class SessionService {
  public:
    virtual ~SessionService() = default;
    virtual Task<api::Session> create(Owner owner, api::SessionPatch draft) = 0;
    // Pinned first, then newest first.
    virtual Task<std::vector<api::Session>> list(Owner owner, SessionFilter filter) = 0;
    virtual Task<api::Session> get(Owner owner, SessionId id) = 0;
    virtual Task<api::Session> update(Owner owner, SessionId id, api::SessionPatch patch) = 0;
    // Hidden at once, really deleted by the clean-up after a while; restore() undoes it until then.
    virtual Task<void> remove(Owner owner, SessionId id) = 0;
    virtual Task<void> restore(Owner owner, SessionId id) = 0;
    // The whole tree in pages, newest page first; limit 1–1000.
    virtual Task<api::MessagePage> messages(Owner owner, SessionId id, std::size_t limit,
                                            std::optional<std::int64_t> before) = 0;
    // Full text over titles and messages; Chinese from one character up. An empty query gives no hits.
    virtual Task<std::vector<api::SearchHit>> search(Owner owner, std::string query, std::size_t limit) = 0;
    virtual Task<std::string> exportSession(Owner owner, SessionId id, ExportFormat format) = 0;
    // The bytes of ChatGPT's conversations.json, or of our own JSON export. All or nothing.
    virtual Task<ImportReport> importSessions(Owner owner, std::string bytes) = 0;
};

} // namespace exo
