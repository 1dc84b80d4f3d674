// server.onDisconnect "drain": what a client asked for is read to its end although it left.

#include "tests/fault/Rig.h"

#include <doctest/doctest.h>

using namespace exo::test;

namespace {

Json drains() {
    return {{"server", {{"onDisconnect", "drain"}}}};
}

// The client leaves `body`'s call once `ready`; the upstream says all it has to say all the same.
void leaveAndLookAt(Rig& rig, const Json& body, const std::function<void(RawCall&)>& ready) {
    const auto before = rig.upstream().log().size();
    RawCall client = rig.ask(body);
    rig.upstream().waitForRequests(before + 1);
    ready(client);
    client.leave();
    CHECK(rig.upstream().ended(before)["outcome"] == "completed");
    rig.waitUntilIdle();
    CHECK(rig.upstream().log().size() == before + 1);
}

} // namespace

TEST_SUITE_BEGIN("drain");

TEST_CASE("a stream that was left is read to its end, booked and kept") {
    Rig rig(drains());
    rig.start();
    const Json body = chat("text:20:40", "read it anyway", true);
    leaveAndLookAt(rig, body, [](RawCall& client) { REQUIRE(client.waitFor("data: ")); });
    rig.waitFor("the count of clients that left",
                [&] { return rig.metric("exobrain_client_disconnects_total{phase=\"streaming\"}") == 1; });
    CHECK(rig.metric("exobrain_tokens_total{type=\"output\"}") == 20);
    CHECK(rig.metric("exobrain_calls_failed_total") == 0);
    RawCall again = rig.ask(body, {{"Cache-Control", "only-if-cached"}});
    REQUIRE(again.waitForEnd());
    CHECK(again.status() == 200);
    CHECK(again.received().find("word20") != std::string::npos);
}

TEST_CASE("a whole answer and one before its first token are, too, and those that may not be shared") {
    Rig rig(drains());
    rig.start();
    for (const bool stream : {false, true}) {
        const Json body = chat("text:7+late:1500", stream ? "first token late" : "late as a whole", stream);
        leaveAndLookAt(rig, body, [](RawCall&) {});
        Json own = body;
        own["temperature"] = 1; // never shared, never kept
        leaveAndLookAt(rig, own, [](RawCall&) {});
    }
    rig.waitFor("the count of clients that left",
                [&] { return rig.metric("exobrain_client_disconnects_total{phase=\"upstream\"}") == 4; });
    RawCall again =
        rig.ask(chat("text:7+late:1500", "late as a whole", false), {{"Cache-Control", "only-if-cached"}});
    REQUIRE(again.waitForEnd());
    CHECK(again.status() == 200);
}

TEST_CASE("a client that leaves the queue is gone all the same") {
    Json settings = drains();
    settings["limits"] = {{"maxConcurrentRequests", 1}};
    Rig rig(settings);
    rig.start();
    RawCall runs = rig.ask(chat("text:5000:40", "runs", true));
    REQUIRE(runs.waitFor("data: "));
    RawCall waits = rig.ask(chat("echo", "waits", false));
    rig.waitForGauges(1, 1);
    waits.leave();
    rig.waitForGauges(1, 0);
    CHECK(rig.upstream().log().size() == 1);
}

TEST_CASE("silence ends what was left, and it is not asked for again") {
    Json settings = drains();
    settings["limits"] = {{"requestTimeout", 4000}};
    Rig rig(settings);
    rig.start();
    RawCall client = rig.ask(chat("text:3+stall:3", "stands still", true));
    REQUIRE(client.waitFor("data: "));
    client.leave();
    CHECK(rig.upstream().ended(0)["outcome"] == "client-closed");
    rig.waitUntilIdle();
    CHECK(rig.upstream().log().size() == 1);
}

TEST_SUITE_END();
