#include "core/storage/Sqlite.h"

#include "core/storage/postgres/PgStatement.h"

#include <sqlite3.h>

#include <array>
#include <charconv>
#include <climits>

namespace exo {

Error sqliteError(int code, std::string_view message) {
    const std::string detail = std::string(message) + " (SQLite " + std::to_string(code) + ")";
    switch (code & 0xff) {
    case SQLITE_FULL: return fail(ErrorCode::StorageFull, detail);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return fail(ErrorCode::StorageCorrupt, detail);
    case SQLITE_READONLY: return fail(ErrorCode::StorageReadOnly, detail);
    case SQLITE_TOOBIG: return fail(ErrorCode::RequestTooLarge, detail);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: {
        Error error = fail(ErrorCode::StorageError, detail);
        error.retryable = true;
        return error;
    }
    default: return fail(ErrorCode::StorageError, detail);
    }
}

Statement::Statement(Connection& connection, sqlite3_stmt* handle)
    : m_connection(&connection)
    , m_handle(handle) {}

Statement::Statement(Connection& connection, std::unique_ptr<PgStatement> statement)
    : m_connection(&connection)
    , m_handle(nullptr)
    , m_pg(std::move(statement)) {}

Statement::Statement(Statement&& other) noexcept
    : m_connection(other.m_connection)
    , m_handle(std::exchange(other.m_handle, nullptr))
    , m_bound(other.m_bound)
    , m_pg(std::move(other.m_pg)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
    if (this == &other) return *this;
    if (m_handle) m_connection->giveBack(m_handle);
    m_connection = other.m_connection;
    m_handle = std::exchange(other.m_handle, nullptr);
    m_bound = other.m_bound;
    m_pg = std::move(other.m_pg);
    return *this;
}

Statement::~Statement() {
    if (m_handle) m_connection->giveBack(m_handle);
}

namespace {
void note(int& kept, int code) {
    if (kept == SQLITE_OK) kept = code;
}
std::string realText(double value) {
    std::array<char, 32> text{};
    const auto [end, errc] = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end};
}
// Data of an empty view may be null, which SQLite would take for NULL.
const char* dataOf(std::string_view text) {
    return text.empty() ? "" : text.data();
}
} // namespace

