#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

using namespace exo;
using test::Captured;
using test::ServerRig;

namespace {

net::ServerRequest models(std::vector<net::Header> extra = {}) {
    auto request = ServerRig::request("GET", "/v1/models");
    for (auto& header : extra)
        request.headers.push_back(std::move(header));
    return request;
}

net::ServerRequest withKey(const std::string& key) {
    return models({{"Authorization", "Bearer " + key}});
}

server::KnownKey key(std::string id, Priority priority = Priority::Normal) {
    server::KnownKey known;
    known.id = std::move(id);
    known.priority = priority;
    return known;
}

std::string codeOf(const Captured& captured) {
    return captured.json()["error"]["code"].get<std::string>();
}

} // namespace

TEST_CASE("without any key in the store loopback is the local user, whatever key it sends") {
    ServerRig rig;
    CHECK(rig.call(models()).status == 200);
    CHECK(rig.call(withKey("sk-anything")).status == 200);
    CHECK(rig.call(withKey("exo_aaaa_bbbb")).status == 200);
    rig.call("GET", "/api/v1/search?q=x");
    CHECK(rig.sessions.lastOwner.id == "local");
}

TEST_CASE("without any key in the store other machines are refused, behind a proxy too") {
    ServerRig rig;
    auto remote = models();
    remote.remoteIsLoopback = false;
    remote.remoteAddress = "192.0.2.7";
    const Captured refused = rig.call(remote);
    CHECK(refused.status == 401);
    CHECK(refused.header("WWW-Authenticate") == "Bearer");
    auto forwarded = models(); // nginx on this machine speaks for somebody else
    forwarded.remoteAddress = "192.0.2.7";
    CHECK(rig.call(forwarded).status == 401);
}

TEST_CASE("as soon as one key exists every call needs one") {
    ServerRig rig;
    rig.keys.add("exo_k1_secret", key("k1"));
    rig.clock.advance(Millis(1000));
    const Captured refused = rig.call(models());
    CHECK(refused.status == 401);
    CHECK(codeOf(refused) == "invalid_api_key");
    CHECK(refused.json()["error"]["type"] == "invalid_request_error");
    CHECK(rig.call(withKey("exo_k1_secret")).status == 200);
    CHECK(rig.call(models({{"x-api-key", "exo_k1_secret"}})).status == 200);
    CHECK(rig.call(models({{"authorization", "bearer   exo_k1_secret "}})).status == 200);
    CHECK(rig.call(withKey("exo_k1_wrong")).status == 401);
    CHECK(rig.call(withKey("sk-other")).status == 401);
    CHECK(rig.call("GET", "/healthz").status == 200);
    CHECK(rig.call("GET", "/v1/nothing").status == 401);
    CHECK(rig.call("GET", "/api/v1/status").status == 401);
}

TEST_CASE("a key made by another process works at once") {
    ServerRig rig;
    rig.keys.add("exo_k1_secret", key("k1"));
    rig.clock.advance(Millis(1000));
    CHECK(rig.call(withKey("exo_k1_secret")).status == 200);
    rig.keys.add("exo_k2_secret", key("k2"));
    CHECK(rig.call(withKey("exo_k2_secret")).status == 200); // no time has passed
}

TEST_CASE("a revoked key is refused within a second and does not open the server") {
    ServerRig rig;
    rig.keys.add("exo_k1_secret", key("k1"));
    CHECK(rig.call(withKey("exo_k1_secret")).status == 200);
    rig.keys.entries[0].key.revoked = true;
    ++rig.keys.version;
    rig.clock.advance(Millis(1000));
    const Captured refused = rig.call(withKey("exo_k1_secret"));
    CHECK(refused.status == 401);
    CHECK(refused.json()["error"]["message"].get<std::string>().find("revoked") != std::string::npos);
    CHECK(rig.call(models()).status == 401);
}

TEST_CASE("a key expires by the wall clock") {
    ServerRig rig;
    auto expiring = key("k1");
    expiring.expiresAt = rig.clock.wallNow() + Millis(500);
    rig.keys.add("exo_k1_secret", expiring);
    CHECK(rig.call(withKey("exo_k1_secret")).status == 200);
    rig.clock.advance(Millis(500));
    CHECK(rig.call(withKey("exo_k1_secret")).status == 401);
}

TEST_CASE("a proven key costs no look into the store, guesses only a bounded number") {
    ServerRig rig;
    rig.keys.add("exo_k1_secret", key("k1"));
    rig.clock.advance(Millis(1000));
    for (int i = 0; i < 10; ++i)
        CHECK(rig.call(withKey("exo_k1_secret")).status == 200);
    CHECK(rig.keys.verifications == 1);
    for (int i = 0; i < 500; ++i)
        CHECK(rig.call(withKey("exo_k1_guess" + std::to_string(i))).status == (i < 49 ? 401 : 429));
    CHECK(rig.keys.verifications == 50);
    CHECK(rig.call(withKey("exo_k1_secret")).status == 200); // the storm shuts nobody out
}

