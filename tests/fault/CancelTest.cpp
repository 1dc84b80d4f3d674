// A client that leaves stops its upstream, wherever its call is. What is asserted is that it happens and what
// follows from it; how long it took is printed.

#include "tests/fault/Deaf.h"
#include "tests/fault/Rig.h"

#include <doctest/doctest.h>

#include <thread>

using namespace exo::test;

namespace {

using Clock = std::chrono::steady_clock;

// A server watches for its client's end once a call has taken so long (ServerExchange.cpp); a client that
// leaves earlier is noticed then.
constexpr std::chrono::milliseconds k_watched{250};
constexpr double k_bound = 5000; // ms; what is expected is printed

void settle(Moment begin) {
    std::this_thread::sleep_until(begin + k_watched);
}

double millisSince(Moment moment) {
    return std::chrono::duration<double, std::milli>(Clock::now() - moment).count();
}

double closedAfter(const Json& entry, Moment left) {
    CHECK(entry["outcome"] == "client-closed");
    const double millis = millisBetween(left, entry["endedUs"].get<std::int64_t>());
    CHECK(millis < k_bound);
    return millis;
}

// What every phase has in common: nothing left, no failure of the target, one client lost.
void checkAftermath(Rig& rig, const std::string& phase, std::size_t requests) {
    rig.waitUntilIdle();
    CHECK(rig.upstream().log().size() == requests);
    const Json breakers = Json::parse(rig.get("/api/v1/breakers").body)["breakers"];
    for (const Json& breaker : breakers) {
        CHECK(breaker["state"] == "closed");
        CHECK(breaker["failureRate"] == 0);
    }
    rig.waitFor("the count of clients that left", [&] {
        return rig.metric("exobrain_client_disconnects_total{phase=\"" + phase + "\"}") == 1;
    });
    CHECK(rig.metric("exobrain_calls_failed_total") == 0);
}

// The behaviour is asked for, `ready` waits until the call is where it should be, then the client leaves.
void leaveDuring(const std::string& name, const std::string& behaviour, bool stream,
                 const std::function<void(Rig&, RawCall&)>& ready) {
    Rig rig;
    rig.start();
    const Moment begin = Clock::now();
    RawCall client = rig.ask(chat(behaviour, name, stream));
    rig.upstream().waitForRequests(1);
    ready(rig, client);
    settle(begin);
    const Moment left = client.leave();
    figure(name, closedAfter(rig.upstream().ended(0), left));
    checkAftermath(rig, client.received().empty() ? "upstream" : "streaming", 1);
}

} // namespace

TEST_SUITE_BEGIN("cancel");

TEST_CASE("1: a client that leaves the queue is never seen upstream") {
    Rig rig(Json{{"limits", {{"maxConcurrentRequests", 1}}}});
    rig.start();
    RawCall runs = rig.ask(chat("text:500:40", "runs", true));
    REQUIRE(runs.waitFor("data: "));
    const Moment begin = Clock::now();
    RawCall waits = rig.ask(chat("echo", "waits", false));
    rig.waitForGauges(1, 1);
    settle(begin);
    const Moment left = waits.leave();
    rig.waitForGauges(1, 0);
    figure("in the queue, until the gauge shows it", millisSince(left));
    runs.leave();
    CHECK(rig.upstream().ended(0)["outcome"] == "client-closed");
    rig.waitUntilIdle();
    CHECK(rig.upstream().log().size() == 1);
    CHECK(rig.metric("exobrain_client_disconnects_total{phase=\"queued\"}") == 1);
}

TEST_CASE("2: while the connection to the upstream comes about") {
    const NeverConnects nobody;
    Json provider = {
        {"name", "far"}, {"type", "openai"}, {"baseUrl", nobody.url() + "/v1"}, {"proxy", "none"}};
    provider["models"] = {"far"};
    Rig rig(Json{{"providers", Json::array({provider})}});
    rig.start();
    const Moment begin = Clock::now();
    RawCall client = rig.ask(chat("far", "anybody there?", true));
    rig.waitFor("the handshake", [&] { return nobody.connecting() == 1; });
    settle(begin);
    const Moment left = client.leave();
    rig.waitFor("the end of the handshake", [&] { return nobody.connecting() == 0; });
    figure("while connecting", millisSince(left));
    checkAftermath(rig, "upstream", 0);
}

