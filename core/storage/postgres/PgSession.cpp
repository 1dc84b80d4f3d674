#include "core/storage/postgres/PgSession.h"

#include "core/base/Text.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace exo {

namespace {

// From pg_type.dat; they are fixed for ever.
constexpr Oid k_int8 = 20, k_float8 = 701, k_text = 25, k_bytea = 17;

// What is left of a message for people: its first line, without what may name the password.
std::string firstLine(std::string_view message) {
    return std::string(trim(message.substr(0, message.find('\n'))));
}

// PostgreSQL's texts hold no NUL and only whole characters.
std::string storable(const std::string& text) {
    if (isValidUtf8(text) && text.find('\0') == std::string::npos) return text;
    std::string out;
    for (const char c : sanitizeUtf8(text)) {
        if (c == '\0')
            out += "\xEF\xBF\xBD";
        else
            out += c;
    }
    return out;
}

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

Error pgError(std::string_view state, std::string_view message) {
    const std::string detail = firstLine(message) + " (PostgreSQL " + std::string(state) + ")";
    const auto error = [&](ErrorCode code, bool retryable) {
        Error made = fail(code, detail);
        made.retryable = retryable;
        return made;
    };
    const std::string_view group = state.substr(0, 2);
    if (state == "53100") return error(ErrorCode::StorageFull, false);
    if (state == "25006") return error(ErrorCode::StorageReadOnly, false);
    if (state == "54000") return error(ErrorCode::RequestTooLarge, false);
    if (state == "XX001" || state == "XX002") return error(ErrorCode::StorageCorrupt, false);
    // Lost connections, no more of them, a server that ends, deadlocks, locks and statements that took too
    // long.
    const bool passing = group == "08" || group == "40" || group == "53" || group == "57" ||
                         state == "55P03" || state == "25P03";
    return error(ErrorCode::StorageError, passing);
}

std::string numberedParameters(std::string_view sql) {
    std::string out;
    int last = 0;
    char quote = '\0';
    for (std::size_t i = 0; i < sql.size(); ++i) {
        const char c = sql[i];
        if (quote != '\0' || c != '?') {
            if (quote == c)
                quote = '\0';
            else if (quote == '\0' && (c == '\'' || c == '"'))
                quote = c;
            out += c;
            continue;
        }
        int number = 0;
        const auto [end, errc] = std::from_chars(sql.data() + i + 1, sql.data() + sql.size(), number);
        if (errc == std::errc())
            i = static_cast<std::size_t>(end - sql.data()) - 1;
        else
            number = last + 1;
        last = std::max(last, number);
        out += '$' + std::to_string(number);
    }
    return out;
}

void PgResult::Free::operator()(pg_result* result) const {
    PQclear(result);
}
int PgResult::rows() const {
    return PQntuples(m_result.get());
}
std::int64_t PgResult::changed() const {
    const std::string_view text = PQcmdTuples(m_result.get());
    std::int64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}
bool PgResult::isNull(int row, int column) const {
    return PQgetisnull(m_result.get(), row, column) != 0;
}
std::string_view PgResult::text(int row, int column) const {
    const auto size = static_cast<std::size_t>(PQgetlength(m_result.get(), row, column));
    return {PQgetvalue(m_result.get(), row, column), size};
}
std::string PgResult::bytes(int row, int column) const {
    const std::string_view hex = text(row, column);
    std::string out;
    if (!hex.starts_with("\\x")) return out;
    out.reserve(hex.size() / 2);
    for (std::size_t i = 2; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
    return out;
}

Result<std::unique_ptr<PgSession>> PgSession::open(const Secret& url, const std::string& name, Use use) {
    const std::string target(url.reveal());
    // Committed means on the disk, whatever the server's default is. Nobody waits for ever: not for a server
    // that is gone, nor for another's lock, nor others for ours.
    std::string options =
        "-c synchronous_commit=on -c lock_timeout=10s -c statement_timeout=60s "
        "-c idle_in_transaction_session_timeout=60s -c bytea_output=hex -c client_min_messages=warning";
    if (use == Use::Read) options += " -c default_transaction_read_only=on";
    const std::array keys{"dbname",
                          "application_name",
                          "client_encoding",
                          "options",
                          "connect_timeout",
                          "keepalives",
                          "keepalives_idle",
                          "keepalives_interval",
                          "keepalives_count",
                          "tcp_user_timeout",
                          static_cast<const char*>(nullptr)};
    const std::array values{target.c_str(),
                            name.c_str(),
                            "UTF8",
                            options.c_str(),
                            "5",
                            "1",
                            "10",
                            "5",
                            "3",
                            "20000",
                            static_cast<const char*>(nullptr)};
    std::unique_ptr<PgSession> session(new PgSession(PQconnectdbParams(keys.data(), values.data(), 1)));
    if (!session->m_handle) return fail(ErrorCode::Internal, "no memory for a database connection");
    if (PQstatus(session->m_handle) == CONNECTION_OK) return session;
    // libpq repeats parts of a URL it does not understand.
    char* why = nullptr;
    PQconninfoOption* parsed = PQconninfoParse(target.c_str(), &why);
    PQfreemem(why);
    if (!parsed) return fail(ErrorCode::ConfigError, "storage.url is not a PostgreSQL URL", "storage.url");
    PQconninfoFree(parsed);
    Error error = fail(ErrorCode::StorageError,
                       "cannot connect to PostgreSQL: " + firstLine(PQerrorMessage(session->m_handle)));
    error.retryable = true;
    return error;
}

PgSession::~PgSession() {
    PQfinish(m_handle);
}

Error PgSession::lastError(const pg_result* result) {
    const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
    const char* primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    // A connection that breaks while something is sent may still call itself fine.
    m_lost |=
        !state || std::string_view(state).starts_with("57P0") || std::string_view(state).starts_with("08");
    if (state && primary) return pgError(state, primary);
    return pgError("08006", PQerrorMessage(m_handle)); // no answer at all
}

Result<void> PgSession::exec(const std::string& sql) {
    const PgResult result(PQexec(m_handle, sql.c_str()));
    if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR || !result.get()) return lastError(result.get());
    return {};
}

Result<void> PgSession::commit() {
    const PgResult result(PQexec(m_handle, "COMMIT"));
    if (lost())
        return fail(ErrorCode::StorageError,
                    "the connection to PostgreSQL broke during a commit; whether it was stored is not known");
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return lastError(result.get());
    if (std::string_view(PQcmdStatus(const_cast<PGresult*>(result.get()))) != "COMMIT")
        return fail(ErrorCode::StorageError, "the transaction was rolled back");
    return {};
}

const std::string& PgSession::translated(std::string_view sql) {
    constexpr std::size_t k_texts = 512;
    if (m_translated.size() > k_texts) m_translated.clear();
    const auto [it, fresh] = m_translated.try_emplace(std::string(sql));
    if (fresh) it->second = numberedParameters(sql);
    return it->second;
}

Result<PgResult> PgSession::run(std::string_view sql, const std::vector<PgValue>& values) {
    using Type = PgValue::Type;
    const std::size_t count = values.size();
    std::vector<std::string> texts(count); // those that had to be changed
    std::vector<const char*> pointers(count, nullptr);
    std::vector<Oid> types(count, 0);
    std::vector<int> lengths(count, 0), formats(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        const PgValue& value = values[i];
        if (value.type == Type::Null) continue;
        const bool binary = value.type == Type::Text || value.type == Type::Bytes;
        if (value.type == Type::Text) texts[i] = storable(value.bytes);
        const std::string& bytes = value.type == Type::Text ? texts[i] : value.bytes;
        types[i] = value.type == Type::Integer ? k_int8
                   : value.type == Type::Real  ? k_float8
                   : value.type == Type::Text  ? k_text
                                               : k_bytea;
        pointers[i] = bytes.c_str();
        lengths[i] = static_cast<int>(bytes.size());
        formats[i] = binary ? 1 : 0;
    }
    PgResult result(PQexecParams(m_handle, translated(sql).c_str(), static_cast<int>(count), types.data(),
                                 pointers.data(), lengths.data(), formats.data(), 0));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return lastError(result.get());
    return result;
}

bool PgSession::inTransaction() const {
    const auto status = PQtransactionStatus(m_handle);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

bool PgSession::lost() const {
    return m_lost || PQstatus(m_handle) != CONNECTION_OK;
}

} // namespace exo
