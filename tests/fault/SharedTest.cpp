// Equal calls share one at the upstream: it lives as long as one of them does, and an answer nobody waited
// for to the end is kept by nobody.

#include "tests/fault/Rig.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

using namespace exo::test;

namespace {

using Clock = std::chrono::steady_clock;

std::size_t events(const RawCall& client) {
    std::size_t count = 0;
    for (auto at = client.received().find("data: "); at != std::string::npos;
         at = client.received().find("data: ", at + 1))
        ++count;
    return count;
}

bool readEvents(RawCall& client, std::size_t more) {
    const std::size_t wanted = events(client) + more;
    const auto until = Clock::now() + std::chrono::seconds(20);
    while (events(client) < wanted)
        if (client.read(65536, std::chrono::milliseconds(100)) < 0 || Clock::now() > until) return false;
    return true;
}

int cachedStatus(const Rig& rig, const Json& body) {
    RawCall again = rig.ask(body, {{"Cache-Control", "only-if-cached"}});
    REQUIRE(again.waitForEnd());
    return again.status();
}

} // namespace

TEST_SUITE_BEGIN("shared");

TEST_CASE("a shared stream goes on when one reader leaves and ends with the last") {
    Rig rig;
    rig.start();
    const Json body = chat("text:1000:40", "the same", true);
    RawCall first = rig.ask(body);
    REQUIRE(readEvents(first, 3));
    RawCall second = rig.ask(body);
    REQUIRE(readEvents(second, 3));
    CHECK(second.header("x-exobrain-cache") == "COALESCED");
    CHECK(rig.upstream().log().size() == 1);

    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    first.leave();
    REQUIRE(readEvents(second, 20)); // more than had been read ahead
    CHECK(rig.upstream().stats()["running"] == 1);
    const Moment left = second.leave();
    const Json entry = rig.upstream().ended(0);
    CHECK(entry["outcome"] == "client-closed");
    figure("the last reader of a shared stream", millisBetween(left, entry["endedUs"].get<std::int64_t>()));
    rig.waitUntilIdle();
    CHECK(rig.upstream().log().size() == 1);
    CHECK(cachedStatus(rig, body) == 504);
}

TEST_CASE("the one who asked first may leave a whole answer to the others") {
    Rig rig;
    rig.start();
    const Json body = chat("say:done+late-headers:1500", "the same", false);
    RawCall first = rig.ask(body);
    rig.upstream().waitForRequests(1);
    RawCall second = rig.ask(body);
    rig.waitFor("the second caller", [&] { return rig.metric("exobrain_coalesced_total") == 1; });
    first.leave();
    REQUIRE(second.waitForEnd());
    CHECK(second.status() == 200);
    CHECK(second.header("x-exobrain-cache") == "COALESCED");
    CHECK(rig.upstream().ended(0)["outcome"] == "completed");
    CHECK(rig.upstream().log().size() == 1);
    CHECK(cachedStatus(rig, body) == 200);

    const Json other = chat("silent", "nobody waits", false);
    RawCall third = rig.ask(other);
    RawCall fourth = rig.ask(other);
    rig.waitFor("the fourth caller", [&] { return rig.metric("exobrain_coalesced_total") == 2; });
    third.leave();
    fourth.leave();
    CHECK(rig.upstream().ended(1)["outcome"] == "client-closed");
    rig.waitUntilIdle();
    CHECK(rig.upstream().log().size() == 2);
}

TEST_CASE("a hundred equal questions are one call") {
    Rig rig;
    rig.start();
    std::vector<RawCall> clients;
    for (int i = 0; i < 100; ++i)
        clients.push_back(rig.ask(chat("text:30:20", "all together", i % 2 == 0)));
    for (RawCall& client : clients) {
        REQUIRE(client.waitForEnd());
        CHECK(client.status() == 200);
    }
    CHECK(rig.upstream().log().size() == 1);
}

TEST_CASE("an answer that was left, cut or stalled is not kept") {
    Rig rig(Json{{"limits", {{"requestTimeout", 1000}}}});
    rig.start();
    const Json left = chat("text:40:20", "left", true);
    RawCall client = rig.ask(left);
    REQUIRE(readEvents(client, 3));
    client.leave();
    rig.waitUntilIdle();
    CHECK(cachedStatus(rig, left) == 504);

    for (const char* behaviour : {"text:9+cut:3", "text:9+cut-clean:3", "text:9+stall:3"})
        for (const bool stream : {true, false}) {
            const Json body = chat(behaviour, "broken", stream);
            RawCall broken = rig.ask(body);
            REQUIRE(broken.waitForEnd());
            CHECK(broken.received().find("\"finish_reason\":\"stop\"") == std::string::npos);
            CHECK(cachedStatus(rig, body) == 504);
        }
    const Json whole = chat("text:40:1", "read to its end", true);
    RawCall reader = rig.ask(whole);
    REQUIRE(reader.waitForEnd());
    CHECK(cachedStatus(rig, whole) == 200);
}

TEST_SUITE_END();
