#include "core/storage/postgres/Transfer.h"

#include "core/base/Sha256.h"
#include "core/storage/SearchStore.h"
#include "core/storage/postgres/PgSession.h"

#include <algorithm>

namespace exo {

namespace {

enum class Kind : std::uint8_t { Integer, Real, Text, Bytes };

struct Column {
    std::string_view name;
    Kind kind;
};

struct Table {
    std::string_view name;
    std::vector<Column> columns; // the first is the key, in whose order parents come before children
    std::int64_t page = 500;     // rows that are in memory at a time
};

// Parents before children.
std::vector<Table> tables() {
    constexpr Kind i = Kind::Integer, r = Kind::Real, t = Kind::Text, b = Kind::Bytes;
    return {
        {"sessions",
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
          {"tool_calls", t}},
         100},
        {"blobs", {{"sha256", b}, {"data", b}}, 8},
        {"attachments",
         {{"n", i}, {"id", t}, {"message", i}, {"name", t}, {"mime_type", t}, {"size", i}, {"sha256", b}}},
        {"compactions",
         {{"n", i}, {"session", i}, {"boundary", i}, {"summary", t}, {"tokens", i}, {"created_at", i}}},
        {"keys",
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
        {"meta", {{"key", t}, {"value", b}}},
        {"usage",
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
    const std::string key(table.columns.front().name);
    return "SELECT " + columnList(table) + " FROM " + std::string(table.name) + " WHERE " + key +
           " > ? ORDER BY " + key + " LIMIT ?";
}

std::string insert(const Table& table) {
    std::string marks;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        marks += i == 0 ? "?" : ",?";
    return "INSERT INTO " + std::string(table.name) + " (" + columnList(table) + ") VALUES (" + marks + ")";
}

// `use` is called for each row in the order of the keys; PostgreSQL's rows of a statement are all in memory.
Result<void> forEachRow(Connection& db, const Table& table,
                        const std::function<Result<void>(const Statement&)>& use) {
    const std::string sql = select(table);
    std::int64_t number = INT64_MIN;
    std::string key;
    for (;;) {
        EXO_TRY(Statement rows, db.prepare(sql));
        const Kind kind = table.columns.front().kind;
        if (kind == Kind::Integer) rows.bind(1, number);
        if (kind == Kind::Text) rows.bind(1, key);
        if (kind == Kind::Bytes) rows.bind(1, Blob{key});
        rows.bind(2, table.page);
        std::int64_t count = 0;
        for (;; ++count) {
            EXO_TRY(const bool more, rows.step());
            if (!more) break;
            if (kind == Kind::Integer)
                number = rows.integer(0);
            else
                key = kind == Kind::Text ? rows.text(0) : rows.blob(0);
            EXO_CHECK(use(rows));
        }
        if (count < table.page) return {};
    }
}

class Mover {
  public:
    Mover(Connection& from, Connection& to, const TransferOptions& options)
        : m_from(from)
        , m_to(to)
        , m_options(options) {}

    Result<std::vector<Transferred>> run();

  private:
    Result<std::int64_t> countRows();
    Result<Transferred> copy(const Table& table);
    Result<void> index(std::string_view sql, std::int64_t& done, std::int64_t total, bool titles);
    Result<void> indexAll(std::int64_t sessions, std::int64_t messages);
    // As it will be stored.
    Result<std::string> text(const Table& table, const Statement& row, std::size_t column,
                             Transferred& moved);
    void tell(std::string_view stage, std::int64_t done, std::int64_t total) const {
        if (m_options.progress && (done % 64 == 0 || done == total)) m_options.progress(stage, done, total);
    }

    Connection& m_from;
    Connection& m_to;
    const TransferOptions& m_options;
    std::int64_t m_total = 0, m_copied = 0, m_verified = 0;
};

// One value as bytes that differ when the value does, with its length before it.
void hashBytes(Sha256& hash, std::string_view bytes) {
    hash.add(std::to_string(bytes.size()) + ":");
    hash.add(bytes);
}

void hashValue(Sha256& hash, const Statement& row, int index, Kind kind) {
    if (row.isNull(index)) return hash.add("-");
    switch (kind) {
    case Kind::Integer: return hashBytes(hash, std::to_string(row.integer(index)));
    case Kind::Real: {
        const double value = row.real(index);
        return hashBytes(hash, {reinterpret_cast<const char*>(&value), sizeof value});
    }
    case Kind::Text: return hashBytes(hash, row.text(index));
    case Kind::Bytes: return hashBytes(hash, row.blob(index));
    }
}

// What is not a text.
void bindValue(Statement& into, const Statement& row, int index, Kind kind) {
    if (row.isNull(index)) return into.bind(index + 1, nullptr);
    if (kind == Kind::Integer) return into.bind(index + 1, row.integer(index));
    if (kind == Kind::Real) return into.bind(index + 1, row.real(index));
    const std::string bytes = row.blob(index);
    into.bind(index + 1, Blob{bytes});
}

Result<void> refuseUnlessEmpty(Connection& to) {
    for (const Table& table : tables()) {
        EXO_TRY(const auto rows, to.integer("SELECT count(*) FROM " + std::string(table.name)));
        if (rows.value_or(0) > 0)
            return fail(ErrorCode::Conflict,
                        "the PostgreSQL database is not empty: " + std::string(table.name) + " holds " +
                            std::to_string(*rows) + (*rows == 1 ? " row" : " rows"));
    }
    return {};
}

Result<std::int64_t> Mover::countRows() {
    std::int64_t total = 0;
    for (const Table& table : tables()) {
        EXO_TRY(const auto rows, m_from.integer("SELECT count(*) FROM " + std::string(table.name)));
        total += rows.value_or(0);
    }
    return total;
}

Result<std::string> Mover::text(const Table& table, const Statement& row, std::size_t column,
                                Transferred& moved) {
    const std::string was = row.text(static_cast<int>(column));
    std::string stored = pgText(was);
    if (stored == was) return stored;
    if (!m_options.replace) {
        const std::string where = table.columns.front().kind == Kind::Integer
                                      ? " of row " + std::to_string(row.integer(0))
                                      : std::string();
        return fail(ErrorCode::Unsupported,
                    "table " + std::string(table.name) + ", " + std::string(table.columns[column].name) +
                        where +
                        ": PostgreSQL stores no text with a NUL character or bytes that are not UTF-8");
    }
    ++moved.replaced;
    return stored;
}

// The checksum is that of the source.
Result<Transferred> Mover::copy(const Table& table) {
    Transferred moved{std::string(table.name), 0, {}, 0};
    Sha256 hash;
    EXO_TRY(Statement into, m_to.prepare(insert(table)));
    EXO_CHECK(forEachRow(m_from, table, [&](const Statement& row) -> Result<void> {
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const int index = static_cast<int>(i);
            if (table.columns[i].kind == Kind::Text && !row.isNull(index)) {
                EXO_TRY(const std::string stored, text(table, row, i, moved));
                hashBytes(hash, stored);
                into.bind(index + 1, stored);
            } else {
                hashValue(hash, row, index, table.columns[i].kind);
                bindValue(into, row, index, table.columns[i].kind);
            }
        }
        EXO_CHECK(into.run());
        into.reset();
        ++moved.rows;
        tell("copying", ++m_copied, m_total);
        return {};
    }));
    moved.sha256 = hash.hex();
    return moved;
}

Result<std::string> digestOf(Connection& db, const Table& table, std::int64_t& rows,
                             const std::function<void()>& onRow) {
    Sha256 hash;
    EXO_CHECK(forEachRow(db, table, [&](const Statement& row) -> Result<void> {
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            hashValue(hash, row, static_cast<int>(i), table.columns[i].kind);
        ++rows;
        if (onRow) onRow();
        return {};
    }));
    return hash.hex();
}

Result<void> compare(Connection& to, const Table& table, const Transferred& moved,
                     const std::function<void()>& onRow = {}) {
    std::int64_t rows = 0;
    EXO_TRY(const std::string sha256, digestOf(to, table, rows, onRow));
    if (rows == moved.rows && sha256 == moved.sha256) return {};
    return fail(ErrorCode::StorageCorrupt, "what was copied into " + moved.table + " reads back differently");
}

Result<void> Mover::index(std::string_view sql, std::int64_t& done, std::int64_t total, bool titles) {
    EXO_TRY(Statement rows, m_from.prepare(sql));
    for (;;) {
        EXO_TRY(const bool more, rows.step());
        if (!more) return {};
        SearchStore search(m_to);
        EXO_CHECK(titles ? search.indexTitle(rows.integer(0), rows.text(1))
                         : search.indexMessage(rows.integer(0), rows.text(1)));
        tell("indexing", ++done, total);
    }
}

Result<void> Mover::indexAll(std::int64_t sessions, std::int64_t messages) {
    std::int64_t done = 0;
    const std::int64_t total = sessions + messages;
    EXO_CHECK(index("SELECT n, title FROM sessions WHERE title <> ''", done, total, true));
    EXO_CHECK(index("SELECT n, content FROM messages WHERE state <> 'pending'", done, total, false));
    tell("indexing", total, total);
    return {};
}

Result<std::vector<Transferred>> Mover::run() {
    EXO_CHECK(refuseUnlessEmpty(m_to));
    EXO_TRY(m_total, countRows());
    std::vector<Transferred> done;
    std::int64_t sessions = 0, messages = 0;
    for (const Table& table : tables()) {
        EXO_TRY(Transferred moved, copy(table));
        if (moved.table == "sessions") sessions = moved.rows;
        if (moved.table == "messages") messages = moved.rows;
        if (table.columns.front().name == "n" && moved.rows > 0) // the next row gets the next number
            EXO_CHECK(m_to.run("SELECT setval(pg_get_serial_sequence('" + moved.table +
                               "', 'n'), (SELECT max(n) FROM " + moved.table + "))"));
        done.push_back(std::move(moved));
    }
    for (std::size_t i = 0; i < done.size(); ++i)
        EXO_CHECK(compare(m_to, tables()[i], done[i], [this] { tell("verifying", ++m_verified, m_total); }));
    EXO_CHECK(indexAll(sessions, messages));
    return done;
}

} // namespace

Result<std::vector<Transferred>> transfer(Connection& from, Connection& to, const TransferOptions& options) {
    return Mover(from, to, options).run();
}

Result<void> verifyTransferred(Connection& to, const std::vector<Transferred>& moved) {
    for (const Table& table : tables()) {
        const auto found = std::ranges::find(moved, table.name, &Transferred::table);
        if (found == moved.end()) return fail(ErrorCode::Internal, "a table was not copied");
        EXO_CHECK(compare(to, table, *found));
    }
    return {};
}

std::vector<std::string> transferredColumns() {
    std::vector<std::string> names;
    for (const Table& table : tables())
        for (const Column& column : table.columns)
            names.push_back(std::string(table.name) + "." + std::string(column.name));
    std::ranges::sort(names);
    return names;
}

} // namespace exo
