#pragma once
// Rows of sessions: create, list, change, delete, whole trees in and out. A plain view over a Connection,
// made inside a Database job; every function that takes an Owner answers NotFound for another owner's
// session. Messages and turns are in MessageStore.h, full text in SearchStore.h.

#include "core/api/Types.h"
#include "core/storage/Owner.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace exo {

class Connection;

// What stood above `boundary` (exclusive) was summarised as `summary` when a context was built.
struct Compaction {
    MessageId boundary; // the first message that is still sent in full
    std::string summary;
    std::int64_t tokens = 0; // of the summary
};

// A whole session. In an import, the ids in it only link the rows to each other; fresh ones are given.
struct SessionTree {
    api::Session session;
    std::vector<api::Message> messages; // parents before children
    std::vector<Compaction> compactions;
    std::string
        origin; // where it was imported from, e.g. "chatgpt:<id>"; unique among an owner's living sessions
};

struct SessionQuery {
    std::optional<std::string> folder;
    std::size_t limit = 200;
    std::optional<WallTime> before; // older than that (updatedAt values are unique), without the pinned ones
};

class SessionStore {
  public:
    explicit SessionStore(Connection& db)
        : m_db(db) {}

    Result<api::Session> create(const std::string& owner, const api::SessionPatch& draft, WallTime now);
    Result<api::Session> get(const Owner& owner, const SessionId& id);
    // First page: all pinned ones, then the newest, `limit` in all but at least one that is not pinned.
    Result<std::vector<api::Session>> list(const Owner& owner, const SessionQuery& query);
    // Does not change updatedAt. A leaf that has children is followed down its newest branch. NotFound when
    // the leaf is of another session.
    Result<api::Session> update(const Owner& owner, const SessionId& id, const api::SessionPatch& patch);
    // Names a session that has no title yet; a title the user gave stays.
    Result<void> setTitleIfEmpty(const SessionId& id, const std::string& title);

    Result<void> remove(const Owner& owner, const SessionId& id, WallTime now);
    Result<void> restore(const Owner& owner, const SessionId& id);
    // Really deletes what was removed before `removedBefore`, and data no attachment uses any more. Returns
    // the number of sessions.
    Result<std::int64_t> purge(WallTime removedBefore);
    // Deletes contents of attachments that no message refers to; returns their number.
    Result<std::int64_t> removeOrphans();

    // Inserts a tree invisibly as part of import `batch`; false when its origin is already there. Attachments
    // need data.
    Result<bool> stage(const std::string& owner, const SessionTree& tree, const std::string& batch,
                       WallTime now);
    // Shows all sessions of a batch at once; Conflict unless there are exactly `expected`.
    Result<void> publish(const std::string& batch, std::int64_t expected);
    // Removes a batch that was not published; an empty `batch` means all of them (start-up of the owner
    // process).
    Result<void> discard(const std::string& batch);
    // With the bytes of attachments.
    Result<SessionTree> loadTree(const Owner& owner, const SessionId& id);

  private:
    Connection& m_db;
};

// A title from the first question: its first line, at most 60 code points, "" when there is nothing to show.
std::string titleFromText(const std::string& text);

} // namespace exo
