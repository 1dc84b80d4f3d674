#pragma once
// Inside storage: how rows of sessions, messages and attachments become values and back.

#include "core/api/Types.h"
#include "core/storage/Sqlite.h"

#include <cstdint>
#include <string>
#include <vector>

namespace exo::rows {

enum class Data { Without, With };

// The part of a WHERE that hides what is removed or still being imported.
inline constexpr std::string_view k_visible = " s.removed_at IS NULL AND s.import_batch IS NULL ";

inline constexpr std::string_view k_sessionColumns =
    "s.id, s.title, s.folder, s.pinned, s.model, s.system_prompt, s.project, "
    "(SELECT id FROM messages WHERE n = s.leaf), s.created_at, s.updated_at, s.message_count ";
api::Session session(const Statement& row);

// Whether two parents, either of which may be NULL, are the same; in the form each engine has an index for.
std::string sameParent(const Connection& db, std::string_view one, std::string_view other);
// The part of a WHERE that leaves alone what another living process is writing: rows of `table` in a
// PostgreSQL several servers share. Nothing in a file, which has one owner.
std::string noLivingWriter(const Connection& db, std::string_view table);

// Selects from `messages m LEFT JOIN messages p ON p.n = m.parent`; `rest` begins with WHERE.
std::string selectMessages(const Connection& db, std::string_view rest);
// Runs a statement of selectMessages() to its end.
Result<std::vector<api::Message>> messages(Connection& db, Statement& statement, const SessionId& session,
                                           Data data);

// Inserts with the given seq and returns the row; also indexes the text unless the message is pending.
Result<std::int64_t> insertMessage(Connection& db, std::int64_t session, std::optional<std::int64_t> parent,
                                   const api::Message& message);
// Fills in id and size. InvalidRequest, RequestTooLarge.
Result<void> insertAttachments(Connection& db, std::int64_t message,
                               std::vector<api::Attachment>& attachments);

// NotFound when there is none (or it is hidden).
Result<std::int64_t> sessionRow(Connection& db, const SessionId& id);
// NotFound when it is not of that session.
Result<std::int64_t> messageRow(Connection& db, std::int64_t session, const MessageId& id);

// `now`, or the first free millisecond after the sessions changed within the second from it: updatedAt is
// unique, and rises with each change while the clock is sane.
Result<std::int64_t> freeUpdatedAt(Connection& db, WallTime now);
Result<void> touchSession(Connection& db, std::int64_t session, WallTime now);

std::string toolCallsText(const std::vector<api::ToolCall>& calls);
std::string citationsText(const std::vector<api::Citation>& citations);

} // namespace exo::rows
