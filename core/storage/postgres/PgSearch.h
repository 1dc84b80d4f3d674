#pragma once
// Full text in PostgreSQL: a GIN index of our own tokens (SearchText.h) finds the texts that may match;
// phrases and ranks are made here from the texts themselves. Of more texts than are looked at the newest
// count. Inside a Database job; for SearchStore alone.

#include "core/api/Types.h"
#include "core/storage/Owner.h"
#include "core/storage/Sqlite.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace exo::pgsearch {

Result<void> indexMessage(Connection& db, std::int64_t row, std::string_view text);
Result<void> indexTitle(Connection& db, std::int64_t row, std::string_view title);
Result<std::vector<api::SearchHit>> search(Connection& db, const Owner& owner, std::string_view query,
                                           std::size_t limit);

} // namespace exo::pgsearch
