#include "core/storage/postgres/Transfer.h"

#include "core/base/Sha256.h"
#include "core/storage/SearchStore.h"

namespace exo {

namespace {

enum class Kind : std::uint8_t { Integer, Real, Text, Bytes };

struct Column {
    std::string_view name;
    Kind kind;
};

struct Table {
    std::string_view name;
    std::string_view order; // parents before children
    std::vector<Column> columns;
    bool numbered = true; // has an identity `n`
};

std::vector<Table> tables() {
    constexpr Kind i = Kind::Integer, r = Kind::Real, t = Kind::Text, b = Kind::Bytes;
    return {
        {"sessions",
         "n",
         {{"n", i},
          {"id", t},
          {"owner", t},
          {"title", t},
          {"folder", t},
          {"pinned", i},
          {"model", t},
          {"system_prompt", t},
          {"project", t},
          {"leaf", i},
          {"created_at", i},
          {"updated_at", i},
          {"message_count", i},
          {"origin", t},
          {"import_batch", t},
          {"removed_at", i}}},
        {"messages",
         "n",
         {{"n", i},
          {"id", t},
          {"session", i},
          {"parent", i},
          {"seq", i},
          {"role", t},
          {"state", t},
          {"content", t},
          {"reasoning", t},
          {"model", t},
          {"provider", t},
          {"created_at", i},
          {"input_tokens", i},
          {"output_tokens", i},
          {"usage_estimated", i},
          {"citations", t},
          {"error_code", t},
          {"error_message", t},
          {"first_token_ms", i},
          {"duration_ms", i},
          {"compacted_before", i},
          {"tool_calls", t}}},
        {"blobs", "sha256", {{"sha256", b}, {"data", b}}, false},
        {"attachments",
         "n",
         {{"n", i}, {"id", t}, {"message", i}, {"name", t}, {"mime_type", t}, {"size", i}, {"sha256", b}}},
        {"compactions",
         "n",
         {{"n", i}, {"session", i}, {"boundary", i}, {"summary", t}, {"tokens", i}, {"created_at", i}}},
        {"keys",
         "n",
         {{"n", i},
          {"id", t},
          {"hash", b},
          {"name", t},
          {"priority", t},
          {"rate", t},
          {"created_at", i},
          {"expires_at", i},
          {"revoked_at", i},
          {"last_used_at", i}}},
        {"meta", "key", {{"key", t}, {"value", b}}, false},
        {"usage",
         "n",
         {{"n", i},
          {"at", i},
          {"owner", t},
          {"session", t},
          {"provider", t},
          {"model", t},
          {"input_tokens", i},
          {"output_tokens", i},
          {"estimated", i},
          {"cost", r},
          {"status", t}}},
    };
}

std::string columnList(const Table& table) {
    std::string out;
    for (const Column& column : table.columns)
        out += (out.empty() ? "" : ", ") + std::string(column.name);
    return out;
}

std::string select(const Table& table) {
    return "SELECT " + columnList(table) + " FROM " + std::string(table.name) + " ORDER BY " +
           std::string(table.order);
}

std::string insert(const Table& table) {
    std::string marks;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        marks += i == 0 ? "?" : ",?";
    return "INSERT INTO " + std::string(table.name) + " (" + columnList(table) + ") VALUES (" + marks + ")";
}

// One value as bytes that differ when the value does, with its length before it.
void hashValue(Sha256& hash, const Statement& row, int index, Kind kind) {
    std::string bytes = "-";
    if (!row.isNull(index)) {
        switch (kind) {
        case Kind::Integer: bytes = std::to_string(row.integer(index)); break;
        case Kind::Real: {
            const double value = row.real(index);
            bytes.assign(reinterpret_cast<const char*>(&value), sizeof value);
            break;
        }
        case Kind::Text: bytes = row.text(index); break;
        case Kind::Bytes: bytes = row.blob(index); break;
        }
        bytes.insert(0, std::to_string(bytes.size()) + ":");
    }
    hash.add(bytes);
}

void bindValue(Statement& into, const Statement& row, int index, Kind kind) {
    if (row.isNull(index)) return into.bind(index + 1, nullptr);
    switch (kind) {
    case Kind::Integer: return into.bind(index + 1, row.integer(index));
    case Kind::Real: return into.bind(index + 1, row.real(index));
    case Kind::Text: return into.bind(index + 1, row.text(index));
    case Kind::Bytes: {
        const std::string bytes = row.blob(index);
        return into.bind(index + 1, Blob{bytes});
    }
    }
}

Result<void> refuseUnlessEmpty(Connection& to) {
    for (const Table& table : tables()) {
        EXO_TRY(const auto rows, to.integer("SELECT count(*) FROM " + std::string(table.name)));
        if (rows.value_or(0) > 0)
            return fail(ErrorCode::Conflict,
                        "the PostgreSQL database is not empty: " + std::string(table.name) + " holds " +
                            std::to_string(*rows) + " rows");
    }
    return {};
}

Result<Transferred> digest(Connection& db, const Table& table) {
    Transferred out{std::string(table.name), 0, {}};
    Sha256 hash;
    EXO_TRY(Statement rows, db.prepare(select(table)));
    for (;;) {
        EXO_TRY(const bool more, rows.step());
        if (!more) break;
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            hashValue(hash, rows, static_cast<int>(i), table.columns[i].kind);
        ++out.rows;
    }
    out.sha256 = hash.hex();
    return out;
}

Result<void> copyTable(Connection& from, Connection& to, const Table& table, std::int64_t& copied,
                       const std::function<void(std::int64_t)>& progress) {
    EXO_TRY(Statement rows, from.prepare(select(table)));
    EXO_TRY(Statement into, to.prepare(insert(table)));
    for (;;) {
        EXO_TRY(const bool more, rows.step());
        if (!more) break;
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            bindValue(into, rows, static_cast<int>(i), table.columns[i].kind);
        EXO_CHECK(into.run());
        into.reset();
        if (++copied % 256 == 0 && progress) progress(copied);
    }
    if (!table.numbered) return {};
    const std::string name(table.name); // the next row gets the next number
    return to.run("SELECT setval(pg_get_serial_sequence('" + name + "', 'n'), (SELECT max(n) FROM " + name +
                  ")) WHERE EXISTS (SELECT 1 FROM " + name + ")");
}

Result<void> indexAll(Connection& from, Connection& to) {
    EXO_TRY(Statement titles, from.query("SELECT n, title FROM sessions WHERE title <> ''"));
    for (;;) {
        EXO_TRY(const bool more, titles.step());
        if (!more) break;
        EXO_CHECK(SearchStore(to).indexTitle(titles.integer(0), titles.text(1)));
    }
    EXO_TRY(Statement texts, from.query("SELECT n, content FROM messages WHERE state <> 'pending'"));
    for (;;) {
        EXO_TRY(const bool more, texts.step());
        if (!more) break;
        EXO_CHECK(SearchStore(to).indexMessage(texts.integer(0), texts.text(1)));
    }
    return {};
}

} // namespace

Result<std::vector<Transferred>> transfer(Connection& from, Connection& to,
                                          const std::function<void(std::int64_t)>& progress) {
    EXO_CHECK(refuseUnlessEmpty(to));
    std::vector<Transferred> done;
    std::int64_t copied = 0;
    for (const Table& table : tables()) {
        EXO_CHECK(copyTable(from, to, table, copied, progress));
        EXO_TRY(const Transferred was, digest(from, table));
        EXO_TRY(Transferred is, digest(to, table));
        if (was.rows != is.rows || was.sha256 != is.sha256)
            return fail(
                ErrorCode::StorageCorrupt,
                "what was copied into " + was.table +
                    " reads back differently; texts with a NUL character are not stored by PostgreSQL");
        done.push_back(std::move(is));
    }
    EXO_CHECK(indexAll(from, to));
    return done;
}

} // namespace exo
