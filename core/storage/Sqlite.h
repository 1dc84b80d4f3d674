#pragma once
// SQLite, or PostgreSQL, behind RAII and Result: a Connection caches its prepared statements, a Statement
// returns itself to that cache. A connection and its statements belong to one thread (SQLITE_THREADSAFE=2).
// Indexes of bind() count from 1, of columns from 0, as in SQLite's own interface. The stores write SQL that
// both understand and ask dialect() where there is none; with PostgreSQL a statement runs at its first
// step().

#include "core/base/Result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace exo {

class Connection;
class PgSession; // storage/postgres/PgSession.h
struct PgStatement;

enum class Dialect : std::uint8_t { Sqlite, Postgres };

// Bytes, as opposed to text. Not owned: must live until the statement has run.
struct Blob {
    std::string_view bytes;
};

class Statement {
  public:
    Statement(Connection& connection, sqlite3_stmt* handle);
    Statement(Connection& connection, std::unique_ptr<PgStatement> statement);
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    // A failed bind is reported by step(). Text and blobs are copied.
    void bind(int index, std::nullptr_t);
    void bind(int index, std::int64_t value);
    void bind(int index, double value);
    void bind(int index, std::string_view value);
    void bind(int index, Blob value);
    template <class T>
    requires(std::is_integral_v<T>) void bind(int index, T value) {
        bind(index, static_cast<std::int64_t>(value));
    }
    void bind(int index, const char* value) { bind(index, std::string_view(value)); }
    void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }
    template <class T>
    void bind(int index, const std::optional<T>& value) {
        if (value)
            bind(index, *value);
        else
            bind(index, nullptr);
    }
    template <class... Args>
    void bindAll(const Args&... args) {
        int index = 0;
        (bind(++index, args), ...);
    }

    // True while there is a row.
    Result<bool> step();
    // Runs to the end, rows are ignored.
    Result<void> run();
    // To run it again with other values.
    void reset();

    bool isNull(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const; // "" for NULL
    std::string blob(int column) const;
    std::optional<std::int64_t> optInteger(int column) const;

  private:
    Connection* m_connection;
    sqlite3_stmt* m_handle;
    int m_bound = 0;                   // SQLITE_OK, or the first error of a bind
    std::unique_ptr<PgStatement> m_pg; // instead of m_handle
};

struct ConnectionOptions {
    std::filesystem::path file;
    bool create = false;
    bool queryOnly = false;
    std::string vfs; // empty: the default one
};

class Connection {
  public:
    static Result<std::unique_ptr<Connection>> open(const ConnectionOptions& options);
    explicit Connection(std::unique_ptr<PgSession> session);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    // Several statements separated by `;`, rows are ignored.
    Result<void> exec(const std::string& sql);
    // From the cache, or compiled now. The same SQL may be in use twice at a time.
    Result<Statement> prepare(std::string_view sql);

    template <class... Args>
    Result<Statement> query(std::string_view sql, const Args&... args) {
        EXO_TRY(Statement statement, prepare(sql));
        statement.bindAll(args...);
        return statement;
    }
    template <class... Args>
    Result<void> run(std::string_view sql, const Args&... args) {
        EXO_TRY(Statement statement, query(sql, args...));
        return statement.run();
    }
    // First column of the first row; nullopt when there is no row or it is NULL.
    template <class... Args>
    Result<std::optional<std::int64_t>> integer(std::string_view sql, const Args&... args) {
        EXO_TRY(Statement statement, query(sql, args...));
        EXO_TRY(const bool row, statement.step());
        return row ? statement.optInteger(0) : std::nullopt;
    }

    Dialect dialect() const { return m_pg ? Dialect::Postgres : Dialect::Sqlite; }
    PgSession* postgres() { return m_pg.get(); }
    std::int64_t lastInsertRow() const; // of SQLite; what serves both is INSERT … RETURNING
    std::int64_t changes() const;       // rows the last statement changed
    bool inTransaction() const;
    sqlite3* handle() const { return m_handle; } // of SQLite
    // The last failure of this connection as an Error: StorageFull, StorageCorrupt, StorageReadOnly,
    // StorageError.
    Error lastError(std::string_view doing) const;

  private:
    friend class Statement;
    explicit Connection(sqlite3* handle);
    void giveBack(sqlite3_stmt* statement);

    sqlite3* m_handle = nullptr;
    std::unique_ptr<PgSession> m_pg;
    std::int64_t m_changed = 0;                                         // of PostgreSQL's last statement
    std::unordered_map<std::string, std::vector<sqlite3_stmt*>> m_idle; // by SQL text
};

// Error of a SQLite result code (extended codes too).
Error sqliteError(int code, std::string_view message);

} // namespace exo
