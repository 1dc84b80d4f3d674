#include "core/storage/postgres/PgSearch.h"

#include "core/storage/Rows.h"
#include "core/storage/SearchText.h"

#include <algorithm>
#include <string>
#include <unordered_set>

namespace exo::pgsearch {

namespace {

// A tsvector holds a megabyte. A text with more different words than that is found by the first ones.
constexpr std::size_t k_mostBytes = 700u << 10;
constexpr std::size_t k_mostLooked = 500;
constexpr double k_titleWeight = 2.0; // as in SearchStore

// Each token once; separated by spaces.
std::string differentTokens(std::string_view text) {
    const std::string all = searchTokens(text);
    std::unordered_set<std::string_view> seen;
    std::string out;
    for (std::size_t at = 0; at < all.size() && out.size() < k_mostBytes;) {
        const std::size_t end = std::min(all.find(' ', at), all.size());
        const std::string_view token = std::string_view(all).substr(at, end - at);
        at = end + 1;
        if (token.empty() || !seen.insert(token).second) continue;
        if (!out.empty()) out += ' ';
        out += token;
    }
    return out;
}

Result<void> index(Connection& db, std::string_view table, std::string_view column, std::int64_t row,
                   std::string_view text) {
    const std::string name(column);
    return db.run("INSERT INTO " + std::string(table) + " (" + name +
                      ", tokens) VALUES (?, array_to_tsvector(string_to_array(?, ' '))) ON CONFLICT (" +
                      name + ") DO UPDATE SET tokens = excluded.tokens",
                  row, differentTokens(text));
}

std::string shownTo(const Owner& owner) {
    return std::string(owner.all ? " CAST(?2 AS TEXT) IS NOT NULL" : " s.owner = ?2") + " AND" +
           std::string(rows::k_visible);
}

} // namespace

Result<void> indexMessage(Connection& db, std::int64_t row, std::string_view text) {
    return index(db, "message_search", "message", row, text);
}

Result<void> indexTitle(Connection& db, std::int64_t row, std::string_view title) {
    return index(db, "title_search", "session", row, title);
}

Result<std::vector<api::SearchHit>> search(Connection& db, const Owner& owner, std::string_view query,
                                           std::size_t limit) {
    std::vector<api::SearchHit> hits;
    const std::vector<SearchTerm> terms = searchTerms(query);
    if (terms.empty() || limit == 0) return hits;
    const std::string wanted = searchTsquery(terms);
    const auto add = [&](api::SearchHit hit, const std::string& text, double weight) {
        hit.score = searchScore(terms, text) * weight;
        if (hit.score <= 0) return;
        hit.snippet = text;
        hits.push_back(std::move(hit));
    };
    EXO_TRY(Statement titles,
            db.query("SELECT s.id, s.title FROM title_search t JOIN sessions s ON s.n = t.session "
                     "WHERE t.tokens @@ CAST(?1 AS TSQUERY) AND" +
                         shownTo(owner) + "ORDER BY s.n DESC LIMIT ?3",
                     wanted, owner.id, k_mostLooked));
    for (;;) {
        EXO_TRY(const bool more, titles.step());
        if (!more) break;
        api::SearchHit hit;
        hit.sessionId = SessionId(titles.text(0));
        hit.sessionTitle = titles.text(1);
        add(hit, hit.sessionTitle, k_titleWeight);
    }
    EXO_TRY(Statement texts, db.query("SELECT s.id, s.title, m.id, m.content FROM message_search t "
                                      "JOIN messages m ON m.n = t.message JOIN sessions s ON s.n = m.session "
                                      "WHERE t.tokens @@ CAST(?1 AS TSQUERY) AND" +
                                          shownTo(owner) + "ORDER BY m.n DESC LIMIT ?3",
                                      wanted, owner.id, k_mostLooked));
    for (;;) {
        EXO_TRY(const bool more, texts.step());
        if (!more) break;
        api::SearchHit hit;
        hit.sessionId = SessionId(texts.text(0));
        hit.sessionTitle = texts.text(1);
        hit.messageId = MessageId(texts.text(2));
        add(hit, texts.text(3), 1.0);
    }
    std::ranges::stable_sort(hits, std::ranges::greater(), &api::SearchHit::score);
    if (hits.size() > limit) hits.resize(limit);
    for (auto& hit : hits)
        hit.snippet = searchSnippet(hit.snippet, query);
    return hits;
}

} // namespace exo::pgsearch
