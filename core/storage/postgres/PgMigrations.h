#pragma once
// The numbered steps of the schema in PostgreSQL (resources/migrations-postgres). Those that were applied
// stand in a table; several servers that start at once take turns.

#include "core/storage/Migrations.h"

#include <string_view>
#include <vector>

namespace exo {

// Waits until no other process writes (or migrates), until the end of the transaction.
inline constexpr std::string_view k_pgTakeTurn = "SELECT pg_advisory_xact_lock(1163415362)"; // "EXOB"

// Brings the schema to the last step in one transaction. Does nothing for a current or newer one.
Result<void> migratePg(Connection& connection, const std::vector<Migration>& steps);
// 0 for a database without our tables.
Result<int> readPgSchemaVersion(Connection& connection);

} // namespace exo
