// Ten thousand clients that leave at a random moment, and what must be as before afterwards.

#include "tests/fault/Rig.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <queue>
#include <random>
#include <set>
#include <thread>

using namespace exo::test;

namespace {

using Clock = std::chrono::steady_clock;

constexpr int k_aborts = 10'000;
constexpr std::size_t k_atOnce = 150; // 50 run, 100 wait
constexpr int k_longest = 120;        // ms until a client leaves

struct Kind {
    const char* behaviour;
    bool stream;
    bool mayComplete; // before the client leaves
};
constexpr std::array k_kinds{Kind{"silent", false, false},
                             Kind{"silent", true, false},
                             Kind{"text:20+stall:5", false, false},
                             Kind{"text:20+stall:5", true, false},
                             Kind{"text:5+late:60000", true, false},
                             Kind{"text:200:50", true, false},
                             Kind{"text:3+late-headers:60", false, true},
                             Kind{"text:8:10", true, true},
                             Kind{"status:503:2", true, true}};

struct Leaving {
    Moment at;
    RawCall client;
    friend bool operator<(const Leaving& a, const Leaving& b) { return a.at > b.at; } // the earliest on top
};

// So that breakers opened by the 503s are another target's.
std::string modelOf(const Kind& kind) {
    return std::string(kind.behaviour).starts_with("status") ? "sick/" + std::string(kind.behaviour)
                                                             : kind.behaviour;
}

Json bodyOf(const Kind& kind, int number, std::mt19937& random) {
    // Every eighth is the same question as others at that time, and so shares their call.
    const bool shared = number % 8 == 0;
    Json body = chat(modelOf(kind), shared ? "shared" : "question " + std::to_string(number), kind.stream);
    if (kind.mayComplete) body["temperature"] = 1; // never kept: what is kept is looked at below
    (void)random;
    return body;
}

void abortMany(const Rig& rig, int count) {
    std::mt19937 random(20'260'101);
    std::uniform_int_distribution<int> delay(0, k_longest);
    std::uniform_int_distribution<std::size_t> choose(0, k_kinds.size() - 1);
    std::priority_queue<Leaving> leaving;
    for (int begun = 0; begun < count || !leaving.empty();) {
        if (begun < count && leaving.size() < k_atOnce) {
            const Kind& kind = k_kinds[choose(random)];
            RawCall client = rig.ask(bodyOf(kind, begun++, random));
            leaving.push({Clock::now() + std::chrono::milliseconds(delay(random)), std::move(client)});
            if (leaving.top().at > Clock::now()) continue;
        }
        std::this_thread::sleep_until(leaving.top().at);
        auto& client = const_cast<Leaving&>(leaving.top()).client; // about to be popped
        delay(random) % 2 ? client.leave() : client.leaveWithReset();
        leaving.pop();
    }
}

} // namespace

TEST_SUITE_BEGIN("aborts");

// What the test below looks at must tell a place that was not given back from one that was.
TEST_CASE("one call that is never let go of is seen in the gauges, at the upstream and in the places left") {
    Rig rig;
    rig.start();
    RawCall planted = rig.ask(chat("silent", "never lets go", false));
    rig.waitForGauges(1, 0);
    abortMany(rig, 100);
    rig.waitForGauges(1, 0);
    CHECK_FALSE(rig.gaugesAre(0, 0));
    rig.waitFor("all others to be closed", [&] { return rig.upstream().stats()["running"] == 1; });
    std::vector<RawCall> clients;
    for (int i = 0; i < 50; ++i)
        clients.push_back(rig.ask(chat("silent", "place " + std::to_string(i), false)));
    rig.waitForGauges(50, 1);
    CHECK_FALSE(rig.gaugesAre(50, 0));
    clients.clear();
    planted.leave();
    rig.waitUntilIdle();
}

TEST_CASE("after ten thousand random aborts everything is as before") {
    Rig rig;
    Json sick = {
        {"name", "sick"}, {"type", "openai"}, {"baseUrl", rig.upstream().url() + "/v1"}, {"proxy", "none"}};
    sick["models"] = {"status:503:2"};
    rig.settings()["providers"].push_back(sick);
    rig.start();
    const double descriptors = rig.metric("process_open_fds");

    const Moment begin = Clock::now();
    abortMany(rig, k_aborts);
    const Moment last = Clock::now();
    rig.waitUntilIdle();
    figure("10,000 aborts", std::chrono::duration<double, std::milli>(last - begin).count());
    figure("from the last of them until both gauges are 0",
           std::chrono::duration<double, std::milli>(Clock::now() - last).count());
    rig.upstream().waitUntilQuiet();

    // What the upstream did not finish it was told to stop, and nothing was asked for later.
    std::set<std::string> endless;
    for (const Kind& kind : k_kinds)
        if (!kind.mayComplete) endless.insert(kind.behaviour);
    const Json stats = rig.upstream().stats();
    int left = 0;
    for (const auto& [model, outcomes] : stats["outcomes"].items()) {
        if (!endless.contains(model) || model.starts_with("status")) continue;
        CHECK(outcomes.size() == 1);
        left += outcomes.value("client-closed", 0);
    }
    CHECK(left > 300);
    const std::size_t asked = stats["requests"];

    // No breaker has taken a client's leaving for a failure.
    for (const Json& breaker : Json::parse(rig.get("/api/v1/breakers").body)["breakers"]) {
        if (breaker["provider"] != "up") continue;
        CHECK(breaker["state"] == "closed");
        CHECK(breaker["failureRate"] == 0);
    }
    CHECK(rig.metric("exobrain_cache_entries{tier=\"local\"}") == 0);

    // All places are free: fifty run at once, the rest waits, and a place given up goes to the next.
    std::vector<RawCall> clients;
    for (int i = 0; i < 60; ++i)
        clients.push_back(rig.ask(chat("silent", "place " + std::to_string(i), false)));
    rig.waitForGauges(50, 10);
    rig.waitFor("fifty at the upstream", [&] { return rig.upstream().stats()["running"] == 50; });
    CHECK(rig.upstream().stats()["requests"].get<std::size_t>() == asked + 50);
    for (int i = 0; i < 10; ++i)
        clients[static_cast<std::size_t>(i)].leave();
    rig.waitForGauges(50, 0);
    rig.upstream().waitForRequests(asked + 60);
    clients.clear();
    rig.waitUntilIdle();
    rig.upstream().waitUntilQuiet();

    for (int i = 0; i < 50; ++i)
        clients.push_back(rig.ask(chat("echo", "still there? " + std::to_string(i), i % 2 == 0)));
    for (RawCall& client : clients) {
        REQUIRE(client.waitForEnd());
        CHECK(client.status() == 200);
    }
    clients.clear();
    rig.waitFor("closed sockets", [&] { return rig.metric("process_open_fds") < descriptors + 80; });
}

TEST_SUITE_END();