void Statement::bind(int index, std::nullptr_t) {
    if (m_pg) return m_pg->bind(index, {PgValue::Type::Null, {}});
    note(m_bound, sqlite3_bind_null(m_handle, index));
}
void Statement::bind(int index, std::int64_t value) {
    if (m_pg) return m_pg->bind(index, {PgValue::Type::Integer, std::to_string(value)});
    note(m_bound, sqlite3_bind_int64(m_handle, index, value));
}
void Statement::bind(int index, double value) {
    if (m_pg) return m_pg->bind(index, {PgValue::Type::Real, realText(value)});
    note(m_bound, sqlite3_bind_double(m_handle, index, value));
}
void Statement::bind(int index, std::string_view value) {
    if (m_pg) return m_pg->bind(index, {PgValue::Type::Text, std::string(value)});
    note(m_bound,
         sqlite3_bind_text64(m_handle, index, dataOf(value), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Statement::bind(int index, Blob value) {
    if (m_pg) return m_pg->bind(index, {PgValue::Type::Bytes, std::string(value.bytes)});
    note(m_bound,
         sqlite3_bind_blob64(m_handle, index, dataOf(value.bytes), value.bytes.size(), SQLITE_TRANSIENT));
}

Result<bool> Statement::step() {
    if (m_pg) return m_pg->step(m_connection->m_changed);
    if (m_bound != SQLITE_OK) return sqliteError(m_bound, "cannot bind a value");
    const int code = sqlite3_step(m_handle);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return m_connection->lastError("cannot run a statement");
}

Result<void> Statement::run() {
    for (;;) {
        EXO_TRY(const bool row, step());
        if (!row) return {};
    }
}

void Statement::reset() {
    if (m_pg) return m_pg->reset();
    sqlite3_reset(m_handle); // repeats the error of step(), which was reported
    sqlite3_clear_bindings(m_handle);
    m_bound = SQLITE_OK;
}

bool Statement::isNull(int column) const {
    if (m_pg) return m_pg->isNull(column);
    return sqlite3_column_type(m_handle, column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
    if (m_pg) return m_pg->integer(column);
    return sqlite3_column_int64(m_handle, column);
}
double Statement::real(int column) const {
    if (m_pg) return m_pg->real(column);
    return sqlite3_column_double(m_handle, column);
}
std::string Statement::text(int column) const {
    if (m_pg) return m_pg->text(column);
    const unsigned char* bytes = sqlite3_column_text(m_handle, column);
    if (!bytes) return {};
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(m_handle, column));
    return {reinterpret_cast<const char*>(bytes), size};
}
std::string Statement::blob(int column) const {
    if (m_pg) return m_pg->blob(column);
    const void* bytes = sqlite3_column_blob(m_handle, column);
    if (!bytes) return {};
    return {static_cast<const char*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(m_handle, column))};
}
std::optional<std::int64_t> Statement::optInteger(int column) const {
    return isNull(column) ? std::nullopt : std::optional(integer(column));
}

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionOptions& options) {
    sqlite3* handle = nullptr;
    // A WAL database needs its -shm file even for reading, so query-only connections open read-write too.
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (options.create ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(options.file.c_str(), &handle, flags,
                                     options.vfs.empty() ? nullptr : options.vfs.c_str());
    if (!handle) return fail(ErrorCode::Internal, "no memory for a database connection");
    std::unique_ptr<Connection> connection(new Connection(handle));
    if (code != SQLITE_OK) {
        Error error = connection->lastError("cannot open " + options.file.string());
        if ((code & 0xff) == SQLITE_CANTOPEN) error.code = ErrorCode::IoError;
        return error;
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, 5000);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    EXO_CHECK(
        connection->exec("PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
                         "PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;"));
    if (options.queryOnly) EXO_CHECK(connection->exec("PRAGMA query_only=ON"));
    return connection;
}

Connection::Connection(sqlite3* handle)
    : m_handle(handle) {}

Connection::Connection(std::unique_ptr<PgSession> session)
    : m_pg(std::move(session)) {}

Connection::~Connection() {
    if (m_pg) return;
    for (auto& [sql, statements] : m_idle)
        for (sqlite3_stmt* statement : statements)
            sqlite3_finalize(statement);
    sqlite3_close_v2(m_handle);
}

Result<void> Connection::exec(const std::string& sql) {
    if (m_pg) return m_pg->exec(sql);
    if (sqlite3_exec(m_handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return lastError("cannot run SQL");
    return {};
}

Result<Statement> Connection::prepare(std::string_view sql) {
    if (m_pg) return Statement(*this, std::make_unique<PgStatement>(*m_pg, sql));
    const auto it = m_idle.find(std::string(sql));
    if (it != m_idle.end() && !it->second.empty()) {
        sqlite3_stmt* statement = it->second.back();
        it->second.pop_back();
        return Statement(*this, statement);
    }
    sqlite3_stmt* statement = nullptr;
    if (sql.size() > INT_MAX) return fail(ErrorCode::Internal, "SQL text too long");
    if (sqlite3_prepare_v3(m_handle, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement, nullptr) != SQLITE_OK)
        return lastError("cannot prepare SQL");
    if (!statement) return fail(ErrorCode::Internal, "empty SQL");
    return Statement(*this, statement);
}

void Connection::giveBack(sqlite3_stmt* statement) {
    constexpr std::size_t k_perText = 4;
    constexpr std::size_t k_texts = 256;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    auto& idle = m_idle[sqlite3_sql(statement)];
    if (idle.size() >= k_perText || m_idle.size() > k_texts) {
        sqlite3_finalize(statement);
        return;
    }
    idle.push_back(statement);
}

std::int64_t Connection::lastInsertRow() const {
    return sqlite3_last_insert_rowid(m_handle);
}
std::int64_t Connection::changes() const {
    if (m_pg) return m_changed;
    return sqlite3_changes64(m_handle);
}
bool Connection::inTransaction() const {
    if (m_pg) return m_pg->inTransaction();
    return sqlite3_get_autocommit(m_handle) == 0;
}
Error Connection::lastError(std::string_view doing) const {
    return sqliteError(sqlite3_extended_errcode(m_handle),
                       std::string(doing) + ": " + sqlite3_errmsg(m_handle));
}

} // namespace exo