TEST_CASE("2b: while the request's body is sent") {
    NeverReads deaf;
    Json provider = {
        {"name", "deaf"}, {"type", "openai"}, {"baseUrl", deaf.url() + "/v1"}, {"proxy", "none"}};
    provider["models"] = {"deaf"};
    Rig rig(Json{{"providers", Json::array({provider})}});
    rig.start();
    constexpr std::size_t k_body = 9u << 20;
    const Moment begin = Clock::now();
    RawCall client = rig.ask(chat("deaf", std::string(k_body, 'x'), true));
    CHECK(deaf.waitUntilFull() > 0);
    settle(begin);
    const Moment left = client.leave();
    rig.waitUntilIdle(); // before anything is read: the call does not wait for that
    figure("while sending the body, until the slot is free", millisSince(left));
    Moment end;
    CHECK(deaf.drain(end) < k_body);
    checkAftermath(rig, "upstream", 0);
}

TEST_CASE("3: while the upstream says nothing") {
    leaveDuring("waiting for headers, whole answer", "silent", false, [](Rig&, RawCall&) {});
    leaveDuring("waiting for headers, stream", "silent", true, [](Rig&, RawCall&) {});
}

TEST_CASE("4: after the headers, before the first token") {
    leaveDuring("before the first token", "text:5+late:60000", true, [](Rig&, RawCall&) {});
}

TEST_CASE("5: in the middle of a stream") {
    leaveDuring("in mid-stream", "text:500:40", true,
                [](Rig&, RawCall& client) { REQUIRE(client.waitFor("data: ")); });
    leaveDuring("in a stream that has fallen silent", "text:9+stall:3", true,
                [](Rig&, RawCall& client) { REQUIRE(client.waitFor("data: ")); });
}

TEST_CASE("6: in the middle of a whole answer") {
    leaveDuring("in a body that stands still", "text:50+stall", false, [](Rig&, RawCall&) {});
    leaveDuring("in a body that drips", "text:50+drip:20", false, [](Rig&, RawCall&) {});
}

TEST_CASE("7: between two attempts nothing more is asked") {
    Rig rig(Json{{"limits", {{"requestTimeout", 20000}}}});
    rig.start();
    RawCall client = rig.ask(chat("status:503:3", "later", true)); // the next attempt would be in 3 s
    rig.upstream().ended(0);
    std::this_thread::sleep_for(k_watched);
    const Moment left = client.leave();
    rig.waitUntilIdle();
    figure("in the pause before a repeat, until the slot is free", millisSince(left));
    rig.waitFor("the count of clients that left",
                [&] { return rig.metric("exobrain_client_disconnects_total{phase=\"backoff\"}") == 1; });
    std::this_thread::sleep_until(left + std::chrono::milliseconds(3500));
    CHECK(rig.upstream().log().size() == 1);
}

TEST_CASE("a client that leaves at once is noticed as soon as its call is watched") {
    Rig rig;
    rig.start();
    RawCall client = rig.ask(chat("silent", "gone", true));
    rig.upstream().waitForRequests(1);
    const Moment left = client.leaveWithReset();
    figure("at once, by a reset", closedAfter(rig.upstream().ended(0), left));
    checkAftermath(rig, "upstream", 1);
}

TEST_CASE("the tokens of a stream that was left are booked") {
    Rig rig;
    rig.start();
    RawCall client = rig.ask(chat("text:500:20", "count me", true));
    REQUIRE(client.waitFor("data: "));
    std::this_thread::sleep_for(k_watched);
    client.leave();
    rig.waitUntilIdle();
    CHECK(rig.metric("exobrain_tokens_total{type=\"output\"}") > 0);
    CHECK(rig.metric("exobrain_tokens_total{type=\"input\"}") > 0);
}

TEST_SUITE_END();
