#include "core/storage/Rows.h"

#include "core/base/Sha256.h"
#include "core/storage/MessageStore.h"
#include "core/storage/SearchStore.h"

namespace exo::rows {

namespace {

template <class Enum>
Enum enumFrom(std::string_view text, std::initializer_list<Enum> values) {
    for (const Enum value : values)
        if (api::toString(value) == text) return value;
    return *values.begin(); // the schema's CHECK allows no other text
}

std::vector<api::Citation> citationsFrom(const std::string& text) {
    std::vector<api::Citation> out;
    if (text.empty()) return out;
    const auto json = parseJson(text);
    if (!json.ok() || !json->is_array()) return out;
    for (const Json& item : *json) {
        api::Citation citation;
        citation.path = stringOr(item, "path");
        citation.startLine = static_cast<int>(intOr(item, "startLine"));
        citation.endLine = static_cast<int>(intOr(item, "endLine"));
        out.push_back(std::move(citation));
    }
    return out;
}

std::vector<api::ToolCall> toolCallsFrom(const std::string& text) {
    std::vector<api::ToolCall> out;
    if (text.empty()) return out;
    const auto json = parseJson(text);
    if (!json.ok() || !json->is_array()) return out;
    for (const Json& item : *json)
        out.push_back(api::toolCallFromJson(item));
    return out;
}

api::Message message(const Statement& row, const SessionId& session) {
    using api::MessageState;
    using api::Role;
    api::Message m;
    m.id = MessageId(row.text(0));
    m.sessionId = session;
    m.parentId = MessageId(row.text(1));
    m.seq = row.integer(2);
    m.role = enumFrom(row.text(3), {Role::User, Role::System, Role::Assistant, Role::Tool});
    m.state = enumFrom(row.text(4), {MessageState::Complete, MessageState::Pending, MessageState::Stopped,
                                     MessageState::Interrupted, MessageState::Failed});
    m.content = row.text(5);
    m.reasoning = row.text(6);
    m.model = row.text(7);
    m.provider = row.text(8);
    m.createdAt = fromUnixMillis(row.integer(9));
    if (!row.isNull(10)) m.usage = api::Usage{row.integer(10), row.integer(11), row.integer(12) != 0};
    m.citations = citationsFrom(row.text(13));
    if (!row.isNull(14)) m.error = api::ErrorInfo{row.text(14), row.text(15)};
    m.firstTokenMs = row.integer(16);
    m.durationMs = row.integer(17);
    m.compactedBefore = row.integer(18) != 0;
    m.toolCalls = toolCallsFrom(row.text(19));
    m.siblingIndex = static_cast<int>(row.integer(20));
    m.siblingCount = static_cast<int>(row.integer(21));
    return m;
}

Result<void> addAttachments(Connection& db, std::vector<api::Message>& messages, Data data) {
    EXO_TRY(
        Statement rows,
        db.prepare(
            "SELECT a.id, a.name, a.mime_type, a.size, CASE WHEN ?2 <> 0 THEN b.data END FROM attachments a "
            "JOIN blobs b USING (sha256) WHERE a.message = (SELECT n FROM messages WHERE id = ?1) ORDER "
            "BY a.n"));
    for (api::Message& message : messages) {
        rows.bindAll(message.id.str(), data == Data::With);
        for (;;) {
            EXO_TRY(const bool more, rows.step());
            if (!more) break;
            api::Attachment attachment;
            attachment.id = AttachmentId(rows.text(0));
            attachment.name = rows.text(1);
            attachment.mimeType = rows.text(2);
            attachment.size = rows.integer(3);
            attachment.data = rows.blob(4);
            message.attachments.push_back(std::move(attachment));
        }
        rows.reset();
    }
    return {};
}

} // namespace

api::Session session(const Statement& row) {
    api::Session s;
    s.id = SessionId(row.text(0));
    s.title = row.text(1);
    s.folder = row.text(2);
    s.pinned = row.integer(3) != 0;
    s.model = row.text(4);
    s.systemPrompt = row.text(5);
    s.project = row.text(6);
    s.leaf = MessageId(row.text(7));
    s.createdAt = fromUnixMillis(row.integer(8));
    s.updatedAt = fromUnixMillis(row.integer(9));
    s.messageCount = row.integer(10);
    return s;
}

std::string sameParent(const Connection& db, std::string_view one, std::string_view other) {
    if (db.dialect() == Dialect::Sqlite) return std::string(one) + " IS " + std::string(other);
    return "coalesce(" + std::string(one) + ", 0) = coalesce(CAST(" + std::string(other) + " AS BIGINT), 0)";
}

std::string noLivingWriter(const Connection& db, std::string_view table) {
    if (db.dialect() == Dialect::Sqlite) return {};
    return " AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.application_name = " +
           std::string(table) + ".writer) ";
}

std::string selectMessages(const Connection& db, std::string_view rest) {
    const std::string siblings = "(SELECT count(*) FROM messages x WHERE x.session = m.session AND " +
                                 sameParent(db, "x.parent", "m.parent");
    return "SELECT m.id, p.id, m.seq, m.role, m.state, m.content, m.reasoning, m.model, m.provider, "
           "m.created_at, m.input_tokens, m.output_tokens, m.usage_estimated, m.citations, m.error_code, "
           "m.error_message, m.first_token_ms, m.duration_ms, m.compacted_before, m.tool_calls, " +
           siblings + " AND x.seq < m.seq), " + siblings +
           ") FROM messages m LEFT JOIN messages p ON p.n = m.parent " + std::string(rest);
}

Result<std::vector<api::Message>> messages(Connection& db, Statement& statement, const SessionId& session,
                                           Data data) {
    std::vector<api::Message> out;
    for (;;) {
        EXO_TRY(const bool more, statement.step());
        if (!more) break;
        out.push_back(message(statement, session));
    }
    EXO_CHECK(addAttachments(db, out, data));
    return out;
}

std::string citationsText(const std::vector<api::Citation>& citations) {
    if (citations.empty()) return {};
    Json array = Json::array();
    for (const api::Citation& c : citations)
        array.push_back(Json{{"path", c.path}, {"startLine", c.startLine}, {"endLine", c.endLine}});
    return dumpJson(array);
}

std::string toolCallsText(const std::vector<api::ToolCall>& calls) {
    if (calls.empty()) return {};
    Json array = Json::array();
    for (const api::ToolCall& call : calls)
        array.push_back(api::toJson(call));
    return dumpJson(array);
}

Result<std::int64_t> insertMessage(Connection& db, std::int64_t session, std::optional<std::int64_t> parent,
                                   const api::Message& m) {
    std::optional<std::int64_t> input, output;
    if (m.usage) input = m.usage->inputTokens, output = m.usage->outputTokens;
    std::optional<std::string> errorCode, errorMessage;
    if (m.error) errorCode = m.error->code, errorMessage = m.error->message;
    EXO_TRY(
        const auto inserted,
        db.integer(
            "INSERT INTO messages (id, session, parent, seq, role, state, content, reasoning, model, "
            "provider, "
            "created_at, input_tokens, output_tokens, usage_estimated, citations, error_code, error_message, "
            "first_token_ms, duration_ms, compacted_before, tool_calls) "
            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING n",
            m.id.str(), session, parent, m.seq, api::toString(m.role), api::toString(m.state), m.content,
            m.reasoning, m.model, m.provider, toUnixMillis(m.createdAt), input, output,
            m.usage && m.usage->estimated, citationsText(m.citations), errorCode, errorMessage,
            m.firstTokenMs, m.durationMs, m.compactedBefore, toolCallsText(m.toolCalls)));
    const std::int64_t row = inserted.value_or(0);
    if (m.state != api::MessageState::Pending) EXO_CHECK(SearchStore(db).indexMessage(row, m.content));
    return row;
}

Result<void> insertAttachments(Connection& db, std::int64_t message,
                               std::vector<api::Attachment>& attachments) {
    if (attachments.size() > k_maxAttachments)
        return fail(ErrorCode::InvalidRequest, "too many attachments", "attachments");
    for (api::Attachment& attachment : attachments) {
        if (attachment.data.size() > k_maxAttachmentBytes)
            return fail(ErrorCode::RequestTooLarge, "attachment larger than 10 MB: " + attachment.name,
                        "attachments");
        const std::string hash = sha256Bytes(attachment.data);
        attachment.id = newId<AttachmentId>("a_");
        attachment.size = static_cast<std::int64_t>(attachment.data.size());
        EXO_CHECK(db.run("INSERT INTO blobs (sha256, data) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING",
                         Blob{hash}, Blob{attachment.data}));
        EXO_CHECK(db.run(
            "INSERT INTO attachments (id, message, name, mime_type, size, sha256) VALUES (?,?,?,?,?,?)",
            attachment.id.str(), message, attachment.name, attachment.mimeType, attachment.size, Blob{hash}));
    }
    return {};
}

Result<std::int64_t> sessionRow(Connection& db, const SessionId& id) {
    EXO_TRY(const auto row,
            db.integer("SELECT s.n FROM sessions s WHERE s.id = ? AND" + std::string(k_visible), id.str()));
    if (!row) return fail(ErrorCode::NotFound, "no session " + id.str());
    return *row;
}

Result<std::int64_t> messageRow(Connection& db, std::int64_t session, const MessageId& id) {
    EXO_TRY(const auto row,
            db.integer("SELECT n FROM messages WHERE id = ? AND session = ?", id.str(), session));
    if (!row) return fail(ErrorCode::NotFound, "no message " + id.str());
    return *row;
}

Result<std::int64_t> freeUpdatedAt(Connection& db, WallTime now) {
    std::int64_t at = toUnixMillis(now);
    for (;;) {
        EXO_TRY(const auto last,
                db.integer(
                    "SELECT max(updated_at) FROM sessions WHERE updated_at >= ?1 AND updated_at < ?1 + 1000",
                    at));
        if (!last) return at;
        at = *last + 1;
    }
}

Result<void> touchSession(Connection& db, std::int64_t session, WallTime now) {
    EXO_TRY(const std::int64_t at, freeUpdatedAt(db, now));
    return db.run("UPDATE sessions SET updated_at = ? WHERE n = ?", at, session);
}

} // namespace exo::rows
