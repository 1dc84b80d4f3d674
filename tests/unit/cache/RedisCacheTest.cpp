// The second level against a real Redis.
#include "RedisRig.h"
#include "core/base/Log.h"
#include "core/base/Spawn.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace exo;
using namespace exo::test;

TEST_CASE("what one server has stored another one finds, with its age and its time") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path());
    const auto a = rig.cache(redis.url());
    const auto b = rig.cache(redis.url() + "?db=0");
    CHECK_FALSE(rig.find(*a, keyNumber(1)));
    std::string value = "the answer";
    value += '\0';
    value += "\r\n$5\r\n";
    rig.put(*a, keyNumber(1), value);
    const auto hit = rig.find(*b, keyNumber(1));
    REQUIRE(hit);
    CHECK(*hit->value == value);
    CHECK(hit->tier == CacheTier::Redis);
    CHECK(hit->age >= Millis(0));
    CHECK(hit->age < Millis(600'000));
    CHECK(hit->ttl + hit->age == Millis(3600'000));
    CHECK(b->stats().hits == 1);
    CHECK(b->stats().state == RedisState::Up);
    CHECK(b->stats().reason.empty());
    CHECK(b->stats().errors == 0);
    b->erase(keyNumber(1));
    CHECK(rig.until([&] { return !rig.find(*a, keyNumber(1)); }));
    const auto other = rig.cache(redis.url() + "?db=1");
    rig.put(*a, keyNumber(2), value);
    CHECK_FALSE(rig.find(*other, keyNumber(2)));
}

TEST_CASE("Redis drops an entry after its time and its grace, and gives it as expired in between") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path());
    const auto cache = rig.cache(redis.url());
    rig.put(*cache, keyNumber(1), "a", Millis(1));
    std::optional<CacheHit> hit;
    CHECK(rig.until([&] {
        hit = rig.find(*cache, keyNumber(1));
        return hit && hit->ttl < Millis(0);
    }));
    const std::string name = redis.ask({"--scan", "--pattern", "exobrain:*:*"});
    CHECK(name.size() == std::string("exobrain:").size() + 17 + 1 + 64);
    const long left = std::stol(redis.ask({"PTTL", name}));
    CHECK(left > 23 * 3600'000);
    CHECK(left <= 24 * 3600'000 + 1);
    redis.ask({"PERSIST", name}); // not ours any more
    CHECK_FALSE(rig.find(*cache, keyNumber(1)));
}

TEST_CASE("a purge is seen by all servers, and touches nobody else's keys") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path());
    int told = 0;
    RedisOptions options = patient();
    options.purgedByOther = [&] { ++told; };
    const auto a = rig.cache(redis.url());
    const auto b = rig.cache(redis.url(), options);
    redis.ask({"SET", "somebody:else", "x"});
    rig.put(*a, keyNumber(1), "a");
    CHECK(rig.find(*b, keyNumber(1)));
    CHECK(run(rig.io, a->purge()).ok());
    CHECK_FALSE(rig.find(*a, keyNumber(1)));
    CHECK(told == 0);
    CHECK_FALSE(rig.find(*b, keyNumber(1)));
    CHECK(told == 1);
    CHECK(redis.ask({"GET", "somebody:else"}) == "x");
    rig.put(*b, keyNumber(1), "anew");
    CHECK(*rig.find(*a, keyNumber(1))->value == "anew");

    // A generation that got lost hides what was there, and nobody's memory has to be emptied for it.
    redis.ask({"DEL", "exobrain:generation"});
    CHECK_FALSE(rig.find(*b, keyNumber(1)));
    rig.put(*b, keyNumber(2), "after");
    CHECK(told == 1);
}

TEST_CASE("a Redis that dies fails nobody, is left alone, and is used again when it is back") {
    RedisRig rig;
    RedisServer redis(rig.folder.path());
    log::setUp({}); // its lines are kept from now on
    const auto cache = rig.cache(redis.url());
    std::vector<CacheKey> keys;
    for (std::uint64_t i = 0; i < 200; ++i)
        keys.push_back(keyNumber(i));
    for (const CacheKey& key : keys)
        cache->store(key, text("a"), Millis(3600'000));
    CHECK(rig.until([&] { return rig.findMany(*cache, keys) == 200; }));
    CHECK(cache->connections() > 1);
    CHECK(cache->connections() <= 20);
    for (const CacheKey& key : keys) // under load
        asio::co_spawn(
            rig.io,
            [](RedisCache& c, CacheKey k) -> asio::awaitable<void> { (void)co_await c.find(k, {}); }(*cache,
                                                                                                     key),
            asio::detached);
    const auto said = [before = log::recentLines(0, 1)](std::string_view what) {
        return std::ranges::count_if(
            log::recentLines(before.empty() ? 0 : before.back().seq, 1000),
            [what](const log::Line& line) { return line.message.find(what) != std::string::npos; });
    };
    redis.stop();
    rig.findMany(*cache, keys); // none may hang
    rig.untilDown(*cache);
    CHECK_FALSE(cache->stats().reason.empty());
    CHECK(cache->stats().errors > 0);
    const auto dropped = cache->stats().droppedWrites;
    cache->store(keyNumber(1), text("b"), Millis(1000));
    CHECK(cache->stats().droppedWrites == dropped + 1);
    CHECK_FALSE(rig.find(*cache, keyNumber(1)));
    int looks = 0; // while probes are vain
    CHECK(rig.until([&] { return rig.findMany(*cache, keys) == 0 && ++looks == 20; }));
    CHECK(said("is not used") == 1); // one line for a change of its state
    redis.start();
    rig.untilUp(*cache);
    CHECK(said("is not used") == 1);
    CHECK(said("is used") == 1);
    CHECK_FALSE(rig.find(*cache, keyNumber(1))); // it was empty again
    rig.put(*cache, keyNumber(1), "c");
}

TEST_CASE("a frozen Redis delays those who ask at that moment, then nobody, until it goes on") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path());
    const auto filler = rig.cache(redis.url());
    rig.put(*filler, keyNumber(1), "a");
    const auto cache = rig.cache(redis.url(), hasty());
    rig.untilUp(*cache);
    redis.freeze();
    // However quick or slow this machine is, at some time one lookup is late and the way is closed.
    CHECK(rig.until([&] {
        CHECK_FALSE((rig.find(*cache, keyNumber(2)).has_value()));
        return !cache->worthAsking();
    }));
    CHECK(cache->stats().state == RedisState::Down);
    bool answered = false; // without a turn of the event loop that could wait
    spawnTask(rig.io, cache->find(keyNumber(1), {}),
              [&](Result<RedisRig::Found> found) { answered = found.ok() && !found->has_value(); });
    for (int turns = 0; turns < 10 && !answered; ++turns) {
        rig.io.restart();
        rig.io.poll();
    }
    CHECK(answered);
    // What is forgotten now is made up for before anything is read again.
    CHECK(run(rig.io, cache->purge()).ok());
    redis.thaw();
    rig.untilUp(*cache);
    CHECK_FALSE(rig.find(*cache, keyNumber(1)));
    CHECK(rig.until([&] { return !rig.find(*filler, keyNumber(1)); }));
}

TEST_CASE("a full Redis that evicts nothing drops writes and goes on answering") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path(), {"--maxmemory", "2mb", "--maxmemory-policy", "noeviction"});
    const auto cache = rig.cache(redis.url());
    rig.put(*cache, keyNumber(0), "small");
    std::uint64_t next = 1;
    CHECK(rig.until([&] {
        cache->store(keyNumber(next++), text(std::string(200'000, 'x')), Millis(3600'000));
        return cache->stats().droppedWrites > 3;
    }));
    CHECK(cache->stats().state == RedisState::Up);
    CHECK(cache->stats().errors > 0);
    const auto hit = rig.find(*cache, keyNumber(0));
    REQUIRE(hit);
    CHECK(*hit->value == "small");
    CHECK(run(rig.io, cache->purge()).ok()); // possible even so
    CHECK_FALSE(rig.find(*cache, keyNumber(0)));
    CHECK(cache->stats().state == RedisState::Up);
}

