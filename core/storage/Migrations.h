#pragma once
// The numbered steps of the schema (resources/migrations/NNNN_name.sql; NNNN = PRAGMA user_version after the
// step) and what applies them. A published step never changes.

#include "core/base/Result.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

class Connection;

inline constexpr std::int64_t k_applicationId = 0x45584F42; // "EXOB" in the database header

struct Migration {
    int version = 0;
    std::string name;
    std::string sql;
};

// Those embedded in the program, by version 1, 2, 3 …; Internal when a number is missing.
Result<std::vector<Migration>> builtInMigrations(std::string_view folder = "migrations/");

struct MigrationTarget {
    std::filesystem::path file;
    std::filesystem::path backupFolder;
    std::string vfs;
};

// Brings the schema to the last step in one transaction. A database that holds data is first copied to
// backupFolder/before-vN-….db, and the copy is verified. Does nothing for a current or newer schema. Blocks.
Result<void> migrate(Connection& connection, const MigrationTarget& target,
                     const std::vector<Migration>& steps);

// One step of a transaction that is undone when it fails.
Result<void> applyStep(Connection& connection, const Migration& step);

// PRAGMA user_version. StorageCorrupt for a file of another program (its application_id is neither 0 nor
// ours).
Result<int> readSchemaVersion(Connection& connection);

} // namespace exo
