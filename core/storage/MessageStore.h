#pragma once
// Rows of messages: what a chat turn writes and reads. A plain view over a Connection, made inside a Database
// job. No function checks the owner but through the SessionId: call SessionStore::get(owner, session) first,
// in the same job.

#include "core/api/Types.h"
#include "core/storage/SessionStore.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace exo {

inline constexpr std::size_t k_maxAttachmentBytes = 10u << 20;
inline constexpr std::size_t k_maxAttachments = 32; // of one message

struct TurnDraft {
    SessionId session;
    // What the new messages hang below: nullopt = the session's leaf, an empty id = a new first message.
    std::optional<MessageId> parent;
    // The user's message; nullopt answers `parent` once more (regenerate).
    std::optional<std::string> userContent;
    std::vector<api::Attachment> attachments; // with data; ids and sizes are filled in
    std::string model;                        // asked for; the answer's row is corrected by finish()
};

struct TurnRows {
    std::optional<api::Message> user; // complete
    api::Message assistant;           // pending, empty
};

struct TurnEnd {
    api::MessageState state = api::MessageState::Complete;
    std::string content; // the whole text
    std::string reasoning;
    std::string model;
    std::string provider;
    std::optional<api::Usage> usage;
    std::vector<api::Citation> citations;
    std::vector<api::ToolCall> toolCalls;
    std::optional<api::ErrorInfo> error;
    std::int64_t firstTokenMs = -1;
    std::int64_t durationMs = -1;
};

class MessageStore {
  public:
    explicit MessageStore(Connection& db)
        : m_db(db) {}

    // Inserts the rows and makes the answer the session's leaf. NotFound when `parent` is of another session;
    // RequestTooLarge and InvalidRequest for attachments.
    Result<TurnRows> beginTurn(const TurnDraft& draft, WallTime now);
    // The text so far of a pending answer (all of it, so a failed flush is made good by the next).
    Result<void> savePartial(const MessageId& id, const std::string& content, const std::string& reasoning,
                             const std::vector<api::ToolCall>& toolCalls = {});
    Result<void> setCompactedBefore(const MessageId& id);
    // The end state; Conflict when the message has one already (an owner's start-up may have said
    // `interrupted`: that is overwritten).
    Result<api::Message> finish(const MessageId& id, const TurnEnd& end, WallTime now);
    // Start-up of the owner process: every `pending` answer is `interrupted`. Returns their number.
    Result<std::int64_t> interruptPending();

    Result<api::Message> get(const SessionId& session, const MessageId& id);
    // From the first message to `leaf` (empty: the session's leaf). With the bytes of attachments when asked.
    enum class Data { Without, With };
    Result<std::vector<api::Message>> path(const SessionId& session, const MessageId& leaf,
                                           Data data = Data::Without);
    // Children of `parent` in order (empty: the first messages).
    Result<std::vector<api::Message>> children(const SessionId& session, const MessageId& parent);
    Result<std::vector<api::Message>> siblings(const SessionId& session, const MessageId& id);
    // The newest `limit` messages with seq < `before`, oldest first.
    Result<api::MessagePage> page(const SessionId& session, std::size_t limit,
                                  std::optional<std::int64_t> before);

    Result<api::Attachment> attachment(const SessionId& session, const AttachmentId& id); // with data

    // Also marks the boundary as compactedBefore; a second summary of the same boundary replaces the first.
    Result<void> saveCompaction(const SessionId& session, const Compaction& compaction, WallTime now);
    // Newest last; those of all branches.
    Result<std::vector<Compaction>> compactions(const SessionId& session);

  private:
    Connection& m_db;
};

} // namespace exo
