// The shared window, counted by a real Redis.
#include "core/cache/SharedRateLimiter.h"

#include "RedisRig.h"

using namespace exo;
using namespace exo::test;

namespace {

struct LimiterRig : RedisRig {
    using Told = std::optional<RateVerdict>;

    std::unique_ptr<SharedRateLimiter> limiter(const std::string& url,
                                               RedisLimits limits = patient().limits) {
        auto address = parseRedisUrl(url);
        REQUIRE(address.ok());
        return std::make_unique<SharedRateLimiter>(io, std::move(*address), limits, clock);
    }
    Told count(SharedRateLimiter& limiter, const std::string& name, Rate rate) {
        auto told = run(io, limiter.count(name, rate, {}));
        REQUIRE(told.ok());
        return *told;
    }
    // So many at once; how many were allowed, nullopt when Redis did not tell of each.
    std::optional<int> allowed(std::vector<SharedRateLimiter*> limiters, const std::string& name, Rate rate,
                               int tries) {
        int allowed = 0, ended = 0, untold = 0;
        for (int i = 0; i < tries; ++i)
            asio::co_spawn(
                io,
                [](SharedRateLimiter& l, std::string n, Rate r, int& a, int& u,
                   int& e) -> asio::awaitable<void> {
                    const auto told = co_await l.count(std::move(n), r, {});
                    if (!told.ok() || !*told)
                        ++u;
                    else
                        a += (*told)->allowed ? 1 : 0;
                    ++e;
                }(*limiters[static_cast<std::size_t>(i) % limiters.size()], name, rate, allowed, untold,
                           ended),
                asio::detached);
        REQUIRE(until([&] { return ended == tries; }));
        return untold == 0 ? std::optional(allowed) : std::nullopt;
    }
};

constexpr Rate k_rate{100, Millis(3600'000)};

// The times a key has counted, moved into the past: what waiting would do.
void age(const RedisServer& redis, const std::string& name, std::int64_t micros) {
    redis.ask({"EVAL",
               "local all = redis.call('LRANGE', KEYS[1], 0, -1) "
               "for i, at in ipairs(all) do "
               "redis.call('LSET', KEYS[1], i - 1, string.format('%.0f', tonumber(at) - ARGV[1])) end",
               "1", "exobrain:rate:" + name, std::to_string(micros)});
}

} // namespace

TEST_CASE("two servers on one Redis allow so many in all, whoever is asked, and tell what is left") {
    LimiterRig rig;
    RedisServer redis(rig.folder.path());
    auto one = rig.limiter(redis.url());
    auto two = rig.limiter(redis.url());
    CHECK(rig.allowed({one.get(), two.get()}, "key:a", k_rate, 150) == 100);
    CHECK(rig.allowed({one.get(), two.get()}, "key:b", k_rate, 40) == 40); // of its own
    const auto left = rig.count(*one, "key:b", k_rate);
    REQUIRE(left);
    CHECK(left->allowed);
    CHECK(left->remaining == 59);
    CHECK(left->untilMore > Millis(3500'000));
    CHECK(left->untilFull <= Millis(3600'000));
    CHECK(left->untilFull >= left->untilMore);
    const auto refused = rig.count(*two, "key:a", k_rate);
    REQUIRE(refused);
    CHECK(!refused->allowed);
    CHECK(refused->remaining == 0);
    CHECK(refused->untilMore > Millis(3500'000));
}

TEST_CASE("the window slides: what is older does not count, and one place comes free after the other") {
    LimiterRig rig;
    RedisServer redis(rig.folder.path());
    auto limiter = rig.limiter(redis.url());
    const Rate rate{3, Millis(3600'000)};
    CHECK(rig.allowed({limiter.get()}, "key:a", rate, 2) == 2);
    age(redis, "key:a", 3000'000'000); // fifty minutes
    CHECK(rig.allowed({limiter.get()}, "key:a", rate, 3) == 1);
    const auto refused = rig.count(*limiter, "key:a", rate);
    REQUIRE(refused);
    CHECK(refused->untilMore <= Millis(600'000));
    CHECK(refused->untilFull > Millis(3500'000));
    age(redis, "key:a", 600'000'000);
    CHECK(rig.allowed({limiter.get()}, "key:a", rate, 3) == 2);
    // A lower limit holds at once and says when there is room below it.
    const auto lowered = rig.count(*limiter, "key:a", {1, rate.window});
    REQUIRE(lowered);
    CHECK(!lowered->allowed);
    CHECK(lowered->untilMore == lowered->untilFull);
    CHECK(std::stoll(redis.ask({"PTTL", "exobrain:rate:key:a"})) > 0); // forgotten by Redis itself
}

TEST_CASE("a clock set back lets nothing more through; one set back by more than the window begins anew") {
    LimiterRig rig;
    RedisServer redis(rig.folder.path());
    auto limiter = rig.limiter(redis.url());
    const Rate rate{2, Millis(60'000)};
    CHECK(rig.allowed({limiter.get()}, "key:a", rate, 2) == 2);
    age(redis, "key:a", -30'000'000);
    CHECK(rig.allowed({limiter.get()}, "key:a", rate, 2) == 0);
    age(redis, "key:a", -60'000'000);
    CHECK(rig.allowed({limiter.get()}, "key:a", rate, 3) == 2);
}

TEST_CASE("one round trip a request, also after Redis has forgotten the script") {
    LimiterRig rig;
    RedisServer redis(rig.folder.path());
    auto limiter = rig.limiter(redis.url());
    CHECK(rig.allowed({limiter.get()}, "key:a", k_rate, 1) == 1);
    REQUIRE(rig.until([&] {
        return redis.ask({"INFO", "commandstats"}).find("cmdstat_script") != std::string::npos;
    }));
    redis.ask({"CONFIG", "RESETSTAT"});
    CHECK(rig.allowed({limiter.get()}, "key:a", k_rate, 20) == 20);
    const std::string stats = redis.ask({"INFO", "commandstats"});
    CHECK(stats.find("cmdstat_evalsha:calls=20,") != std::string::npos);
    CHECK(stats.find("cmdstat_eval:") == std::string::npos);
    redis.ask({"SCRIPT", "FLUSH"});
    CHECK(rig.allowed({limiter.get()}, "key:a", k_rate, 1) == 1);
    CHECK(rig.allowed({limiter.get()}, "key:a", k_rate, 1) == 1);
    CHECK(redis.ask({"INFO", "commandstats"}).find("cmdstat_eval:calls=1,") != std::string::npos);
}

TEST_CASE("where a script may only be sent whole it is, after one vain try") {
    LimiterRig rig;
    RedisServer redis(rig.folder.path());
    redis.ask({"ACL", "SETUSER", "default", "-evalsha", "-script"});
    auto limiter = rig.limiter(redis.url());
    const Rate rate{3, Millis(3600'000)};
    REQUIRE(rig.until([&] { return limiter->worthAsking(); }));
    CHECK(rig.allowed({limiter.get()}, "key:a", rate, 5) == 3);
    redis.ask({"CONFIG", "RESETSTAT"});
    CHECK(rig.allowed({limiter.get()}, "key:b", k_rate, 20) == 20);
    const std::string stats = redis.ask({"INFO", "commandstats"});
    CHECK(stats.find("cmdstat_eval:calls=20,") != std::string::npos);
    CHECK(stats.find("cmdstat_evalsha") == std::string::npos);
    redis.ask({"ACL", "SETUSER", "default", "-eval"}); // nothing is left
    CHECK(rig.allowed({limiter.get()}, "key:b", k_rate, 1) == std::nullopt);
}

TEST_CASE(
    "a Redis that is away, frozen or refuses says nothing, is not asked again at once, and comes back") {
    LimiterRig rig;
    RedisServer redis(rig.folder.path());
    RedisLimits limits = hasty().limits;
    limits.lookup = Millis(300); // is had in time while nothing is wrong
    auto limiter = rig.limiter(redis.url(), limits);
    const auto works = [&] { return rig.count(*limiter, "key:a", k_rate).has_value(); };
    REQUIRE(rig.until(works));
    SUBCASE("killed") {
        redis.stop();
        CHECK(!works());
        REQUIRE(rig.until([&] { return !limiter->worthAsking(); }));
        CHECK(!works());
        redis.start();
    }
    SUBCASE("frozen") {
        redis.freeze();
        CHECK(!works());
        REQUIRE(rig.until([&] { return !limiter->worthAsking(); }));
        redis.thaw();
    }
    SUBCASE("the key is something else") {
        redis.ask({"DEL", "exobrain:rate:key:a"});
        redis.ask({"SET", "exobrain:rate:key:a", "x"});
        CHECK(!works());
        redis.ask({"DEL", "exobrain:rate:key:a"});
    }
    SUBCASE("full") {
        redis.ask({"CONFIG", "SET", "maxmemory", "1"});
        CHECK(!works());
        redis.ask({"CONFIG", "SET", "maxmemory", "0"});
    }
    CHECK(rig.until([&] { return limiter->worthAsking() && works(); }));
}

TEST_CASE("only what the script can have said is believed") {
    const Rate rate{100, Millis(60'000)};
    const auto told = parseRateReply("1 57 23000 60000", rate);
    REQUIRE(told);
    CHECK(told->allowed);
    CHECK(told->remaining == 57);
    CHECK(told->untilMore == Millis(23'000));
    CHECK(told->untilFull == Millis(60'000));
    CHECK(parseRateReply("0 0 1 60000", rate));
    for (const char* text :
         {"", "1", "1 57 23000", "1 57 23000 60000 1", "1 57 23000 60000\n", "1 57 23000 60001", "2 57 1 1",
          "-1 0 1 1", "0 3 1 1", "0 0 0 60000", "1 100 1 1", "1  57 1 1", "OK", "1 99999999999999999999 1 1"})
        CHECK_MESSAGE(!parseRateReply(text, rate), text);
}
