#pragma once
// Our API keys. A key is `exo_<public id>_<secret>`: the public id finds the row, the secret (256 random
// bits) is kept only as HMAC-SHA-256 under a random pepper of the home and compared in constant time. The
// pepper lies in the database beside the keys, so that a restored backup keeps them working; against
// guessing, 256 random bits need no hidden pepper. A plain view over a Connection, made inside a Database
// job.

#include "core/base/Clock.h"
#include "core/base/Ids.h"
#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

class Connection;

struct KeyRow {
    KeyId id; // the public id; also the owner id of the sessions made with this key
    std::string name;
    std::string priority = "normal"; // high | normal | low
    std::string rate;                // "100/60s", empty = the general limit
    WallTime createdAt{};
    std::optional<WallTime> expiresAt;
    std::optional<WallTime> revokedAt;
    std::optional<WallTime> lastUsedAt;

    bool usable(WallTime now) const { return !revokedAt && (!expiresAt || now < *expiresAt); }
};

struct KeyDraft {
    std::string name; // 1–100 code points
    std::string priority = "normal";
    std::string rate;
    std::optional<WallTime> expiresAt;
};

struct CreatedKey {
    KeyRow row;
    Secret secret; // the whole "exo_…", shown once
};

class KeyStore {
  public:
    explicit KeyStore(Connection& db)
        : m_db(db) {}

    Result<CreatedKey> create(const KeyDraft& draft, WallTime now); // write job
    Result<std::vector<KeyRow>> list();                             // oldest first
    Result<KeyRow> get(const KeyId& id);
    // NotFound for an unknown id; revoking twice is fine.
    Result<KeyRow> revoke(const KeyId& id, WallTime now); // write job
    // The row, or InvalidApiKey; `detail` tells unknown, revoked and expired apart.
    Result<KeyRow> verify(std::string_view key, WallTime now);
    // True as soon as one key was ever created: revoking the last one must not open the server.
    Result<bool> anyKeyExists();
    // Notes that a key was used; callers do so now and then, not for each request. Write job.
    Result<void> touch(const KeyId& id, WallTime now);

    // A number that changes when another connection (also of another process) has committed. Only comparable
    // between calls in read jobs of one Database.
    Result<std::int64_t> dataVersion();

  private:
    Connection& m_db;
};

} // namespace exo
