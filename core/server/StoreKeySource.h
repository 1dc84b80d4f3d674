#pragma once
// The keys of the database, for KeyCache. io thread; the database outlives it.

#include "core/server/KeyCache.h"
#include "core/storage/Database.h"

namespace exo::server {

class StoreKeySource final : public KeySource {
  public:
    StoreKeySource(Database& database, const Clock& clock)
        : m_database(database)
        , m_clock(clock) {}
    Task<KeyList> list(std::optional<std::int64_t> knownVersion) override;
    Task<KnownKey> verify(std::string token) override;
    Task<void> touch(std::string id) override;

  private:
    Database& m_database;
    const Clock& m_clock;
};

} // namespace exo::server