TEST_CASE("no more connections than allowed, and those who wait for one are served") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path());
    RedisOptions options = patient();
    options.limits.connections = 3;
    const auto cache = rig.cache(redis.url(), options);
    rig.put(*cache, keyNumber(1), "a");
    CHECK(rig.findMany(*cache, std::vector<CacheKey>(500, keyNumber(1))) == 500);
    CHECK(cache->connections() <= 3);
}

TEST_CASE("writes wait in a queue of so many bytes") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path());
    RedisOptions options = patient();
    options.maxQueued = 100'000;
    const auto cache = rig.cache(redis.url(), options);
    rig.untilUp(*cache);
    for (std::uint64_t i = 0; i < 10; ++i)
        cache->store(keyNumber(i), text(std::string(30'000, 'x')), Millis(3600'000));
    CHECK(cache->stats().droppedWrites == 7);
    CHECK(rig.until([&] { return rig.find(*cache, keyNumber(2)).has_value(); }));
    CHECK_FALSE(rig.find(*cache, keyNumber(3)));
    cache->store(keyNumber(3), text(std::string((1u << 20) + 1, 'x')), Millis(3600'000)); // too large
    rig.put(*cache, keyNumber(4), std::string(90'000, 'y'));
    CHECK_FALSE(rig.find(*cache, keyNumber(3)));
    CHECK(cache->stats().state == RedisState::Up);
}

TEST_CASE("what somebody else has put under our key is a miss") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path());
    const auto cache = rig.cache(redis.url());
    rig.put(*cache, keyNumber(1), "good");
    const std::string name = redis.ask({"--scan", "--pattern", "exobrain:*:*"});
    SUBCASE("other bytes") {
        redis.ask({"SET", name, "EXR1 but no", "PX", "10000"});
    }
    SUBCASE("a list") {
        redis.ask({"DEL", name});
        redis.ask({"RPUSH", name, "a"});
    }
    SUBCASE("the entry of another key") {
        rig.put(*cache, keyNumber(2), "another");
        std::string other = redis.ask({"--scan", "--pattern", "exobrain:*:*"});
        other.erase(other.find(name), name.size());
        std::erase(other, '\n');
        redis.ask({"COPY", other, name, "REPLACE"});
    }
    SUBCASE("something endless") {
        redis.ask({"SETRANGE", name, "50000000", "x"});
        redis.ask({"PEXPIRE", name, "10000"});
    }
    CHECK_FALSE(rig.find(*cache, keyNumber(1)));
    CHECK(cache->stats().errors > 0);
    CHECK(cache->stats().state == RedisState::Up);
    rig.put(*cache, keyNumber(1), "good again");
}

TEST_CASE("whoever leaves does not take the connection along") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path());
    RedisOptions options = patient();
    options.limits.connections = 1;
    const auto cache = rig.cache(redis.url(), options);
    rig.put(*cache, keyNumber(1), "a");
    redis.freeze();
    CancelSource cancel;
    std::optional<bool> found;
    spawnTask(rig.io, cache->find(keyNumber(1), cancel.token()),
              [&](Result<RedisRig::Found> hit) { found = hit.ok() && hit->has_value(); });
    for (int turns = 0; turns < 10; ++turns) {
        rig.io.restart();
        rig.io.poll();
    }
    CHECK_FALSE(found);
    cancel.cancel(CancelReason::ClientGone);
    CHECK(rig.until([&] { return found.has_value(); }));
    CHECK_FALSE(*found);
    redis.thaw();
    CHECK(rig.find(*cache, keyNumber(1)));
    CHECK(cache->connections() == 1);
    CHECK(cache->stats().state == RedisState::Up);
}

