#include "core/storage/MessageStore.h"

#include "core/storage/Rows.h"
#include "core/storage/SearchStore.h"

#include <algorithm>

namespace exo {

namespace {

rows::Data toRows(MessageStore::Data data) {
    return data == MessageStore::Data::With ? rows::Data::With : rows::Data::Without;
}

Error noMessage(const MessageId& id) {
    return fail(ErrorCode::NotFound, "no message " + id.str());
}

// The row the new messages hang below; nullopt = they are the first.
Result<std::optional<std::int64_t>> parentRow(Connection& db, std::int64_t session, const TurnDraft& draft) {
    if (!draft.parent) return db.integer("SELECT leaf FROM sessions WHERE n = ?", session);
    if (draft.parent->empty()) return std::optional<std::int64_t>();
    EXO_TRY(const std::int64_t row, rows::messageRow(db, session, *draft.parent));
    return std::optional(row);
}

Result<std::int64_t> insertNext(Connection& db, std::int64_t session, std::optional<std::int64_t> parent,
                                api::Message& message) {
    EXO_CHECK(db.run("UPDATE sessions SET message_count = message_count + 1 WHERE n = ?", session));
    EXO_TRY(const auto seq, db.integer("SELECT message_count FROM sessions WHERE n = ?", session));
    message.id = newId<MessageId>("m_");
    message.seq = seq.value_or(0);
    EXO_TRY(const std::int64_t row, rows::insertMessage(db, session, parent, message));
    EXO_CHECK(rows::insertAttachments(db, row, message.attachments));
    return row;
}

} // namespace

Result<TurnRows> MessageStore::beginTurn(const TurnDraft& draft, WallTime now) {
    EXO_TRY(const std::int64_t session, rows::sessionRow(m_db, draft.session));
    EXO_TRY(std::optional<std::int64_t> parent, parentRow(m_db, session, draft));
    if (!draft.userContent && !parent)
        return fail(ErrorCode::InvalidRequest, "there is nothing to answer", "parentId");

    MessageId userId;
    if (draft.userContent) {
        api::Message user;
        user.role = api::Role::User;
        user.content = *draft.userContent;
        user.attachments = draft.attachments;
        user.createdAt = now;
        EXO_TRY(parent, insertNext(m_db, session, parent, user));
        userId = user.id;
    }
    api::Message answer;
    answer.role = api::Role::Assistant;
    answer.state = api::MessageState::Pending;
    answer.model = draft.model;
    answer.createdAt = now;
    EXO_TRY(const std::int64_t leaf, insertNext(m_db, session, parent, answer));
    EXO_CHECK(m_db.run("UPDATE sessions SET leaf = ? WHERE n = ?", leaf, session));
    EXO_CHECK(rows::touchSession(m_db, session, now));

    TurnRows out;
    if (!userId.empty()) {
        EXO_TRY(out.user, get(draft.session, userId));
    }
    EXO_TRY(out.assistant, get(draft.session, answer.id));
    return out;
}

Result<void> MessageStore::savePartial(const MessageId& id, const std::string& content,
                                       const std::string& reasoning,
                                       const std::vector<api::ToolCall>& toolCalls) {
    EXO_CHECK(m_db.run("UPDATE messages SET content = ?, reasoning = ?, tool_calls = ? "
                       "WHERE id = ? AND state IN ('pending', 'interrupted')",
                       content, reasoning, rows::toolCallsText(toolCalls), id.str()));
    if (m_db.changes() == 0)
        return fail(ErrorCode::Conflict, "message " + id.str() + " is not being written");
    return {};
}

Result<void> MessageStore::setCompactedBefore(const MessageId& id) {
    EXO_CHECK(m_db.run("UPDATE messages SET compacted_before = 1 WHERE id = ?", id.str()));
    return m_db.changes() == 0 ? Result<void>(noMessage(id)) : Result<void>();
}

Result<api::Message> MessageStore::finish(const MessageId& id, const TurnEnd& end, WallTime now) {
    if (end.state == api::MessageState::Pending)
        return fail(ErrorCode::Internal, "pending is not an end state");
    std::optional<std::int64_t> input, output;
    if (end.usage) input = end.usage->inputTokens, output = end.usage->outputTokens;
    std::optional<std::string> errorCode, errorMessage;
    if (end.error) errorCode = end.error->code, errorMessage = end.error->message;
    EXO_CHECK(m_db.run("UPDATE messages SET state = ?, content = ?, reasoning = ?, model = ?, provider = ?, "
                       "input_tokens = ?, output_tokens = ?, usage_estimated = ?, citations = ?, tool_calls "
                       "= ?, error_code = ?, "
                       "error_message = ?, first_token_ms = ?, duration_ms = ? "
                       "WHERE id = ? AND state IN ('pending', 'interrupted')",
                       api::toString(end.state), end.content, end.reasoning, end.model, end.provider, input,
                       output, end.usage && end.usage->estimated, rows::citationsText(end.citations),
                       rows::toolCallsText(end.toolCalls), errorCode, errorMessage, end.firstTokenMs,
                       end.durationMs, id.str()));
    if (m_db.changes() == 0)
        return fail(ErrorCode::Conflict, "message " + id.str() + " is not being written");
    EXO_TRY(Statement row,
            m_db.query("SELECT m.n, m.session, s.id FROM messages m JOIN sessions s ON s.n = m.session "
                       "WHERE m.id = ?",
                       id.str()));
    EXO_TRY(const bool found, row.step());
    if (!found) return noMessage(id);
    EXO_CHECK(SearchStore(m_db).indexMessage(row.integer(0), end.content));
    EXO_CHECK(rows::touchSession(m_db, row.integer(1), now));
    const SessionId session(row.text(2));
    EXO_TRY(Statement message, m_db.query(rows::selectMessages(m_db, "WHERE m.id = ?"), id.str()));
    EXO_TRY(auto found1,
            rows::messages(m_db, message, session, rows::Data::Without)); // the session may be in the bin
    if (found1.empty()) return noMessage(id);
    return std::move(found1.front());
}

Result<std::int64_t> MessageStore::interruptPending() {
    std::int64_t count = 0;
    for (;;) {
        EXO_TRY(Statement row, m_db.query("SELECT n, content FROM messages WHERE state = 'pending'" +
                                          rows::noLivingWriter(m_db, "messages") + " LIMIT 1"));
        EXO_TRY(const bool more, row.step());
        if (!more) return count;
        EXO_CHECK(SearchStore(m_db).indexMessage(row.integer(0), row.text(1)));
        EXO_CHECK(m_db.run("UPDATE messages SET state = 'interrupted' WHERE n = ?", row.integer(0)));
        ++count;
    }
}

Result<api::Message> MessageStore::get(const SessionId& session, const MessageId& id) {
    EXO_TRY(const std::int64_t row, rows::sessionRow(m_db, session));
    EXO_TRY(Statement one,
            m_db.query(rows::selectMessages(m_db, "WHERE m.id = ? AND m.session = ?"), id.str(), row));
    EXO_TRY(auto found, rows::messages(m_db, one, session, rows::Data::Without));
    if (found.empty()) return noMessage(id);
    return std::move(found.front());
}

Result<std::vector<api::Message>> MessageStore::path(const SessionId& session, const MessageId& leaf,
                                                     Data data) {
    EXO_TRY(const std::int64_t row, rows::sessionRow(m_db, session));
    std::optional<std::int64_t> end;
    if (leaf.empty()) {
        EXO_TRY(end, m_db.integer("SELECT leaf FROM sessions WHERE n = ?", row));
    } else {
        EXO_TRY(end, rows::messageRow(m_db, row, leaf));
    }
    if (!end) return std::vector<api::Message>();
    EXO_TRY(
        Statement branch,
        m_db.query("WITH RECURSIVE branch (n, parent) AS (SELECT n, parent FROM messages WHERE n = ?1 UNION "
                   "SELECT u.n, u.parent FROM messages u JOIN branch b ON u.n = b.parent) " +
                       rows::selectMessages(m_db, "WHERE m.n IN (SELECT n FROM branch) ORDER BY m.seq"),
                   *end));
    return rows::messages(m_db, branch, session, toRows(data));
}

Result<std::vector<api::Message>> MessageStore::children(const SessionId& session, const MessageId& parent) {
    EXO_TRY(const std::int64_t row, rows::sessionRow(m_db, session));
    std::optional<std::int64_t> above;
    if (!parent.empty()) {
        EXO_TRY(above, rows::messageRow(m_db, row, parent));
    }
    EXO_TRY(Statement below,
            m_db.query(rows::selectMessages(m_db, "WHERE m.session = ? AND " +
                                                      rows::sameParent(m_db, "m.parent", "?") +
                                                      " ORDER BY m.seq"),
                       row, above));
    return rows::messages(m_db, below, session, rows::Data::Without);
}

Result<std::vector<api::Message>> MessageStore::siblings(const SessionId& session, const MessageId& id) {
    EXO_TRY(const api::Message message, get(session, id));
    return children(session, message.parentId);
}

Result<api::MessagePage> MessageStore::page(const SessionId& session, std::size_t limit,
                                            std::optional<std::int64_t> before) {
    EXO_TRY(const std::int64_t row, rows::sessionRow(m_db, session));
    EXO_TRY(Statement newest,
            m_db.query(
                rows::selectMessages(m_db, "WHERE m.session = ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?"),
                row, before.value_or(INT64_MAX), limit));
    api::MessagePage page;
    EXO_TRY(page.messages, rows::messages(m_db, newest, session, rows::Data::Without));
    std::ranges::reverse(page.messages);
    if (!page.messages.empty() && page.messages.front().seq > 1) page.next = page.messages.front().seq;
    return page;
}

Result<api::Attachment> MessageStore::attachment(const SessionId& session, const AttachmentId& id) {
    EXO_TRY(const std::int64_t row, rows::sessionRow(m_db, session));
    EXO_TRY(Statement one, m_db.query("SELECT a.name, a.mime_type, a.size, b.data FROM attachments a "
                                      "JOIN blobs b USING (sha256) JOIN messages m ON m.n = a.message "
                                      "WHERE a.id = ? AND m.session = ?",
                                      id.str(), row));
    EXO_TRY(const bool found, one.step());
    if (!found) return fail(ErrorCode::NotFound, "no attachment " + id.str());
    return api::Attachment{id, one.text(0), one.text(1), one.integer(2), one.blob(3)};
}

Result<void> MessageStore::saveCompaction(const SessionId& session, const Compaction& compaction,
                                          WallTime now) {
    EXO_TRY(const std::int64_t row, rows::sessionRow(m_db, session));
    EXO_TRY(const std::int64_t boundary, rows::messageRow(m_db, row, compaction.boundary));
    EXO_CHECK(m_db.run("DELETE FROM compactions WHERE boundary = ?", boundary));
    EXO_CHECK(m_db.run("INSERT INTO compactions (session, boundary, summary, tokens, created_at) "
                       "VALUES (?,?,?,?,?)",
                       row, boundary, compaction.summary, compaction.tokens, toUnixMillis(now)));
    return setCompactedBefore(compaction.boundary);
}

Result<std::vector<Compaction>> MessageStore::compactions(const SessionId& session) {
    EXO_TRY(const std::int64_t row, rows::sessionRow(m_db, session));
    EXO_TRY(Statement all, m_db.query("SELECT m.id, c.summary, c.tokens FROM compactions c "
                                      "JOIN messages m ON m.n = c.boundary WHERE c.session = ? ORDER BY c.n",
                                      row));
    std::vector<Compaction> out;
    for (;;) {
        EXO_TRY(const bool more, all.step());
        if (!more) return out;
        out.push_back({MessageId(all.text(0)), all.text(1), all.integer(2)});
    }
}

} // namespace exo
