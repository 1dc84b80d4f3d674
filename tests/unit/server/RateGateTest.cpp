#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

const char* const k_question = R"({"model":"m","messages":[{"role":"user","content":"q"}]})";

Captured ask(ServerRig& rig, std::string address = "127.0.0.1", std::string token = {}) {
    auto request = rig.request("POST", "/v1/chat/completions", k_question);
    request.remoteAddress = std::move(address);
    if (!token.empty()) request.headers.push_back({"Authorization", "Bearer " + token});
    return rig.call(std::move(request));
}

server::KnownKey keyWith(std::string id, std::optional<Rate> rate) {
    server::KnownKey key;
    key.id = std::move(id);
    key.rate = rate;
    return key;
}

} // namespace

TEST_CASE("a hundred in any sixty seconds, and what is left is told in every dialect") {
    ServerRig rig;
    for (int i = 0; i < 100; ++i) {
        const Captured answer = ask(rig);
        REQUIRE(answer.status == 200);
        CHECK(answer.header("ratelimit-policy") == "\"default\";q=100;w=60");
        CHECK(answer.header("x-ratelimit-limit-requests") == "100");
        CHECK(answer.header("x-ratelimit-remaining-requests") == std::to_string(99 - i));
        rig.clock.advance(Millis(100));
    }
    const Captured refused = ask(rig); // ten seconds after the first
    CHECK(refused.status == 429);
    CHECK(refused.header("x-exobrain-limit") == "address");
    CHECK(refused.header("retry-after") == "50");
    CHECK(refused.header("retry-after-ms") == "50000");
    CHECK(refused.header("ratelimit") == "\"default\";r=0;t=50");
    CHECK(refused.header("x-ratelimit-reset-requests") == "1m0s");
    CHECK(refused.json()["error"]["type"] == "rate_limit_error");
    CHECK(refused.json()["error"]["code"] == "rate_limit_exceeded");
    rig.clock.advance(Millis(49'999));
    CHECK(ask(rig).status == 429);
    rig.clock.advance(Millis(1));
    CHECK(ask(rig).status == 200);
    CHECK(ask(rig).status == 429); // one place came free, not a hundred
}

TEST_CASE("each key has its own rate, whatever address it comes from") {
    ServerRig rig;
    rig.keys.add("exo_a_secret", keyWith("a", Rate{2, Millis(60'000)}));
    rig.keys.add("exo_b_secret", keyWith("b", {}));
    rig.clock.advance(Millis(1000));
    CHECK(ask(rig, "10.0.0.1", "exo_a_secret").status == 200);
    CHECK(ask(rig, "10.0.0.2", "exo_a_secret").status == 200);
    const Captured refused = ask(rig, "10.0.0.3", "exo_a_secret");
    CHECK(refused.status == 429);
    CHECK(refused.header("x-exobrain-limit") == "key");
    CHECK(refused.header("ratelimit-policy") == "\"default\";q=2;w=60");
    CHECK(ask(rig, "10.0.0.1", "exo_b_secret").status == 200);
}

TEST_CASE("looking things up is free, making a session answer is not, a reload holds at once") {
    ServerRig rig;
    rig.settings.rateLimit.maxRequests = 1;
    for (const char* path : {"/api/v1/sessions", "/api/v1/breakers", "/api/v1/cache", "/healthz"}) {
        const Captured answer = rig.call("GET", path);
        CHECK(answer.status == 200);
        CHECK(answer.header("ratelimit").empty());
    }
    CHECK(ask(rig).status == 200);
    CHECK(ask(rig).status == 429);
    CHECK(rig.call("POST", "/api/v1/sessions/s/messages", R"({"content":"q"})").status == 429);
    rig.settings.rateLimit.maxRequests = 3;
    CHECK(ask(rig).status == 200);
}

TEST_CASE("the breakers are shown with their reason and times") {
    ServerRig rig;
    BreakerInfo info;
    info.provider = "acme";
    info.model = "m";
    info.breaker.state = BreakerState::Open;
    info.breaker.failureRate = 0.5;
    info.breaker.calls = 10;
    info.breaker.reason = "upstream_timeout";
    info.breaker.openedAt = fromUnixMillis(1'700'000'000'000);
    info.breaker.retryAt = fromUnixMillis(1'700'000'030'000);
    rig.gateway.breakerList = {info, BreakerInfo{"acme", "n", {}}};
    rig.gateway.breakerList[1].concurrency[Awaited::Stream] = {12, 3, 1};
    const Json shown = rig.call("GET", "/api/v1/breakers").json()["breakers"];
    REQUIRE(shown.size() == 2);
    CHECK(shown[0] == Json{{"provider", "acme"},
                           {"model", "m"},
                           {"state", "open"},
                           {"failureRate", 0.5},
                           {"calls", 10},
                           {"reason", "upstream_timeout"},
                           {"openedAt", "2023-11-14T22:13:20.000Z"},
                           {"retryAt", "2023-11-14T22:13:50.000Z"}});
    CHECK(shown[1]["state"] == "closed");
    CHECK(shown[1]["reason"].is_null());
    CHECK(shown[1]["openedAt"].is_null());
    CHECK(shown[1]["concurrency"] == Json{{"stream", {{"limit", 12}, {"active", 3}, {"queued", 1}}}});
}
