// What Redis and its address look like: the parts without a server.
#include "core/cache/RedisAddress.h"
#include "core/cache/RedisValue.h"
#include "core/cache/RedisWire.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace exo;

TEST_CASE("the address of Redis in its three forms") {
    auto address = parseRedisUrl("redis://127.0.0.1");
    REQUIRE(address.ok());
    CHECK(address->kind == RedisAddress::Kind::Tcp);
    CHECK(address->host == "127.0.0.1");
    CHECK(address->port == 6379);
    CHECK(address->database == 0);
    CHECK(address->shown() == "redis://127.0.0.1:6379/0");

    address = parseRedisUrl("rediss://me:p%40ss%2F@[2001:db8::1]:7000/3");
    REQUIRE(address.ok());
    CHECK(address->kind == RedisAddress::Kind::Tls);
    CHECK(address->user == "me");
    CHECK(address->password.reveal() == "p@ss/");
    CHECK(address->host == "2001:db8::1");
    CHECK(address->database == 3);
    CHECK(address->shown() == "rediss://[2001:db8::1]:7000/3");

    address = parseRedisUrl("redis://:secret@cache.internal:6380/");
    REQUIRE(address.ok());
    CHECK(address->user.empty());
    CHECK(address->password.reveal() == "secret");

    address = parseRedisUrl("unix://:secret@/run/redis/redis.sock?db=2");
    REQUIRE(address.ok());
    CHECK(address->kind == RedisAddress::Kind::Unix);
    CHECK(address->path == "/run/redis/redis.sock");
    CHECK(address->database == 2);
    CHECK(address->shown() == "unix:///run/redis/redis.sock");
}

TEST_CASE("what is no address is refused, without repeating what may be a password") {
    const std::string longPath = "unix:///" + std::string(200, 'x');
    for (const std::string text : {"hunter2",
                                   "http://hunter2@a",
                                   "redis://",
                                   "redis://hunter2@a",
                                   "redis://:hunter2@",
                                   "redis://:hunter2@a:0",
                                   "redis://:hunter2@a:70000",
                                   "redis://:hunter2@a:x",
                                   "redis://:hunter2@a/b",
                                   "redis://:hunter2@a/-1",
                                   "redis://:hunter2@[::1",
                                   "redis://:hunter2@[::1]x",
                                   "redis://:hunt/er2@a",
                                   "redis://:hunter2%@a",
                                   "redis://:hunter2%zz@a",
                                   "redis://a?x=hunter2",
                                   "redis://:hunter2@a b",
                                   "unix://:hunter2@host/path",
                                   "unix://:hunter2@",
                                   "unix:///",
                                   longPath.c_str()}) {
        const auto address = parseRedisUrl(text);
        REQUIRE_MESSAGE(!address.ok(), text);
        CHECK(address.error().code == ErrorCode::ConfigError);
        CHECK_MESSAGE(address.error().detail.find("hunt") == std::string::npos, address.error().detail);
    }
}

TEST_CASE("replies are read in pieces of any size") {
    using namespace std::string_literals;
    const std::string all = "+PONG\r\n$5\r\na\r\nb\0\r\n$-1\r\n:-42\r\n-OOM no\r\n$0\r\n\r\n"s;
    for (std::size_t piece = 1; piece <= all.size(); ++piece) {
        RedisReader reader;
        std::vector<RedisReply> replies;
        for (std::size_t at = 0; at < all.size(); at += piece) {
            REQUIRE(reader.feed(std::string_view(all).substr(at, piece)).ok());
            for (;;) {
                auto reply = reader.next();
                REQUIRE(reply.ok());
                if (!reply->has_value()) break;
                replies.push_back(**reply);
            }
        }
        REQUIRE(replies.size() == 6);
        CHECK(replies[0].text == "PONG");
        CHECK(replies[1].text == std::string("a\r\nb\0", 5));
        CHECK(replies[2].kind == RedisReply::Kind::Nil);
        CHECK(replies[3].number == -42);
        CHECK(replies[4].isError());
        CHECK(replies[5].text.empty());
        CHECK(reader.pending() == 0);
    }
}

TEST_CASE("what is no reply, a list, and what never ends are refused") {
    const auto refused = [](std::string_view text) {
        RedisReader reader;
        if (!reader.feed(text).ok()) return true;
        for (;;) {
            const auto reply = reader.next();
            if (!reply.ok()) return true;
            if (!reply->has_value()) return false;
        }
    };
    CHECK(refused("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(refused("*1000000000\r\n"));
    CHECK(refused("+OK\r\n*1\r\n+OK\r\n"));
    CHECK(refused("%1\r\n+a\r\n+b\r\n"));
    CHECK(refused("$-7\r\n"));
    CHECK(refused("$x\r\n"));
    CHECK_FALSE(refused("$1000000000\r\nbegin"));
    CHECK(refused("$1000000000\r\n" + std::string(RedisReader::k_largestReply, 'x')));
    CHECK(refused("+" + std::string(RedisReader::k_largestReply, 'x')));
    CHECK_FALSE(refused("$1048600\r\n" + std::string(1048600, 'x') + "\r\n"));
}

TEST_CASE("a value comes back with the time that has passed, under its own key only") {
    CacheKey key{};
    key[0] = 7;
    const std::string bytes =
        encodeRedisValue(key, "the answer", {Millis(60'000), Millis(5'000), Millis(100'000)});
    CHECK(bytes.size() == k_redisValueHead + 10);
    auto hit = decodeRedisValue(key, bytes, Millis(90'000));
    REQUIRE(hit);
    CHECK(*hit->value == "the answer");
    CHECK(hit->age == Millis(15'000));
    CHECK(hit->ttl == Millis(50'000));
    CHECK(hit->tier == CacheTier::Redis);
    hit = decodeRedisValue(key, bytes, Millis(1'000));
    REQUIRE(hit);
    CHECK(hit->ttl == Millis(-39'000));
    CHECK_FALSE(decodeRedisValue(key, bytes, Millis(100'001))); // its end was moved
    CHECK_FALSE(decodeRedisValue(key, bytes, Millis(-1)));      // it has none
    CHECK_FALSE(decodeRedisValue(key, bytes, Millis(-2)));      // it is gone
    CacheKey other = key;
    other[31] = 1;
    CHECK_FALSE(decodeRedisValue(other, bytes, Millis(90'000)));
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        std::string damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
        CHECK_FALSE(decodeRedisValue(key, damaged, Millis(90'000)));
    }
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(decodeRedisValue(key, bytes.substr(0, size), Millis(90'000)));
    CHECK_FALSE(decodeRedisValue(key, bytes + "x", Millis(90'000)));
}
