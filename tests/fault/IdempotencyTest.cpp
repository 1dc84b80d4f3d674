// Idempotency-Key over HTTP: what a client that repeats itself gets, and what it costs.

#include "tests/fault/Rig.h"

#include <doctest/doctest.h>

#include <thread>

using namespace exo::test;

namespace {

Headers withKey(const std::string& key, const std::string& apiKey = {}) {
    Headers headers{{"Idempotency-Key", key}};
    if (!apiKey.empty()) headers.emplace_back("Authorization", "Bearer " + apiKey);
    return headers;
}

Json uncached(const std::string& behaviour, const std::string& text, bool stream) {
    Json body = chat(behaviour, text, stream);
    body["temperature"] = 1; // the cache has no part in this
    return body;
}

std::string ended(RawCall& client, int status = 200) {
    REQUIRE(client.waitForEnd());
    CHECK(client.status() == status);
    return client.body();
}

} // namespace

TEST_SUITE_BEGIN("idempotency");

TEST_CASE("the same request gives the same bytes, another one with its key is refused") {
    Rig rig;
    rig.start();
    for (const bool stream : {false, true}) {
        const std::string key = stream ? "streamed" : "whole";
        const std::size_t before = rig.upstream().log().size();
        RawCall first = rig.ask(uncached("echo", "once", stream), withKey(key));
        const std::string bytes = ended(first);
        RawCall again = rig.ask(uncached("echo", "once", stream), withKey(key));
        REQUIRE(again.waitForEnd());
        CHECK(again.header("idempotency-replayed") == "true");
        CHECK(again.body().find(
                  Json::parse(stream ? bytes.substr(bytes.find('{'), bytes.find("}\n") + 1 - bytes.find('{'))
                                     : bytes)["id"]
                      .get<std::string>()) != std::string::npos);
        if (!stream) CHECK(again.body() == bytes);
        CHECK(rig.upstream().log().size() == before + 1);

        RawCall other = rig.ask(uncached("echo", "something else", stream), withKey(key));
        const Json error = Json::parse(ended(other, 422))["error"];
        CHECK(error["code"] == "idempotency_key_reused");
        CHECK(error["param"] == "Idempotency-Key");
        CHECK(rig.upstream().log().size() == before + 1);
    }
    RawCall wrong = rig.ask(uncached("echo", "once", false), withKey(std::string(256, 'k')));
    CHECK(Json::parse(ended(wrong, 400))["error"]["param"] == "Idempotency-Key");
}

TEST_CASE("a request that still runs is joined; it goes on for those who are left and ends with the last") {
    Rig rig;
    rig.start();
    RawCall first = rig.ask(uncached("text:40:25", "together", true), withKey("k"));
    REQUIRE(first.waitFor("data: "));
    RawCall second = rig.ask(uncached("text:40:25", "together", true), withKey("k"));
    REQUIRE(second.waitFor("data: "));
    CHECK(second.header("idempotency-replayed") == "true");
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    first.leave();
    CHECK(ended(second).find("data: [DONE]") != std::string::npos);
    CHECK(rig.upstream().log().size() == 1);
    CHECK(rig.upstream().ended(0)["outcome"] == "completed");

    RawCall third = rig.ask(uncached("text:1000:100", "alone", true), withKey("left"));
    REQUIRE(third.waitFor("data: "));
    third.leave();
    CHECK(rig.upstream().ended(1)["outcome"] == "client-closed");
    rig.waitUntilIdle();
    RawCall anew = rig.ask(uncached("echo", "what was left is not kept", false), withKey("left"));
    CHECK(ended(anew).find("what was left") != std::string::npos);
}

TEST_CASE(
    "keys of different clients have nothing to do with each other, and the settings bound what is kept") {
    Rig rig(Json{{"idempotency", {{"ttl", "2s"}, {"maxEntries", 2}}}});
    const std::string one = rig.makeKey("one"), two = rig.makeKey("two");
    rig.start();
    const auto asked = [&](const std::string& key, const std::string& apiKey) {
        const std::size_t before = rig.upstream().log().size();
        RawCall client = rig.ask(uncached("echo", "hello", false), withKey(key, apiKey));
        ended(client);
        return rig.upstream().log().size() > before;
    };
    CHECK(asked("a", one));
    CHECK(asked("a", two));
    CHECK_FALSE(asked("a", one));
    CHECK(asked("b", one)); // the first of three goes
    CHECK(asked("a", one));
    std::this_thread::sleep_for(std::chrono::milliseconds(2100));
    CHECK(asked("a", one));
}

TEST_SUITE_END();
