// A machine at its limit refuses in a fixed order. The limit is no use of the CPU at all, so that each
// sample of a second counts as overload and every three of them are one step more.

#include "tests/fault/Rig.h"

#include <doctest/doctest.h>

using namespace exo::test;

namespace {

void checkOverloaded(const RawCall& client) {
    CHECK(client.status() == 503);
    CHECK(client.header("Retry-After") == "5");
    CHECK(client.header("x-should-retry").empty());
    const Json error = Json::parse(client.body())["error"];
    CHECK(error["code"] == "overloaded");
    CHECK(error["type"] == "service_unavailable_error");
}

} // namespace

TEST_SUITE_BEGIN("overload");

TEST_CASE(
    "low priority, then big bodies, then everything but high priority; what is cached is always served") {
    Rig rig(Json{{"limits", {{"maxCpuUsage", 0}}}});
    const std::string key = rig.makeKey("normal"), vip = rig.makeKey("vip", "high");
    rig.start();
    int asked = 0;
    const auto ask = [&](std::size_t bytes, const std::string& with, const std::string& priority = {}) {
        Headers headers{{"Authorization", "Bearer " + with}};
        if (!priority.empty()) headers.emplace_back("x-exobrain-priority", priority);
        const std::string text = std::to_string(++asked) + std::string(bytes, 'x');
        RawCall client = rig.ask(chat("say:yes", text, false), headers);
        REQUIRE(client.waitForEnd());
        return client;
    };
    const auto untilRefused = [&](const char* what, std::size_t bytes, const std::string& priority = {}) {
        std::unique_ptr<RawCall> refused;
        rig.waitFor(what, [&] {
            refused = std::make_unique<RawCall>(ask(bytes, key, priority));
            return refused->status() != 200;
        });
        checkOverloaded(*refused);
    };
    constexpr std::size_t k_small = 10, k_big = 300 << 10;

    const Json known = chat("say:known", "what everybody asks", false);
    RawCall first = rig.ask(known, {{"Authorization", "Bearer " + key}});
    REQUIRE(first.waitForEnd());
    CHECK(first.status() == 200);
    const double cacheLimit = rig.metric("exobrain_cache_limit_bytes{tier=\"local\"}");

    untilRefused("low priority is refused", k_small, "low");
    CHECK(rig.metric("exobrain_cache_limit_bytes{tier=\"local\"}") <= cacheLimit / 2 + 1);
    CHECK(ask(k_big, key).status() == 200);
    CHECK(ask(k_small, key).status() == 200);

    untilRefused("big bodies are refused", k_big);
    CHECK(ask(k_small, key).status() == 200);
    CHECK(ask(k_big, vip).status() == 200);

    untilRefused("normal priority is refused", k_small);
    CHECK(ask(k_small, key, "low").status() == 503);
    CHECK(ask(k_big, vip).status() == 200);
    CHECK(ask(k_small, vip, "normal").status() == 503);

    RawCall again = rig.ask(known, {{"Authorization", "Bearer " + key}, {"x-exobrain-priority", "low"}});
    REQUIRE(again.waitForEnd());
    CHECK(again.status() == 200);
    CHECK(again.header("x-exobrain-cache") == "HIT");
    for (const char* path : {"/healthz", "/readyz", "/metrics"})
        CHECK(rig.get(path).status == 200);
    CHECK(rig.get("/v1/models", key).status == 200);
    for (const char* reason : {"overload_low_priority", "overload_big_body", "overload_normal_priority"})
        CHECK(rig.metric(std::string("exobrain_rejected_total{reason=\"") + reason + "\"}") >= 1);
    CHECK(rig.gaugesAre(0, 0));
}

TEST_SUITE_END();
