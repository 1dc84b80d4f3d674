#include "core/net/Address.h"

#include "core/net/HttpServer.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::net;

namespace {

std::string clientOf(const TrustedProxies& proxies, const char* peer, std::vector<std::string> forwarded) {
    std::vector<Header> headers;
    for (std::string& value : forwarded)
        headers.push_back({"X-Forwarded-For", std::move(value)});
    return proxies.client(asio::ip::make_address(peer), headers).to_string();
}

} // namespace

TEST_CASE("host:port is split, IPv6 only in brackets") {
    const auto plain = parseHostPort("127.0.0.1:8686");
    REQUIRE(plain.ok());
    CHECK(plain->host == "127.0.0.1");
    CHECK(plain->port == 8686);
    const auto wide = parseHostPort("[::1]:0");
    REQUIRE(wide.ok());
    CHECK(wide->host == "::1");
    CHECK(wide->port == 0);
    for (const char* text : {"", ":80", "host", "host:", "host:x", "host:70000", "host:-1", "::1:80", "[::1]",
                             "[]:1", "a b:1", "http://a:1", "[host]:1"}) {
        CAPTURE(text);
        CHECK_FALSE(parseHostPort(text).ok());
    }
}

TEST_CASE("loopback is known by every name it has") {
    for (const char* host : {"127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LocalHost", "localhost.",
                             "app.localhost", "::ffff:127.0.0.1"}) {
        CAPTURE(host);
        CHECK(isLoopbackHost(host));
    }
    for (const char* host :
         {"", "128.0.0.1", "::2", "localhost.example.com", "127.0.0.1.nip.io", "0.0.0.0", "mylocalhost"}) {
        CAPTURE(host);
        CHECK_FALSE(isLoopbackHost(host));
    }
}

TEST_CASE("the client behind trusted proxies is the rightmost hop nobody vouches for") {
    const TrustedProxies proxies({"127.0.0.1", "10.0.0.0/8", "fd00::/8", "not-an-address", "1.2.3.4/40"});
    CHECK(clientOf(proxies, "203.0.113.9", {"1.1.1.1"}) ==
          "203.0.113.9"); // not trusted: its claim counts nothing
    CHECK(clientOf(proxies, "127.0.0.1", {}) == "127.0.0.1");
    CHECK(clientOf(proxies, "127.0.0.1", {"1.1.1.1"}) == "1.1.1.1");
    CHECK(clientOf(proxies, "127.0.0.1", {"6.6.6.6, 1.1.1.1"}) ==
          "1.1.1.1"); // the left part was sent by the client
    CHECK(clientOf(proxies, "127.0.0.1", {"6.6.6.6, 1.1.1.1, 10.2.3.4"}) == "1.1.1.1");
    CHECK(clientOf(proxies, "127.0.0.1", {"6.6.6.6", "1.1.1.1, 10.2.3.4"}) == "1.1.1.1");
    CHECK(clientOf(proxies, "127.0.0.1", {"10.1.1.1, 10.2.3.4"}) == "10.1.1.1");
    CHECK(clientOf(proxies, "127.0.0.1", {"1.1.1.1:5678"}) == "1.1.1.1");
    CHECK(clientOf(proxies, "127.0.0.1", {"[2001:db8::7]:5678"}) == "2001:db8::7");
    CHECK(clientOf(proxies, "127.0.0.1", {"2001:db8::7"}) == "2001:db8::7");
    CHECK(clientOf(proxies, "127.0.0.1", {"6.6.6.6, unknown, 10.2.3.4"}) == "10.2.3.4");
    CHECK(clientOf(proxies, "127.0.0.1", {""}) == "127.0.0.1");
    CHECK(clientOf(proxies, "::ffff:127.0.0.1", {"::ffff:1.1.1.1"}) == "1.1.1.1");
    CHECK(clientOf(proxies, "fd12::1", {"1.1.1.1"}) == "1.1.1.1");
}

TEST_CASE("an IPv6 client counts by its /64") {
    const auto bucket = [](const char* text) { return clientBucket(asio::ip::make_address(text)); };
    CHECK(bucket("2001:db8:1:2:3::4") == bucket("2001:db8:1:2:ffff::1"));
    CHECK(bucket("2001:db8:1:2::1") != bucket("2001:db8:1:3::1"));
    CHECK(bucket("1.2.3.4") != bucket("1.2.3.5"));
    CHECK(bucket("::ffff:1.2.3.4") == bucket("1.2.3.4"));
}
