// The queue as clients see it: who is refused and how, who goes first.

#include "tests/fault/Rig.h"

#include <doctest/doctest.h>

#include <thread>

using namespace exo::test;

namespace {

Headers keyHeader(const std::string& key, const std::string& priority = {}) {
    Headers headers{{"Authorization", "Bearer " + key}};
    if (!priority.empty()) headers.emplace_back("x-exobrain-priority", priority);
    return headers;
}

int wholeSeconds(const RawCall& client) {
    const std::string text = client.header("Retry-After");
    REQUIRE(!text.empty());
    CHECK(text.find_first_not_of("0123456789") == std::string::npos);
    return std::stoi(text);
}

void checkRefusal(RawCall& client, const std::string& code) {
    REQUIRE(client.waitForEnd());
    CHECK(client.status() == 503);
    CHECK(client.header("Content-Type") == "application/json");
    CHECK(!client.header("x-request-id").empty());
    CHECK(wholeSeconds(client) >= 1);
    CHECK(wholeSeconds(client) <= 30);
    const Json error = Json::parse(client.body())["error"];
    CHECK(error["code"] == code);
    CHECK(error["type"] == "service_unavailable_error");
    CHECK(error["param"].is_null());
    CHECK(!error["message"].get<std::string>().empty());
}

// One call that holds the only place until it is left.
RawCall holdThePlace(const Rig& rig, const Headers& headers = {}) {
    RawCall holder = rig.ask(chat("text:1000:100", "holds the place", true), headers);
    REQUIRE(holder.waitFor("data: "));
    return holder;
}

// The last user texts in the order in which they reached the upstream, the holder's left out.
std::vector<std::string> orderAtUpstream(Rig& rig, std::size_t calls) {
    rig.upstream().waitForRequests(calls + 1);
    rig.upstream().waitUntilQuiet();
    std::vector<std::string> order;
    for (const Json& entry : rig.upstream().log())
        order.push_back(entry["body"]["messages"].back()["content"]);
    order.erase(order.begin());
    return order;
}

} // namespace

TEST_SUITE_BEGIN("admission");

TEST_CASE("a full queue refuses at once, whatever is asked for, and says when to come back") {
    Rig rig(Json{{"limits", {{"maxConcurrentRequests", 1}, {"maxQueuedRequests", 1}}}});
    rig.start();
    const RawCall holder = holdThePlace(rig);
    const RawCall waits = rig.ask(chat("echo", "waits", false));
    rig.waitForGauges(1, 1);

    for (const bool stream : {false, true}) {
        RawCall refused = rig.ask(chat("echo", "one too many", stream));
        checkRefusal(refused, "queue_full");
    }
    RawCall embedding = rig.ask({{"model", "echo"}, {"input", "one too many"}}, {}, "/v1/embeddings");
    checkRefusal(embedding, "queue_full");
    RawCall response = rig.ask({{"model", "echo"}, {"input", "one too many"}}, {}, "/v1/responses");
    checkRefusal(response, "queue_full");
    Json message = chat("echo", "one too many", false);
    message["max_tokens"] = 10;
    RawCall anthropic = rig.ask(message, {}, "/v1/messages");
    REQUIRE(anthropic.waitForEnd());
    CHECK(anthropic.status() == 503);
    CHECK(wholeSeconds(anthropic) >= 1);
    CHECK(Json::parse(anthropic.body())["type"] == "error");
    CHECK(Json::parse(anthropic.body())["error"]["type"] == "overloaded_error");

    CHECK(rig.metric("exobrain_rejected_total{reason=\"queue_full\"}") == 5);
    CHECK(rig.upstream().log().size() == 1);
    CHECK(rig.get("/healthz").status == 200);
    CHECK(rig.get("/readyz").status == 200);
}

