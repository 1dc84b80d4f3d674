#include "core/storage/postgres/PgFacts.h"

#include "core/base/Clock.h"
#include "core/storage/Sqlite.h"
#include "core/storage/postgres/PgMigrations.h"
#include "core/storage/postgres/PgSession.h"

#include <libpq-fe.h>

#include <algorithm>
#include <string_view>

namespace exo {

namespace {

constexpr int k_roundTrips = 3;

Result<double> fastestRoundTrip(Connection& db) {
    double fastest = 0;
    for (int i = 0; i < k_roundTrips; ++i) {
        const SteadyTime start = SystemClock().now();
        EXO_CHECK(db.exec("SELECT 1"));
        const double took = std::chrono::duration<double, std::milli>(SystemClock().now() - start).count();
        fastest = i == 0 ? took : std::min(fastest, took);
    }
    return fastest;
}

Result<void> readServer(Connection& db, PgFacts& facts) {
    EXO_TRY(
        Statement row,
        db.prepare(
            "SELECT current_setting('server_version'), "
            "CASE WHEN inet_client_addr() IS NULL OR inet_client_addr() <<= '127.0.0.0/8' OR "
            "inet_client_addr() = '::1' THEN 1 ELSE 0 END, "
            "(SELECT count(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl), "
            "CASE WHEN current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on' THEN 1 "
            "ELSE 0 END, CASE WHEN pg_is_in_recovery() OR current_schema() IS NULL THEN 0 ELSE 1 END, "
            "pg_database_size(current_database()), (SELECT count(*) FROM pg_stat_activity), "
            "CAST(current_setting('max_connections') AS BIGINT)"));
    EXO_TRY(const bool found, row.step());
    if (!found) return fail(ErrorCode::StorageError, "PostgreSQL says nothing of itself");
    const std::string version = row.text(0); // "15.18 (Debian 15.18-0+deb12u1)"
    facts.version = version.substr(0, version.find(' '));
    facts.way = row.integer(1) != 0   ? PgFacts::Way::Local
                : row.integer(2) != 0 ? PgFacts::Way::Tls
                                      : PgFacts::Way::Plain;
    facts.durable = row.integer(3) != 0;
    facts.writable = row.integer(4) != 0;
    facts.bytes = row.integer(5);
    facts.connections = row.integer(6);
    facts.maxConnections = row.integer(7);
    return {};
}

std::string_view valueOf(const PQconninfoOption* options, std::string_view name) {
    for (; options && options->keyword; ++options)
        if (options->keyword == name) return options->val ? options->val : "";
    return {};
}

} // namespace

Result<PgFacts> lookAtPostgres(const Secret& url) {
    EXO_TRY(auto session, PgSession::open(url, "exobrain", PgSession::Use::Read));
    Connection db(std::move(session));
    PgFacts facts;
    EXO_CHECK(readServer(db, facts));
    EXO_TRY(facts.milliseconds, fastestRoundTrip(db));
    EXO_TRY(facts.schema, readPgSchemaVersion(db));
    if (facts.schema == 0) return facts;
    EXO_TRY(const auto owned, db.integer("SELECT CASE WHEN has_table_privilege('sessions', 'INSERT') AND "
                                         "has_table_privilege('messages', 'UPDATE') THEN 1 ELSE 0 END"));
    facts.writable = facts.writable && owned.value_or(0) != 0;
    for (const char* name :
         {"sessions", "messages", "attachments", "blobs", "keys", "usage", "compactions"}) {
        EXO_TRY(const auto count, db.integer("SELECT count(*) FROM " + std::string(name)));
        facts.rows.emplace_back(name, count.value_or(0));
    }
    return facts;
}

std::string describePgUrl(const Secret& url) {
    char* why = nullptr;
    PQconninfoOption* parsed = PQconninfoParse(std::string(url.reveal()).c_str(), &why);
    PQfreemem(why);
    if (!parsed) return {};
    std::string host(valueOf(parsed, "host"));
    const std::string port(valueOf(parsed, "port")), name(valueOf(parsed, "dbname"));
    PQconninfoFree(parsed);
    if (!port.empty()) host += ":" + port;
    return (name.empty() ? "the user's database" : name) + " on " + (host.empty() ? "this machine" : host);
}

} // namespace exo
