#pragma once
// Everything of a home's SQLite database into an empty PostgreSQL: all or nothing, in one transaction, and
// read back before it is committed. Blocks.

#include "core/storage/Sqlite.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

struct Transferred {
    std::string table;
    std::int64_t rows = 0;
    std::string sha256; // of all values in order, the same on both sides
};

// `from` is a SQLite connection inside a read transaction, `to` a PostgreSQL one inside a write transaction,
// both with the newest schema. Conflict when the target holds anything; StorageCorrupt when what is read back
// differs. The caller commits. `progress` is told the rows copied so far.
Result<std::vector<Transferred>> transfer(Connection& from, Connection& to,
                                          const std::function<void(std::int64_t)>& progress = {});

} // namespace exo