TEST_CASE(
    "a crowd with a key that was not met before is one look into the store, and nobody is turned away") {
    asio::io_context io;
    test::FakeClock clock;
    test::FakeKeys keys;
    keys.add("exo_k1_secret", key("k1"));
    server::KeyCache cache(keys, clock);
    int good = 0, wrong = 0;
    for (int i = 0; i < 500; ++i)
        for (const char* token : {"exo_k1_secret", "exo_k1_guess"})
            asio::co_spawn(
                io,
                [&, token]() -> asio::awaitable<void> {
                    const auto found = co_await cache.find(token);
                    if (found.ok()) ++good;
                    if (!found.ok() && found.error().code == ErrorCode::InvalidApiKey) ++wrong;
                },
                asio::detached);
    io.run();
    CHECK(good == 500);
    CHECK(wrong == 500);
    CHECK(keys.verifications == 2);
}

TEST_CASE("a store that does not answer holds nobody up who is known") {
    ServerRig rig;
    rig.keys.add("exo_k1_secret", key("k1"));
    rig.clock.advance(Millis(1000));
    CHECK(rig.call(withKey("exo_k1_secret")).status == 200);
    rig.keys.silent = true;
    const int before = rig.keys.lists;
    for (int i = 0; i < 3; ++i) {
        rig.clock.advance(Millis(1000));
        CHECK(rig.call(withKey("exo_k1_secret")).status == 200);
        CHECK(rig.call(models()).status == 401);
    }
    CHECK(rig.keys.lists == before + 1); // it is asked once, not over and over
}

TEST_CASE("the store is asked for changes at most once a second") {
    ServerRig rig;
    const int before = rig.keys.lists;
    for (int i = 0; i < 20; ++i)
        rig.call(models());
    CHECK(rig.keys.lists == before);
    rig.clock.advance(Millis(1000));
    rig.call(models());
    rig.call(models());
    CHECK(rig.keys.lists == before + 1);
}

TEST_CASE("sessions belong to the key that made them") {
    ServerRig rig;
    rig.keys.add("exo_k1_secret", key("k1"));
    rig.keys.add("exo_k2_secret", key("k2"));
    const auto as = [](const char* secret, const char* method, const char* target, const char* body = "") {
        auto request = ServerRig::request(method, target, body);
        request.headers.push_back({"x-api-key", secret});
        return request;
    };
    const Captured made = rig.call(as("exo_k1_secret", "POST", "/api/v1/sessions", R"({"title":"mine"})"));
    REQUIRE(made.status == 201);
    const std::string path = "/api/v1/sessions/" + made.json()["id"].get<std::string>();
    CHECK(rig.call(as("exo_k1_secret", "GET", path.c_str())).status == 200);
    CHECK(rig.call(as("exo_k2_secret", "GET", path.c_str())).status == 404);
}

TEST_CASE("the priority header can lower a key's priority, not raise it") {
    ServerRig rig;
    rig.keys.add("exo_n_secret", key("n"));
    rig.keys.add("exo_l_secret", key("l", Priority::Low));
    const auto priority = [&](const char* secret, const char* wish) {
        auto request = ServerRig::request("POST", "/v1/chat/completions",
                                          R"({"model":"m","messages":[{"role":"user","content":"x"}]})");
        request.headers.push_back({"x-api-key", secret});
        if (*wish) request.headers.push_back({"x-exobrain-priority", wish});
        const int status = rig.call(request).status;
        return status == 200 ? std::optional(rig.gateway.lastCall.priority) : std::nullopt;
    };
    CHECK(priority("exo_n_secret", "") == Priority::Normal);
    CHECK(priority("exo_n_secret", "low") == Priority::Low);
    CHECK(priority("exo_n_secret", "HIGH") == Priority::Normal);
    CHECK(priority("exo_l_secret", "normal") == Priority::Low);
    CHECK(priority("exo_n_secret", "urgent") == std::nullopt);
    CHECK(rig.gateway.lastCall.tenant == "l");
}

TEST_CASE("a foreign Host or Origin is refused even from loopback, for reading too") {
    ServerRig rig;
    auto rebound = ServerRig::request("GET", "/api/v1/sessions");
    rebound.headers = {{"Host", "evil.example:8686"}};
    const Captured refused = rig.call(rebound);
    CHECK(refused.status == 403);
    CHECK(codeOf(refused) == "permission_denied");
    CHECK(rig.call(models({{"Origin", "http://evil.example"}})).status == 403);
    CHECK(rig.call(models({{"Origin", "null"}})).status == 403);
    CHECK(rig.call(models({{"Origin", "http://127.0.0.1:8686"}})).status == 200);
    const Captured plain = rig.call(models());
    CHECK(plain.header("Access-Control-Allow-Origin").empty());
    CHECK(plain.header("Cache-Control") == "no-store");
    auto probe = ServerRig::request("GET", "/healthz"); // a load balancer asks by whatever name it has
    probe.headers = {{"Host", "10.0.0.9"}};
    CHECK(rig.call(probe).status == 200);
}

TEST_CASE("only v1 and api are guarded, not names that begin like them") {
    CHECK(server::Authenticator::guards("/v1"));
    CHECK(server::Authenticator::guards("/v1/x"));
    CHECK(server::Authenticator::guards("/api/v1/sessions"));
    CHECK_FALSE(server::Authenticator::guards("/v10"));
    CHECK_FALSE(server::Authenticator::guards("/healthz"));
}
