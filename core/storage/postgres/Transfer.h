#pragma once
// Everything of a home's SQLite database into an empty PostgreSQL: all or nothing, in one transaction, and
// read back before it is committed. Nothing of the source changes. Blocks.

#include "core/storage/Sqlite.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

struct TransferOptions {
    // A text with a NUL character, or one that is not UTF-8, is stored with U+FFFD in place of these; without
    // it such a text ends the move with Unsupported, which names it.
    bool replace = false;
    // Told the stage ("copying" | "verifying" | "indexing") and the rows done of those there are; may be
    // empty.
    std::function<void(std::string_view stage, std::int64_t done, std::int64_t total)> progress;
};

struct Transferred {
    std::string table;
    std::int64_t rows = 0;
    std::string sha256;        // of all values in order, as they were read back
    std::int64_t replaced = 0; // texts that were changed
};

// `from` is a SQLite connection inside a read transaction, `to` a PostgreSQL one inside a write transaction,
// both with the newest schema. Conflict when the target holds anything; StorageCorrupt when what is read back
// differs. The caller commits.
Result<std::vector<Transferred>> transfer(Connection& from, Connection& to,
                                          const TransferOptions& options = {});
// Once that is committed, inside a read transaction: StorageCorrupt when a table has other contents.
Result<void> verifyTransferred(Connection& to, const std::vector<Transferred>& tables);

// "table.column" of all that is moved, sorted.
std::vector<std::string> transferredColumns();

} // namespace exo
