#include "core/storage/SearchStore.h"

#include "core/storage/Rows.h"
#include "core/storage/SearchText.h"
#include "core/storage/postgres/PgSearch.h"

#include <algorithm>

namespace exo {

namespace {

constexpr std::size_t k_maxHits = 200;
// A title is a handful of chosen words: a match in it is worth more than one in a text.
constexpr double k_titleWeight = 2.0;

std::string ownerCondition(const Owner& owner) {
    return owner.all ? " ?2 IS NOT NULL " : " s.owner = ?2 ";
}

} // namespace

Result<void> SearchStore::indexMessage(std::int64_t row, std::string_view text) {
    if (m_db.dialect() == Dialect::Postgres) return pgsearch::indexMessage(m_db, row, text);
    return m_db.run("INSERT OR REPLACE INTO message_search (rowid, tokens) VALUES (?, ?)", row,
                    searchTokens(text));
}

Result<void> SearchStore::indexTitle(std::int64_t row, std::string_view title) {
    if (m_db.dialect() == Dialect::Postgres) return pgsearch::indexTitle(m_db, row, title);
    return m_db.run("INSERT OR REPLACE INTO title_search (rowid, tokens) VALUES (?, ?)", row,
                    searchTokens(title));
}

Result<std::vector<api::SearchHit>> SearchStore::search(const Owner& owner, std::string_view query,
                                                        std::size_t limit) {
    if (m_db.dialect() == Dialect::Postgres)
        return pgsearch::search(m_db, owner, query, std::min(limit, k_maxHits));
    std::vector<api::SearchHit> hits;
    const std::string expression = searchExpression(query);
    limit = std::min(limit, k_maxHits);
    if (expression.empty() || limit == 0) return hits;
    const std::string shown = ownerCondition(owner) + "AND" + std::string(rows::k_visible);

    EXO_TRY(Statement titles,
            m_db.query("SELECT s.id, s.title, -bm25(title_search) AS score FROM title_search "
                       "JOIN sessions s ON s.n = title_search.rowid WHERE title_search MATCH ?1 AND" +
                           shown + "ORDER BY bm25(title_search), s.n DESC LIMIT ?3",
                       expression, owner.id, limit));
    for (;;) {
        EXO_TRY(const bool more, titles.step());
        if (!more) break;
        api::SearchHit hit;
        hit.sessionId = SessionId(titles.text(0));
        hit.sessionTitle = titles.text(1);
        hit.snippet = searchSnippet(hit.sessionTitle, query);
        hit.score = titles.real(2) * k_titleWeight;
        hits.push_back(std::move(hit));
    }

    // The texts are fetched after ranking: only those of the best rows are read from disk.
    EXO_TRY(
        Statement texts,
        m_db.query(
            "SELECT hit.id, hit.title, m.id, m.content, hit.score FROM "
            "(SELECT message_search.rowid AS n, s.id AS id, s.title AS title, -bm25(message_search) AS score "
            "FROM message_search JOIN messages x ON x.n = message_search.rowid "
            "JOIN sessions s ON s.n = x.session WHERE message_search MATCH ?1 AND" +
                shown +
                "ORDER BY bm25(message_search), message_search.rowid DESC LIMIT ?3) AS hit "
                "JOIN messages m ON m.n = hit.n ORDER BY hit.score DESC, hit.n DESC",
            expression, owner.id, limit));
    for (;;) {
        EXO_TRY(const bool more, texts.step());
        if (!more) break;
        api::SearchHit hit;
        hit.sessionId = SessionId(texts.text(0));
        hit.sessionTitle = texts.text(1);
        hit.messageId = MessageId(texts.text(2));
        hit.snippet = searchSnippet(texts.text(3), query);
        hit.score = texts.real(4);
        hits.push_back(std::move(hit));
    }
    std::ranges::stable_sort(hits, std::ranges::greater(), &api::SearchHit::score);
    if (hits.size() > limit) hits.resize(limit);
    return hits;
}

} // namespace exo
