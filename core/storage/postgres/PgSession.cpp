#include "core/storage/postgres/PgSession.h"

#include "core/base/Log.h"
#include "core/base/Text.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <poll.h>
#include <tuple>
#include <utility>

namespace exo {

namespace {

// From pg_type.dat; they are fixed for ever.
constexpr Oid k_int8 = 20, k_float8 = 701, k_text = 25, k_bytea = 17;

// Committed means on the disk, whatever the server's default is. Nobody waits for ever: not for a server that
// is gone, nor for another's lock, nor others for ours; and the server notices a machine of ours that lost
// its power.
constexpr std::string_view k_options =
    "-c synchronous_commit=on -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s "
    "-c bytea_output=hex -c client_min_messages=warning "
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";
constexpr Millis k_writeWithin{60'000}, k_readWithin{20'000}; // a statement
constexpr Millis k_onTop{5000};                               // for the way there and back

// What is left of a message for people: its first line, without what may name the password.
std::string firstLine(std::string_view message) {
    return std::string(trim(message.substr(0, message.find('\n'))));
}

void logNotice(void*, const char* message) {
    log::debug("PostgreSQL says: {}", firstLine(message));
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

std::string pgText(const std::string& text) {
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

Result<void> checkPgUrl(const Secret& url) {
    const std::string target(url.reveal());
    // libpq's message repeats parts of what it does not understand.
    char* why = nullptr;
    PQconninfoOption* parsed = PQconninfoParse(target.c_str(), &why);
    PQfreemem(why);
    const bool known = target.starts_with("postgres://") || target.starts_with("postgresql://");
    const bool good = parsed && known;
    PQconninfoFree(parsed);
    if (good) return {};
    return fail(ErrorCode::ConfigError, "storage.url is not a PostgreSQL URL (postgres://USER@HOST/DATABASE)",
                "storage.url");
}

Result<std::unique_ptr<PgSession>> PgSession::open(const Secret& url, const std::string& name, Use use,
                                                   std::optional<Millis> patience) {
    EXO_CHECK(checkPgUrl(url));
    const std::string target(url.reveal());
    const Millis statement = use == Use::Write ? k_writeWithin : k_readWithin;
    const std::string options =
        std::string(k_options) + " -c statement_timeout=" + std::to_string(statement.count()) + "ms";
    const std::array<std::pair<const char*, const char*>, 10> parameters{{{"dbname", target.c_str()},
                                                                          {"application_name", name.c_str()},
                                                                          {"client_encoding", "UTF8"},
                                                                          {"options", options.c_str()},
                                                                          {"connect_timeout", "3"},
                                                                          {"keepalives", "1"},
                                                                          {"keepalives_idle", "10"},
                                                                          {"keepalives_interval", "5"},
                                                                          {"keepalives_count", "3"},
                                                                          {"tcp_user_timeout", "20000"}}};
    std::array<const char*, parameters.size() + 1> keys{}, values{};
    for (std::size_t i = 0; i < parameters.size(); ++i)
        std::tie(keys[i], values[i]) = parameters[i];
    std::unique_ptr<PgSession> session(new PgSession(PQconnectdbParams(keys.data(), values.data(), 1),
                                                     patience.value_or(statement + k_onTop)));
    if (!session->m_handle) return fail(ErrorCode::Internal, "no memory for a database connection");
    PQsetNoticeProcessor(session->m_handle, logNotice, nullptr); // not to stderr
    if (PQstatus(session->m_handle) == CONNECTION_OK && PQsetnonblocking(session->m_handle, 1) == 0) {
        // Not an option of the connection: libpq would take the server for one that cannot be written
        // (target_session_attrs).
        if (use == Use::Read) EXO_CHECK(session->exec("SET default_transaction_read_only = on"));
        return session;
    }
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
    return pgError("08006", m_silent ? "PostgreSQL does not answer" : PQerrorMessage(m_handle));
}

bool PgSession::await(short events, SteadyTime until) const {
    pollfd wanted{PQsocket(m_handle), events, 0};
    for (;;) {
        const auto left = std::chrono::ceil<Millis>(until - SystemClock().now());
        if (left.count() <= 0) return false;
        const int ready = ::poll(&wanted, 1, static_cast<int>(left.count()));
        if (ready >= 0 || errno != EINTR) return ready > 0;
    }
}

PgResult PgSession::answer(int sent, Millis within) {
    PgResult last(nullptr);
    if (sent != 1) return last;
    const SteadyTime until = SystemClock().now() + within;
    const auto wait = [&](short events) {
        m_silent = !await(events, until);
        return !m_silent && PQconsumeInput(m_handle) == 1;
    };
    for (int left = PQflush(m_handle); left != 0; left = PQflush(m_handle))
        if (left < 0 || !wait(POLLIN | POLLOUT)) return last;
    for (;;) {
        while (PQisBusy(m_handle) != 0)
            if (!wait(POLLIN)) return PgResult(nullptr);
        PgResult next(PQgetResult(m_handle));
        if (!next.get()) return last;
        last = std::move(next);
    }
}

Result<void> PgSession::exec(const std::string& sql) {
    return exec(sql, m_within);
}

Result<void> PgSession::exec(const std::string& sql, Millis within) {
    const PgResult result = answer(PQsendQuery(m_handle, sql.c_str()), within);
    if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR || !result.get()) return lastError(result.get());
    return {};
}

Result<void> PgSession::commit() {
    const PgResult result = answer(PQsendQuery(m_handle, "COMMIT"), m_within);
    if (!result.get() || lost()) {
        m_lost = true;
        return fail(ErrorCode::StorageError,
                    "the connection to PostgreSQL broke during a commit; whether it was stored is not known");
    }
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
        if (value.type == Type::Text) texts[i] = pgText(value.bytes);
        const std::string& bytes = value.type == Type::Text ? texts[i] : value.bytes;
        types[i] = value.type == Type::Integer ? k_int8
                   : value.type == Type::Real  ? k_float8
                   : value.type == Type::Text  ? k_text
                                               : k_bytea;
        pointers[i] = bytes.c_str();
        lengths[i] = static_cast<int>(bytes.size());
        formats[i] = binary ? 1 : 0;
    }
    PgResult result =
        answer(PQsendQueryParams(m_handle, translated(sql).c_str(), static_cast<int>(count), types.data(),
                                 pointers.data(), lengths.data(), formats.data(), 0),
               m_within);
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