TEST_CASE("who waits too long is told so, and the slot's holder goes on") {
    Rig rig(Json{{"limits", {{"maxConcurrentRequests", 1}, {"queueTimeout", 300}}}});
    rig.start();
    RawCall holder = holdThePlace(rig);
    RawCall whole = rig.ask(chat("echo", "waits", false));
    RawCall stream = rig.ask(chat("echo", "waits, too", true));
    checkRefusal(whole, "queue_timeout");
    checkRefusal(stream, "queue_timeout");
    CHECK(rig.metric("exobrain_rejected_total{reason=\"queue_timeout\"}") == 2);
    CHECK(rig.gaugesAre(1, 0));
    CHECK(holder.read(65536, std::chrono::seconds(10)) > 0);
    CHECK(rig.upstream().log().size() == 1);
}

TEST_CASE("the key's priority decides who goes first, and a header may only lower it") {
    Rig rig(Json{{"limits", {{"maxConcurrentRequests", 1}, {"queueTimeout", "60s"}}}});
    const std::string high = rig.makeKey("high", "high");
    const std::string normal = rig.makeKey("normal");
    const std::string low = rig.makeKey("low", "low");
    rig.start();

    RawCall wrong = rig.ask(chat("echo", "wrong", false), keyHeader(normal, "urgent"));
    REQUIRE(wrong.waitForEnd());
    CHECK(wrong.status() == 400);
    CHECK(Json::parse(wrong.body())["error"]["param"] == "x-exobrain-priority");

    RawCall holder = holdThePlace(rig, keyHeader(high));
    std::vector<RawCall> waiting;
    const auto queue = [&](const std::string& text, const Headers& headers) {
        waiting.push_back(rig.ask(chat("echo", text, false), headers));
        rig.waitForGauges(1, static_cast<int>(waiting.size()));
    };
    queue("low key, header high", keyHeader(low, "high"));
    queue("high key, header low", keyHeader(high, "low"));
    queue("normal key, header high", keyHeader(normal, "high"));
    queue("high key", keyHeader(high));
    holder.leave();
    const std::vector<std::string> order{"high key", "normal key, header high", "low key, header high",
                                         "high key, header low"};
    CHECK(orderAtUpstream(rig, 4) == order);
    rig.waitUntilIdle();
}

TEST_CASE("keys of one priority take turns, whoever asks most") {
    Rig rig(Json{{"limits", {{"maxConcurrentRequests", 1}, {"queueTimeout", "60s"}}}});
    const std::string greedy = rig.makeKey("greedy"), modest = rig.makeKey("modest"),
                      rare = rig.makeKey("rare");
    rig.start();
    RawCall holder = holdThePlace(rig, keyHeader(greedy));
    std::vector<RawCall> waiting;
    const auto queue = [&](const std::string& text, const std::string& key) {
        waiting.push_back(rig.ask(chat("echo", text, false), keyHeader(key)));
        rig.waitForGauges(1, static_cast<int>(waiting.size()));
    };
    for (const char* text : {"g1", "g2", "g3", "g4"})
        queue(text, greedy);
    queue("m1", modest);
    queue("m2", modest);
    queue("r1", rare);
    holder.leave();
    CHECK(orderAtUpstream(rig, 7) == std::vector<std::string>{"g1", "m1", "r1", "g2", "m2", "g3", "g4"});
}

TEST_CASE("who has waited five seconds stands one level higher") {
    Rig rig(Json{{"limits", {{"maxConcurrentRequests", 1}, {"queueTimeout", "60s"}}}});
    rig.start();
    RawCall holder = holdThePlace(rig);
    const RawCall low = rig.ask(chat("echo", "low, but early", false), {{"x-exobrain-priority", "low"}});
    rig.waitForGauges(1, 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(5200)); // WaitingLine::k_levelUpAfter and a little
    const RawCall normal = rig.ask(chat("echo", "normal, but late", false));
    rig.waitForGauges(1, 2);
    const RawCall lateLow = rig.ask(chat("echo", "low and late", false), {{"x-exobrain-priority", "low"}});
    rig.waitForGauges(1, 3);
    holder.leave();
    CHECK(orderAtUpstream(rig, 3) ==
          std::vector<std::string>{"low, but early", "normal, but late", "low and late"});
}

TEST_SUITE_END();
