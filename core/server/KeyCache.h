#pragma once
// The API keys of the store, held in memory. A change by any process (`exobrain keys revoke`) is seen within
// a second, a new key at its first use. io thread.

#include "core/base/Clock.h"
#include "core/base/Sha256.h"
#include "core/base/Task.h"
#include "core/gateway/Gateway.h"
#include "core/limits/RateLimiter.h"

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exo::server {

struct KnownKey {
    std::string id;
    Priority priority = Priority::Normal;
    std::optional<WallTime> expiresAt;
    bool revoked = false;
    std::optional<Rate> rate; // its own instead of the general one
};

struct KeyList {
    std::int64_t version = 0;
    bool changed = false;       // against the version asked with; `keys` is only filled then
    std::vector<KnownKey> keys; // the revoked and expired ones too
};

// Where keys come from; the store behind it may be changed by other processes.
class KeySource {
  public:
    virtual ~KeySource() = default;
    virtual Task<KeyList> list(std::optional<std::int64_t> knownVersion) = 0;
    // Compares in constant time. InvalidApiKey, whose detail tells unknown, revoked and expired apart.
    virtual Task<KnownKey> verify(std::string token) = 0;
    virtual Task<void> touch(std::string id) = 0;
};

class KeyCache {
  public:
    KeyCache(KeySource& source, const Clock& clock)
        : m_source(source)
        , m_clock(clock) {}

    // Reads the keys; once before the server listens.
    Task<void> load() { return refresh(); }
    // Looks for changes when the last look is a second old; a store that is slow to answer is not waited for.
    Task<void> freshen();
    // True once any key was ever made: a revoked key must not open the door again.
    bool hasKeys() const { return !m_keys.empty(); }
    // The usable key with this secret; InvalidApiKey. A secret not met before is looked up in the store, once
    // for all who present it at that time, and so often a second and no more (RateLimitExceeded, to be tried
    // again), that guessing does not become database load.
    Task<KnownKey> find(std::string token);
    // Whether find() answers without the store.
    bool knows(std::string_view token) const;
    // What freshen() and find() would come to, when neither has anything to wait for or to note: the usual
    // request of a client that has asked before. nullptr: they must be asked.
    const KnownKey* ready(std::string_view token) const;

  private:
    struct LookUp {
        explicit LookUp(const asio::any_io_executor& executor)
            : ended(executor, asio::steady_timer::time_point::max()) {}
        asio::steady_timer ended; // cancelled then
        Result<KnownKey> result = fail(ErrorCode::Internal);
    };
    // A digest spreads its values by itself.
    struct DigestHash {
        std::size_t operator()(const Sha256Digest& digest) const {
            std::size_t hash = 0;
            std::memcpy(&hash, digest.data(), sizeof hash);
            return hash;
        }
    };
    const KnownKey* proven(const Sha256Digest& digest) const;
    Task<KnownKey> findInStore(std::string token, Sha256Digest digest);
    Result<void> mayLookUp();
    Task<KnownKey> askStore(std::string token, Sha256Digest digest);
    bool expired(const KnownKey& key) const;
    Result<KnownKey> usable(const KnownKey& key) const;
    Task<void> refresh();
    void take(KeyList list);
    Task<void> noteUse(std::string id);

    KeySource& m_source;
    const Clock& m_clock;
    std::unordered_map<std::string, KnownKey> m_keys;                   // by id
    std::unordered_map<Sha256Digest, std::string, DigestHash> m_proven; // of a verified secret → id
    std::unordered_map<std::string, SteadyTime> m_touched;
    std::optional<std::int64_t> m_version;
    std::optional<SteadyTime> m_looked;
    SteadyTime m_lookUpWindow{};
    int m_lookUpsMade = 0;                                                           // in the window
    std::unordered_map<Sha256Digest, std::shared_ptr<LookUp>, DigestHash> m_lookUps; // under way, by the same
    std::shared_ptr<asio::steady_timer> m_underWay; // of a look: cancelled when it is done
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace exo::server
