#include "core/storage/postgres/PgMigrations.h"

#include "core/storage/Sqlite.h"
#include "core/storage/postgres/PgSession.h"

namespace exo {

namespace {

Result<int> newestStep(Connection& connection) {
    EXO_TRY(const auto version, connection.integer("SELECT coalesce(max(version), 0) FROM exobrain_schema"));
    return static_cast<int>(version.value_or(0));
}

Result<void> applySteps(Connection& connection, const std::vector<Migration>& steps) {
    // Whether the table is there cannot be asked a second time: to_regclass() takes no lock, so this
    // connection may still answer what it knew before another one made the table. Making it takes locks, and
    // sees it.
    EXO_CHECK(
        connection.exec("CREATE TABLE IF NOT EXISTS exobrain_schema (version BIGINT PRIMARY KEY, name TEXT "
                        "NOT NULL, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())"));
    EXO_TRY(const int version, newestStep(connection)); // again, now that it is our turn
    for (const Migration& step : steps) {
        if (step.version <= version) continue;
        EXO_CHECK(applyStep(connection, step));
        EXO_CHECK(connection.run("INSERT INTO exobrain_schema (version, name) VALUES (?, ?)", step.version,
                                 step.name));
    }
    return {};
}

} // namespace

Result<int> readPgSchemaVersion(Connection& connection) {
    EXO_TRY(const auto there,
            connection.integer("SELECT CASE WHEN to_regclass('exobrain_schema') IS NULL THEN 0 ELSE 1 END"));
    if (there.value_or(0) == 0) return 0;
    return newestStep(connection);
}

Result<void> migratePg(Connection& connection, const std::vector<Migration>& steps) {
    EXO_TRY(const int version, readPgSchemaVersion(connection));
    if (version >= steps.back().version) return {};
    auto done = connection.exec("BEGIN; " + std::string(k_pgTakeTurn));
    if (done.ok()) done = applySteps(connection, steps);
    if (done.ok()) done = connection.postgres()->commit();
    if (!done.ok() && connection.inTransaction()) (void)connection.exec("ROLLBACK").ok();
    return done;
}

} // namespace exo
