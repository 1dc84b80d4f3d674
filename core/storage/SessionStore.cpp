#include "core/storage/SessionStore.h"

#include "core/base/Text.h"
#include "core/storage/Rows.h"
#include "core/storage/SearchStore.h"

#include <algorithm>

namespace exo {

namespace {

constexpr std::int64_t k_maxPinned = 1000;

std::string selectSession(std::string_view where) {
    return "SELECT " + std::string(rows::k_sessionColumns) + "FROM sessions s WHERE " + std::string(where);
}

Result<void> appendSessions(Statement& statement, std::vector<api::Session>& out) {
    for (;;) {
        EXO_TRY(const bool more, statement.step());
        if (!more) return {};
        out.push_back(rows::session(statement));
    }
}

// Down the newest branch below `row`.
Result<std::int64_t> newestLeaf(Connection& db, std::int64_t session, std::int64_t row) {
    for (;;) {
        EXO_TRY(
            const auto child,
            db.integer("SELECT n FROM messages WHERE session = ? AND parent = ? ORDER BY seq DESC LIMIT 1",
                       session, row));
        if (!child) return row;
        row = *child;
    }
}

Error notFound(const SessionId& id) {
    return fail(ErrorCode::NotFound, "no session " + id.str());
}

} // namespace

Result<api::Session> SessionStore::create(const std::string& owner, const api::SessionPatch& draft,
                                          WallTime now) {
    const auto id = newId<SessionId>("s_");
    EXO_TRY(const std::int64_t updated, rows::freeUpdatedAt(m_db, now));
    const std::string title = draft.title.value_or("");
    EXO_TRY(
        const auto row,
        m_db.integer("INSERT INTO sessions (id, owner, title, folder, pinned, model, system_prompt, project, "
                     "created_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?,?) RETURNING n",
                     id.str(), owner, title, draft.folder.value_or(""), draft.pinned.value_or(false),
                     draft.model.value_or(""), draft.systemPrompt.value_or(""), draft.project.value_or(""),
                     toUnixMillis(now), updated));
    if (!title.empty()) EXO_CHECK(SearchStore(m_db).indexTitle(row.value_or(0), title));
    return get(Owner::key(owner), id);
}

Result<api::Session> SessionStore::get(const Owner& owner, const SessionId& id) {
    EXO_TRY(Statement row, m_db.query(selectSession("s.id = ?1 AND (?2 <> 0 OR s.owner = ?3) AND") +
                                          std::string(rows::k_visible),
                                      id.str(), owner.all, owner.id));
    EXO_TRY(const bool found, row.step());
    if (!found) return notFound(id);
    return rows::session(row);
}

Result<std::vector<api::Session>> SessionStore::list(const Owner& owner, const SessionQuery& query) {
    // Two texts, so that the usual one is answered from an index.
    const std::string where = std::string(owner.all ? "?1 IS NOT NULL" : "s.owner = ?1") +
                              " AND s.pinned = ?2 AND (CAST(?3 AS TEXT) IS NULL OR s.folder = ?3) AND" +
                              std::string(rows::k_visible);
    const std::string order = " ORDER BY s.updated_at DESC LIMIT ?4";
    std::vector<api::Session> out;
    if (!query.before) {
        EXO_TRY(Statement pinned,
                m_db.query(selectSession(where) + order, owner.id, 1, query.folder, k_maxPinned));
        EXO_CHECK(appendSessions(pinned, out));
    }
    const std::size_t wanted =
        std::max<std::size_t>(query.limit > out.size() ? query.limit - out.size() : 0, 1);
    const std::int64_t before = query.before ? toUnixMillis(*query.before) : INT64_MAX;
    EXO_TRY(Statement others, m_db.query(selectSession(where) + "AND s.updated_at < ?5" + order, owner.id, 0,
                                         query.folder, wanted, before));
    EXO_CHECK(appendSessions(others, out));
    return out;
}

Result<api::Session> SessionStore::update(const Owner& owner, const SessionId& id,
                                          const api::SessionPatch& patch) {
    EXO_CHECK(get(owner, id));
    EXO_TRY(const std::int64_t row, rows::sessionRow(m_db, id));
    std::optional<std::int64_t> leaf;
    if (patch.leaf) {
        EXO_TRY(const std::int64_t message, rows::messageRow(m_db, row, *patch.leaf));
        EXO_TRY(leaf, newestLeaf(m_db, row, message));
    }
    EXO_CHECK(m_db.run("UPDATE sessions SET title = coalesce(?, title), folder = coalesce(?, folder), "
                       "pinned = coalesce(?, pinned), model = coalesce(?, model), "
                       "system_prompt = coalesce(?, system_prompt), project = coalesce(?, project), "
                       "leaf = coalesce(?, leaf) WHERE n = ?",
                       patch.title, patch.folder, patch.pinned, patch.model, patch.systemPrompt,
                       patch.project, leaf, row));
    if (patch.title) EXO_CHECK(SearchStore(m_db).indexTitle(row, *patch.title));
    return get(owner, id);
}

Result<void> SessionStore::setTitleIfEmpty(const SessionId& id, const std::string& title) {
    if (title.empty()) return {};
    EXO_TRY(const std::int64_t row, rows::sessionRow(m_db, id));
    EXO_CHECK(m_db.run("UPDATE sessions SET title = ? WHERE n = ? AND title = ''", title, row));
    return m_db.changes() == 0 ? Result<void>() : SearchStore(m_db).indexTitle(row, title);
}

Result<void> SessionStore::remove(const Owner& owner, const SessionId& id, WallTime now) {
    EXO_CHECK(get(owner, id));
    return m_db.run("UPDATE sessions SET removed_at = ? WHERE id = ?", toUnixMillis(now), id.str());
}

Result<void> SessionStore::restore(const Owner& owner, const SessionId& id) {
    EXO_CHECK(m_db.run("UPDATE sessions SET removed_at = NULL WHERE id = ? AND (? <> 0 OR owner = ?) AND "
                       "import_batch IS NULL",
                       id.str(), owner.all, owner.id));
    return m_db.changes() == 0 ? Result<void>(notFound(id)) : Result<void>();
}

Result<std::int64_t> SessionStore::purge(WallTime removedBefore) {
    EXO_CHECK(m_db.run("DELETE FROM sessions WHERE removed_at < ?", toUnixMillis(removedBefore)));
    return m_db.changes();
}

Result<std::int64_t> SessionStore::removeOrphans() {
    EXO_CHECK(m_db.run("DELETE FROM blobs WHERE NOT EXISTS "
                       "(SELECT 1 FROM attachments WHERE attachments.sha256 = blobs.sha256)"));
    return m_db.changes();
}

std::string titleFromText(const std::string& text) {
    constexpr std::size_t k_length = 60;
    std::string out;
    std::size_t count = 0;
    for (std::size_t pos = 0; pos < text.size();) {
        const char32_t c = nextCodePoint(text, pos);
        const bool space = c <= ' ' || c == 0x7F || c == 0x3000;
        if (c == '\n' && !trim(out).empty()) break;
        if (space && (out.empty() || out.back() == ' ')) continue;
        if (++count > k_length) return std::string(trim(out)) + "…";
        appendUtf8(out, space ? U' ' : c);
    }
    return std::string(trim(out));
}

} // namespace exo
