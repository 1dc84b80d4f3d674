// Whole sessions in and out: the part of SessionStore that imports and exports use.
#include "core/storage/MessageStore.h"
#include "core/storage/Rows.h"
#include "core/storage/SearchStore.h"
#include "core/storage/SessionStore.h"

#include <unordered_map>

namespace exo {

namespace {

using RowsById = std::unordered_map<std::string, std::int64_t>;

// Also what the same import brought before; not what another one left unfinished.
Result<bool> alreadyThere(Connection& db, const std::string& owner, const std::string& origin,
                          const std::string& batch) {
    constexpr std::string_view k_own = "exobrain:";
    const std::string id = origin.starts_with(k_own) ? origin.substr(k_own.size()) : std::string();
    EXO_TRY(const auto row,
            db.integer("SELECT n FROM sessions WHERE owner = ?1 AND origin = ?2 AND removed_at IS NULL "
                       "AND (import_batch IS NULL OR import_batch = ?4) "
                       "UNION ALL SELECT n FROM sessions WHERE owner = ?1 AND id = ?3 AND removed_at IS NULL "
                       "AND import_batch IS NULL LIMIT 1",
                       owner, origin, id, batch));
    return row.has_value();
}

Result<RowsById> insertMessages(Connection& db, std::int64_t session, const SessionTree& tree) {
    RowsById known;
    std::int64_t seq = 0;
    for (const api::Message& source : tree.messages) {
        std::optional<std::int64_t> parent;
        if (!source.parentId.empty()) {
            const auto it = known.find(source.parentId.str());
            if (it == known.end())
                return fail(ErrorCode::InvalidRequest, "a message stands before its parent", "messages");
            parent = it->second;
        }
        api::Message message = source;
        message.id = newId<MessageId>("m_");
        message.seq = ++seq;
        // An answer that was running when it was written down has no one left to finish it.
        if (message.state == api::MessageState::Pending) message.state = api::MessageState::Interrupted;
        EXO_TRY(const std::int64_t row, rows::insertMessage(db, session, parent, message));
        EXO_CHECK(rows::insertAttachments(db, row, message.attachments));
        if (!known.emplace(source.id.str(), row).second)
            return fail(ErrorCode::InvalidRequest, "two messages have the same id", "messages");
    }
    return known;
}

} // namespace

Result<bool> SessionStore::stage(const std::string& owner, const SessionTree& tree, const std::string& batch,
                                 WallTime now) {
    if (!tree.origin.empty()) {
        EXO_TRY(const bool there, alreadyThere(m_db, owner, tree.origin, batch));
        if (there) return false;
    }
    const api::Session& s = tree.session;
    const WallTime created = s.createdAt == WallTime{} ? now : s.createdAt;
    EXO_TRY(const std::int64_t updated,
            rows::freeUpdatedAt(m_db, s.updatedAt == WallTime{} ? created : s.updatedAt));
    std::optional<std::string> origin;
    if (!tree.origin.empty()) origin = tree.origin;
    EXO_TRY(
        const auto inserted,
        m_db.integer(
            "INSERT INTO sessions (id, owner, title, folder, pinned, model, system_prompt, project, "
            "created_at, "
            "updated_at, message_count, origin, import_batch) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING n",
            newIdText("s_"), owner, s.title, s.folder, s.pinned, s.model, s.systemPrompt, s.project,
            toUnixMillis(created), updated, tree.messages.size(), origin, batch));
    const std::int64_t session = inserted.value_or(0);
    if (!s.title.empty()) EXO_CHECK(SearchStore(m_db).indexTitle(session, s.title));
    EXO_TRY(const RowsById known, insertMessages(m_db, session, tree));
    for (const Compaction& compaction : tree.compactions) {
        const auto it = known.find(compaction.boundary.str());
        if (it == known.end())
            return fail(ErrorCode::InvalidRequest, "a summary without its message", "compactions");
        EXO_CHECK(m_db.run("DELETE FROM compactions WHERE boundary = ?", it->second));
        EXO_CHECK(m_db.run("INSERT INTO compactions (session, boundary, summary, tokens, created_at) "
                           "VALUES (?,?,?,?,?)",
                           session, it->second, compaction.summary, compaction.tokens, toUnixMillis(now)));
    }
    const auto leaf = known.find(s.leaf.str());
    EXO_CHECK(m_db.run("UPDATE sessions SET leaf = coalesce(?1, (SELECT n FROM messages WHERE session = ?2 "
                       "ORDER BY seq DESC LIMIT 1)) WHERE n = ?2",
                       leaf == known.end() ? std::optional<std::int64_t>() : std::optional(leaf->second),
                       session));
    return true;
}

Result<void> SessionStore::publish(const std::string& batch, std::int64_t expected) {
    EXO_CHECK(m_db.run("UPDATE sessions SET import_batch = NULL WHERE import_batch = ?", batch));
    if (m_db.changes() != expected)
        return fail(ErrorCode::Conflict, "the import was discarded by another process; nothing was imported");
    return {};
}

Result<void> SessionStore::discard(const std::string& batch) {
    if (!batch.empty()) return m_db.run("DELETE FROM sessions WHERE import_batch = ?", batch);
    return m_db.run("DELETE FROM sessions WHERE import_batch IS NOT NULL" +
                    rows::noLivingWriter(m_db, "sessions"));
}

Result<SessionTree> SessionStore::loadTree(const Owner& owner, const SessionId& id) {
    SessionTree tree;
    EXO_TRY(tree.session, get(owner, id));
    EXO_TRY(const std::int64_t row, rows::sessionRow(m_db, id));
    EXO_TRY(Statement all, m_db.query(rows::selectMessages(m_db, "WHERE m.session = ? ORDER BY m.seq"), row));
    EXO_TRY(tree.messages, rows::messages(m_db, all, id, rows::Data::With));
    EXO_TRY(tree.compactions, MessageStore(m_db).compactions(id));
    return tree;
}

} // namespace exo
