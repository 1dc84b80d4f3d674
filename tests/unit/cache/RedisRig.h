#pragma once
// A real Redis and caches before it, on one io context. Limits are long where nothing is to be late.

#include "core/cache/RedisCache.h"
#include "core/net/AsioTimers.h"
#include "tests/support/RunTask.h"
#include "tests/support/TempHome.h"
#include "tests/support/process/RedisServer.h"

#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace exo::test {

inline CacheKey keyNumber(std::uint64_t number) {
    CacheKey key{};
    std::memcpy(key.data(), &number, sizeof number);
    return key;
}

inline CacheValue text(std::string value) {
    return std::make_shared<const std::string>(std::move(value));
}

inline RedisOptions patient() {
    RedisOptions options;
    options.limits.lookup = Millis(20'000);
    options.limits.connect = Millis(20'000);
    options.limits.pause = Millis(20);
    return options;
}

// Frozen servers are noticed soon; whoever uses this must not need a server to be quick.
inline RedisOptions hasty() {
    RedisOptions options = patient();
    options.limits.lookup = Millis(50);
    return options;
}

struct RedisRig {
    using Found = std::optional<CacheHit>;

    TempHome folder;
    asio::io_context io;
    SystemClock clock;
    std::unique_ptr<Timers> timers = net::makeTimers(io);

    std::unique_ptr<RedisCache> cache(const std::string& url, RedisOptions options = patient()) {
        auto address = parseRedisUrl(url);
        REQUIRE(address.ok());
        return std::make_unique<RedisCache>(io, std::move(*address), std::move(options), clock);
    }
    Found find(RedisCache& cache, const CacheKey& key) {
        auto found = run(io, cache.find(key, {}));
        REQUIRE(found.ok());
        return std::move(*found);
    }
    // Until it holds; a test that waits in vain fails.
    bool until(const std::function<bool()>& holds) {
        for (int tries = 0; tries < 4000; ++tries) {
            if (holds()) return true;
            (void)run(io, net::sleepFor(*timers, Millis(5), {}));
        }
        return false;
    }
    void untilUp(RedisCache& cache) {
        REQUIRE(until([&] { return cache.stats().state == RedisState::Up; }));
    }
    void untilDown(RedisCache& cache) {
        REQUIRE(until([&] { return cache.stats().state == RedisState::Down && !cache.worthAsking(); }));
    }
    // Stores and waits until it can be read.
    void put(RedisCache& cache, const CacheKey& key, const std::string& value,
             Millis ttl = Millis(3600'000)) {
        cache.store(key, text(value), ttl);
        REQUIRE(until([&] { return find(cache, key).has_value(); }));
    }
    // All lookups at once; how many found something.
    int findMany(RedisCache& cache, const std::vector<CacheKey>& keys) {
        int found = 0;
        std::size_t ended = 0;
        for (const CacheKey& key : keys)
            asio::co_spawn(
                io,
                [](RedisCache& c, CacheKey k, int& f, std::size_t& e) -> asio::awaitable<void> {
                    const auto hit = co_await c.find(k, {});
                    f += hit.ok() && hit->has_value() ? 1 : 0;
                    ++e;
                }(cache, key, found, ended),
                asio::detached);
        REQUIRE(until([&] { return ended == keys.size(); }));
        return found;
    }
};

} // namespace exo::test
