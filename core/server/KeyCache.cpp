#include "core/server/KeyCache.h"

#include "core/base/Log.h"
#include "core/base/Spawn.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace exo::server {

namespace {

constexpr Millis k_lookEvery{1000};
constexpr Millis k_lookWithin{1000}; // that a request waits for a look
constexpr Millis k_touchEvery{10 * 60'000};
constexpr int k_lookUpsPerSecond = 50;
constexpr std::size_t k_maxProven = 4096;
constexpr std::string_view k_prefix = "exo_";

Error wrongKey() {
    return fail(ErrorCode::InvalidApiKey, "the API key is wrong");
}

} // namespace

Task<void> KeyCache::freshen() {
    const SteadyTime now = m_clock.now();
    if (m_looked && now - *m_looked < k_lookEvery) co_return Result<void>();
    co_return co_await refresh();
}

bool KeyCache::expired(const KnownKey& key) const {
    return key.expiresAt && *key.expiresAt <= m_clock.wallNow();
}

Result<KnownKey> KeyCache::usable(const KnownKey& key) const {
    if (key.revoked) return fail(ErrorCode::InvalidApiKey, "this API key has been revoked");
    if (expired(key)) return fail(ErrorCode::InvalidApiKey, "this API key has expired");
    return key;
}

Task<KnownKey> KeyCache::find(std::string token) {
    if (!token.starts_with(k_prefix)) co_return wrongKey();
    const Sha256Digest digest = sha256(token);
    const KnownKey* known = proven(digest);
    if (!known) co_return co_await findInStore(std::move(token), digest);
    auto key = usable(*known);
    if (key.ok()) {
        std::string id = key->id;
        EXO_CO_CHECK(co_await noteUse(std::move(id)));
    }
    co_return key;
}

bool KeyCache::knows(std::string_view token) const {
    return token.starts_with(k_prefix) && proven(sha256(token)) != nullptr;
}

const KnownKey* KeyCache::proven(const Sha256Digest& digest) const {
    const auto id = m_proven.find(digest);
    const auto key = id == m_proven.end() ? m_keys.end() : m_keys.find(id->second);
    return key == m_keys.end() ? nullptr : &key->second;
}

const KnownKey* KeyCache::ready(std::string_view token) const {
    const SteadyTime now = m_clock.now();
    if (!m_looked || now - *m_looked >= k_lookEvery || !token.starts_with(k_prefix)) return nullptr;
    const KnownKey* key = proven(sha256(token));
    if (!key || key->revoked || expired(*key)) return nullptr;
    const auto touched = m_touched.find(key->id);
    return touched != m_touched.end() && now - touched->second < k_touchEvery ? key : nullptr;
}

// A client's first requests come in a crowd: one of them asks, the others wait for what it learns.
Task<KnownKey> KeyCache::findInStore(std::string token, Sha256Digest digest) {
    if (const auto running = m_lookUps.find(digest); running != m_lookUps.end()) {
        const auto lookUp = running->second;
        co_await lookUp->ended.async_wait(asio::as_tuple(asio::use_awaitable));
        co_return lookUp->result;
    }
    EXO_CO_CHECK(mayLookUp());
    const auto lookUp = std::make_shared<LookUp>(co_await asio::this_coro::executor);
    m_lookUps[digest] = lookUp;
    struct Over { // an exception must not leave the others waiting
        KeyCache& cache;
        const Sha256Digest& digest;
        LookUp& lookUp;
        ~Over() {
            lookUp.ended.cancel();
            cache.m_lookUps.erase(digest);
        }
    };
    const Over over{*this, digest, *lookUp};
    lookUp->result = co_await askStore(std::move(token), digest);
    co_return lookUp->result;
}

Result<void> KeyCache::mayLookUp() {
    const SteadyTime now = m_clock.now();
    if (now - m_lookUpWindow >= k_lookEvery) {
        m_lookUpWindow = now;
        m_lookUpsMade = 0;
    }
    if (++m_lookUpsMade <= k_lookUpsPerSecond) return {};
    // It may well be right.
    Error busy = fail(ErrorCode::RateLimitExceeded, "too many unknown API keys are being tried");
    busy.retryable = true;
    busy.retryAfter = k_lookEvery;
    return busy;
}

Task<KnownKey> KeyCache::askStore(std::string token, Sha256Digest digest) {
    EXO_CO_TRY(const auto key, co_await m_source.verify(std::move(token)));
    if (m_proven.size() >= k_maxProven) m_proven.clear();
    m_proven[digest] = key.id;
    m_keys[key.id] = key;
    std::string id = key.id;
    EXO_CO_CHECK(co_await noteUse(std::move(id)));
    co_return usable(key);
}

// Writing "last used" must neither delay nor fail a request.
Task<void> KeyCache::noteUse(std::string id) {
    const SteadyTime now = m_clock.now();
    const auto [it, first] = m_touched.try_emplace(id, now);
    if (!first && now - it->second < k_touchEvery) co_return Result<void>();
    it->second = now;
    const auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, m_source.touch(std::move(id)), [](std::exception_ptr, Result<void> touched) {
        if (!touched.ok())
            log::debug("the use of an API key was not noted: {}", touched.error().toLogString());
    });
    co_return Result<void>();
}

Task<void> KeyCache::refresh() {
    if (const auto running = m_underWay) {
        co_await running->async_wait(asio::as_tuple(asio::use_awaitable));
        co_return Result<void>();
    }
    m_looked = m_clock.now();
    if (!m_version) {
        EXO_CO_TRY(auto list, co_await m_source.list(m_version));
        take(std::move(list));
        co_return Result<void>();
    }
    // What is known stays in force: a store that cannot be read for a while must neither shut everybody out
    // nor hold everybody up.
    const auto executor = co_await asio::this_coro::executor;
    const auto underWay = std::make_shared<asio::steady_timer>(executor, k_lookWithin);
    m_underWay = underWay;
    spawnTask(executor, m_source.list(m_version),
              [this, alive = std::weak_ptr<bool>(m_alive)](Result<KeyList> list) {
                  if (alive.expired()) return;
                  std::exchange(m_underWay, nullptr)->cancel();
                  if (list.ok())
                      take(std::move(*list));
                  else
                      log::warn("API keys could not be read again: {}", list.error().toLogString());
              });
    if (m_underWay == underWay) co_await underWay->async_wait(asio::as_tuple(asio::use_awaitable));
    co_return Result<void>();
}

void KeyCache::take(KeyList list) {
    m_version = list.version;
    if (!list.changed) return;
    m_keys.clear();
    for (auto& key : list.keys) {
        std::string id = key.id;
        m_keys.emplace(std::move(id), std::move(key));
    }
}

} // namespace exo::server
