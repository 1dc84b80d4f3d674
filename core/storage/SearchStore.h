#pragma once
// Full text over titles and messages: contentless FTS5 tables of our own tokens (SearchText.h), rowid = row
// of the session or message; in PostgreSQL see postgres/PgSearch.h. Triggers of the schema remove what is
// deleted. A view over a Connection, made inside a Database job.

#include "core/api/Types.h"
#include "core/storage/Owner.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

class Connection;

class SearchStore {
  public:
    explicit SearchStore(Connection& db)
        : m_db(db) {}

    // Best first; titles before messages of the same worth. Any text is a valid query; one without words
    // finds nothing.
    Result<std::vector<api::SearchHit>> search(const Owner& owner, std::string_view query, std::size_t limit);

    // (Re)index a row; called by the other stores whenever its text changes.
    Result<void> indexMessage(std::int64_t row, std::string_view text);
    Result<void> indexTitle(std::int64_t row, std::string_view title);

  private:
    Connection& m_db;
};

} // namespace exo
