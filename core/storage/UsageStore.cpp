#include "core/storage/UsageStore.h"

#include "core/storage/Sqlite.h"

namespace exo {

namespace {

std::string_view keyExpression(UsageBy by, Dialect dialect) {
    switch (by) {
    case UsageBy::Day:
        if (dialect == Dialect::Sqlite) return "date((at + ?5 * 60000) / 1000, 'unixepoch')";
        return "to_char(to_timestamp((at + ?5 * 60000) / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')";
    case UsageBy::Session: return "session";
    case UsageBy::Model: return "model";
    }
    return "model";
}

} // namespace

Result<void> UsageStore::add(const UsageRow& row) {
    return m_db.run("INSERT INTO usage (at, owner, session, provider, model, input_tokens, output_tokens, "
                    "estimated, cost, "
                    "status) VALUES (?,?,?,?,?,?,?,?,?,?)",
                    toUnixMillis(row.at), row.owner, row.session.str(), row.provider, row.model,
                    row.inputTokens, row.outputTokens, row.estimated, row.cost, row.status);
}

Result<std::vector<UsageSum>> UsageStore::sums(const Owner& owner, UsageBy by, const UsageFilter& filter) {
    std::optional<std::int64_t> from, to;
    if (filter.from) from = toUnixMillis(*filter.from);
    if (filter.to) to = toUnixMillis(*filter.to);
    EXO_TRY(Statement rows,
            m_db.query("SELECT " + std::string(keyExpression(by, m_db.dialect())) +
                           " AS k, count(*), sum(CASE WHEN status <> 'ok' THEN 1 ELSE 0 END), "
                           "sum(input_tokens), sum(output_tokens), "
                           "sum(estimated), "
                           "sum(cost) FROM usage WHERE (?1 <> 0 OR owner = ?2) AND (CAST(?3 AS BIGINT) IS "
                           "NULL OR at >= ?3) AND "
                           "(CAST(?4 AS BIGINT) IS NULL OR at < ?4) AND ?5 IS NOT NULL AND (?6 = 0 OR "
                           "session <> '') GROUP "
                           "BY k ORDER BY k",
                       owner.all, owner.id, from, to, filter.offsetMinutes, by == UsageBy::Session));
    std::vector<UsageSum> out;
    for (;;) {
        EXO_TRY(const bool more, rows.step());
        if (!more) return out;
        UsageSum sum;
        sum.key = rows.text(0);
        sum.calls = rows.integer(1);
        sum.failed = rows.integer(2);
        sum.inputTokens = rows.integer(3);
        sum.outputTokens = rows.integer(4);
        sum.estimatedCalls = rows.integer(5);
        if (!rows.isNull(6)) sum.cost = rows.real(6);
        out.push_back(std::move(sum));
    }
}

Result<std::int64_t> UsageStore::prune(WallTime before) {
    EXO_CHECK(m_db.run("DELETE FROM usage WHERE at < ?", toUnixMillis(before)));
    return m_db.changes();
}

} // namespace exo
