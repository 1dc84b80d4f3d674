#pragma once
// One connection to PostgreSQL through libpq, blocking, with a time limit on everything it waits for. Speaks
// the SQL of our stores: `?` and `?3` are parameters. Belongs to one thread; owned by a Connection.

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct pg_conn;
struct pg_result;

namespace exo {

struct PgValue {
    enum class Type : std::uint8_t { Null, Integer, Real, Text, Bytes };
    Type type = Type::Null;
    std::string bytes; // of Integer and Real in decimal
};

class PgResult {
  public:
    explicit PgResult(pg_result* result)
        : m_result(result) {}
    const pg_result* get() const { return m_result.get(); }
    int rows() const;
    std::int64_t changed() const; // rows the command changed
    bool isNull(int row, int column) const;
    std::string_view text(int row, int column) const;
    std::string bytes(int row, int column) const; // of a BYTEA

  private:
    struct Free {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, Free> m_result;
};

class PgSession {
  public:
    enum class Use : std::uint8_t { Write, Read };
    // `name` is told to the server as application_name: it says which process a connection belongs to.
    // StorageError (retryable when trying again may help), InvalidRequest for a URL libpq does not
    // understand. No message holds the password.
    static Result<std::unique_ptr<PgSession>> open(const Secret& url, const std::string& name, Use use,
                                                   std::optional<Millis> patience = {});
    PgSession(const PgSession&) = delete;
    PgSession& operator=(const PgSession&) = delete;
    ~PgSession();

    // Several commands separated by `;`, without parameters; rows are ignored. A server that does not answer
    // `within` that time is as good as gone, though its machine may still acknowledge what is sent.
    Result<void> exec(const std::string& sql);
    Result<void> exec(const std::string& sql, Millis within);
    Result<PgResult> run(std::string_view sql, const std::vector<PgValue>& values);
    // Success means it is on the server's disk. A transaction that a failed command had broken is an error;
    // with a connection that broke meanwhile nobody knows.
    Result<void> commit();
    bool inTransaction() const;
    bool lost() const; // the connection is of no use any more

  private:
    PgSession(pg_conn* handle, Millis within)
        : m_handle(handle)
        , m_within(within) {}
    PgResult answer(int sent, Millis within); // nullptr inside: none came
    bool await(short events, SteadyTime until) const;
    Error lastError(const pg_result* result);
    const std::string& translated(std::string_view sql);

    pg_conn* m_handle;
    const Millis m_within; // for a whole answer
    bool m_lost = false;
    bool m_silent = false; // lost because no answer came
    std::unordered_map<std::string, std::string> m_translated;
};

// ConfigError for what is no postgres:// URL; says nothing of its parts.
Result<void> checkPgUrl(const Secret& url);
// A text as PostgreSQL stores it: U+FFFD in place of NUL and of what is not UTF-8.
std::string pgText(const std::string& text);
// `?` and `?3` of SQLite as `$1` and `$3`; not within quotation marks.
std::string numberedParameters(std::string_view sql);
// The error of an SQLSTATE.
Error pgError(std::string_view state, std::string_view message);

} // namespace exo