TEST_CASE("a wrong or missing password is said, the password is not") {
    RedisRig rig;
    const RedisServer redis(rig.folder.path(), {"--requirepass", "right-horse"});
    const auto none = rig.cache(redis.url());
    rig.untilDown(*none);
    CHECK(none->stats().reason.find("NOAUTH") != std::string::npos);
    const std::string socket = redis.socket().string();
    const auto wrong = rig.cache("unix://:wrong-horse@" + socket);
    rig.untilDown(*wrong);
    CHECK(wrong->stats().reason.find("WRONGPASS") != std::string::npos);
    CHECK(wrong->stats().reason.find("wrong-horse") == std::string::npos);
    const auto user = rig.cache("unix://default:right-horse@" + socket);
    rig.put(*user, keyNumber(1), "a");
    const auto right = rig.cache("unix://:right-horse@" + socket);
    CHECK(rig.find(*right, keyNumber(1)));
}

TEST_CASE("many keys travel together, and each gets its own answer") {
    RedisRig rig;
    const RedisServer server(rig.folder.path());
    const auto writer = rig.cache(server.url());
    const auto reader = rig.cache(server.url());
    constexpr std::uint64_t k_keys = 300; // more than one piece
    REQUIRE(rig.until([&] { return writer->worthAsking() && reader->worthAsking(); }));
    for (std::uint64_t i = 0; i < k_keys; i += 2)
        writer->store(keyNumber(i), text("value " + std::to_string(i)), Millis(60'000));
    REQUIRE(rig.until([&] { return rig.find(*reader, keyNumber(k_keys - 2)).has_value(); }));

    std::vector<CacheKey> keys;
    for (std::uint64_t i = 0; i < k_keys; ++i)
        keys.push_back(keyNumber(i));
    const std::int64_t before = reader->stats().hits;
    const auto connections = reader->connections();
    const auto hits = run(rig.io, reader->findMany(keys, {}));
    REQUIRE(hits.ok());
    REQUIRE(hits->size() == k_keys);
    for (std::uint64_t i = 0; i < k_keys; ++i) {
        const auto& hit = (*hits)[i];
        CHECK(hit.has_value() == (i % 2 == 0));
        if (hit) CHECK(*hit->value == "value " + std::to_string(i));
    }
    CHECK(reader->stats().hits - before == k_keys / 2);
    CHECK(reader->connections() == connections); // a pipeline, not a crowd
    CHECK(run(rig.io, reader->findMany(std::vector<CacheKey>(), {}))->empty());
}
