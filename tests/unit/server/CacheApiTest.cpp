#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

TEST_CASE("the state of the cache is shown, and it can be emptied") {
    ServerRig rig;
    rig.gateway.gatewayStats.cache.localHits = 3;
    rig.gateway.gatewayStats.cache.localMisses = 1;
    rig.gateway.gatewayStats.cache.localBytes = 1000;
    rig.gateway.gatewayStats.cache.redis = RedisState::Down;
    rig.gateway.gatewayStats.coalesced = 7;
    const Json shown = rig.call("GET", "/api/v1/cache").json();
    CHECK(shown["local"]["hitRate"] == 0.75);
    CHECK(shown["local"]["bytes"] == 1000);
    CHECK(shown["redis"]["state"] == "down");
    CHECK(shown["redis"]["hitRate"] == 0);
    CHECK(shown["coalesced"] == 7);
    CHECK(rig.gateway.purges == 0);
    CHECK(rig.call("POST", "/api/v1/cache/purge").status == 200);
    CHECK(rig.gateway.purges == 1);
}
