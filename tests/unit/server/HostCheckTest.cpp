#include "core/server/HostCheck.h"

#include <doctest/doctest.h>

using namespace exo::server;

TEST_CASE("loopback names and addresses are served with any port") {
    const HostPolicy policy{"127.0.0.1", {}};
    for (const char* host : {"127.0.0.1", "127.0.0.1:8686", "127.8.9.1:1", "localhost", "LocalHost:9",
                             "localhost.:80", "[::1]", "[::1]:8686"})
        CHECK_MESSAGE(hostAllowed(host, policy), host);
}

TEST_CASE("foreign names and addresses are refused, also those that look like loopback") {
    const HostPolicy policy{"127.0.0.1", {}};
    for (const char* host : {"", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8686",
                             "127.evil.example", "192.168.1.7:8686", "[::1", "[fe80::1]:80", ":8686"})
        CHECK_MESSAGE(!hostAllowed(host, policy), host);
}

TEST_CASE("the listen address and the allowed hosts are served") {
    const HostPolicy policy{"10.1.2.3", {"brain.example", "strict.example:8443"}};
    CHECK(hostAllowed("10.1.2.3:8686", policy));
    CHECK_FALSE(hostAllowed("10.1.2.4:8686", policy));
    CHECK(hostAllowed("brain.example", policy));
    CHECK(hostAllowed("BRAIN.example:443", policy));
    CHECK(hostAllowed("strict.example:8443", policy));
    CHECK_FALSE(hostAllowed("strict.example:1", policy));
    CHECK_FALSE(hostAllowed("sub.brain.example", policy));
}

TEST_CASE("listening everywhere, every address is served but no unknown name") {
    for (const char* listen : {"0.0.0.0", "::"}) {
        const HostPolicy policy{listen, {}};
        CHECK(policy.listensEverywhere());
        CHECK(hostAllowed("192.168.1.7:8686", policy));
        CHECK(hostAllowed("[2001:db8::1]:8686", policy));
        CHECK_FALSE(hostAllowed("rebound.example:8686", policy));
    }
}

TEST_CASE("an origin must be the host itself or an allowed host") {
    const HostPolicy policy{"127.0.0.1", {"brain.example"}};
    CHECK(originAllowed("http://127.0.0.1:8686", "127.0.0.1:8686", policy));
    CHECK(originAllowed("http://localhost:8686", "localhost:8686", policy));
    CHECK(originAllowed("https://brain.example", "127.0.0.1:8686", policy));
    CHECK_FALSE(originAllowed("http://localhost:3000", "localhost:8686", policy));
    CHECK_FALSE(originAllowed("http://evil.example", "127.0.0.1:8686", policy));
    CHECK_FALSE(originAllowed("null", "127.0.0.1:8686", policy));
    CHECK_FALSE(originAllowed("file://127.0.0.1:8686", "127.0.0.1:8686", policy));
}
