#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

using namespace exo;
using test::Captured;
using test::ServerRig;

namespace {

constexpr const char* k_path = "/v1/chat/completions";

Json question() {
    return Json::parse(R"({"model":"vendor/model-a","messages":[{"role":"user","content":"hi"}]})");
}

Captured post(ServerRig& rig, const Json& body) {
    return rig.call("POST", k_path, body.dump());
}

std::string paramOf(const Json& body) {
    const auto call = server::parseChatCall(body);
    REQUIRE_FALSE(call.ok());
    CHECK(call.error().code == ErrorCode::InvalidRequest);
    return call.error().param;
}

Result<std::optional<CompletionEvent>> event(CompletionEvent value) {
    return std::optional<CompletionEvent>(std::move(value));
}

} // namespace

TEST_CASE("a plain call answers the gateway's completion with the headers of the call") {
    ServerRig rig;
    rig.gateway.answer = Json::parse(R"({"id":"c1","object":"chat.completion","choices":[]})");
    const Captured answer = post(rig, question());
    CHECK(answer.status == 200);
    CHECK(answer.json() == rig.gateway.answer);
    CHECK(answer.header("content-type") == "application/json");
    CHECK(answer.header("x-exobrain-provider") == "acme");
    CHECK(answer.header("x-exobrain-model") == "real-model");
    CHECK(answer.header("x-exobrain-attempts") == "2");
    CHECK(answer.header("x-exobrain-overhead-us") == "42");
}

TEST_CASE("who answered in whose place is told") {
    ServerRig rig;
    CHECK(post(rig, question()).header("x-exobrain-fallback").empty());
    rig.gateway.report.fallback = {"acme/a", "other/b"};
    CHECK(post(rig, question()).header("x-exobrain-fallback") == "acme/a, other/b");
    rig.gateway.report.simplified = true;
    CHECK(post(rig, question()).header("x-exobrain-fallback") == "simplified");
}

TEST_CASE("what the cache had to do with an answer is told") {
    ServerRig rig;
    CallReport& report = rig.gateway.report;
    report.cache = CacheResult::Bypass;
    CHECK(post(rig, question()).header("x-exobrain-cache") == "BYPASS");
    report.cacheKey = "0123456789abcdef";
    report.cache = CacheResult::Miss;
    const Captured miss = post(rig, question());
    CHECK(miss.header("x-exobrain-cache") == "MISS");
    CHECK(miss.header("cache-status") == "exobrain; fwd=miss");
    CHECK(miss.header("age").empty());
    report.cache = CacheResult::Hit;
    report.cacheAge = Millis(12'900);
    report.cacheTtl = Millis(3'587'100);
    const Captured hit = post(rig, question());
    CHECK(hit.header("x-exobrain-cache") == "HIT");
    CHECK(hit.header("x-exobrain-cache-key") == "0123456789abcdef");
    CHECK(hit.header("cache-status") == "exobrain; hit; ttl=3587");
    CHECK(hit.header("age") == "12");
    report.cache = CacheResult::Stale;
    report.cacheTtl = Millis(-1'500);
    CHECK(post(rig, question()).header("cache-status") == "exobrain; hit; ttl=-2");
    report.cache = CacheResult::Coalesced;
    CHECK(post(rig, question()).header("cache-status") == "exobrain; fwd=miss; collapsed");
}

TEST_CASE("members we do not know reach the provider untouched; ours do not") {
    ServerRig rig;
    Json body = question();
    body["tools"] = Json::parse(R"([{"type":"function","function":{"name":"f"}}])");
    body["top_k"] = 7;
    body["stream"] = false;
    post(rig, body);
    CHECK(rig.gateway.lastRequest.model == "vendor/model-a");
    const Json& sent = rig.gateway.lastRequest.body;
    CHECK(sent["tools"] == body["tools"]);
    CHECK(sent["top_k"] == 7);
    CHECK_FALSE(sent.contains("stream"));
    CHECK_FALSE(sent.contains("model"));
    CHECK(rig.gateway.lastCall.context.requestId == "req_test");
    CHECK(rig.gateway.lastCall.context.timeout == rig.settings.limits.requestTimeout);
    CHECK(rig.gateway.lastCall.context.scope.owner == "local");
}

TEST_CASE("options of a stream that are not ours reach the provider") {
    const auto sent = [](const char* options) {
        Json body = question();
        body["stream"] = true;
        body["stream_options"] = Json::parse(options);
        auto call = server::parseChatCall(std::move(body));
        REQUIRE(call.ok());
        return std::move(*call);
    };
    const auto both = sent(R"({"include_usage":true,"include_obfuscation":false})");
    CHECK(both.includeUsage);
    CHECK(both.request.body.tree()["stream_options"] == Json{{"include_obfuscation", false}});
    CHECK_FALSE(sent(R"({"include_obfuscation":true})").includeUsage);
    for (const char* ours : {R"({"include_usage":true})", "{}", "null"})
        CHECK_FALSE(sent(ours).request.body.tree().contains("stream_options"));
}

TEST_CASE("images and assistant messages with tool calls are valid") {
    Json body = question();
    body["messages"] = Json::parse(R"([
        {"role":"developer","content":"be brief"},
        {"role":"user","content":[{"type":"text","text":"what"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"c","content":"42"}])");
    CHECK(server::parseChatCall(body).ok());
}

TEST_CASE("a wrong request names the field") {
    const auto with = [](const char* key, Json value) {
        Json body = question();
        body[key] = std::move(value);
        return body;
    };
    Json noModel = question();
    noModel.erase("model");
    CHECK(paramOf(noModel) == "model");
    CHECK(paramOf(with("model", "")) == "model");
    CHECK(paramOf(with("model", 7)) == "model");
    Json noMessages = question();
    noMessages.erase("messages");
    CHECK(paramOf(noMessages) == "messages");
    CHECK(paramOf(with("messages", Json::array())) == "messages");
    CHECK(paramOf(with("messages", "hi")) == "messages");
    CHECK(paramOf(with("messages", Json::parse(R"([{"role":"robot","content":"x"}])"))) ==
          "messages[0].role");
    CHECK(paramOf(with("messages", Json::parse(R"([{"role":"user"}])"))) == "messages[0].content");
    CHECK(paramOf(with("messages", Json::parse(R"([{"role":"user","content":[7]}])"))) ==
          "messages[0].content");
    CHECK(paramOf(with("temperature", 2.5)) == "temperature");
    CHECK(paramOf(with("temperature", "hot")) == "temperature");
    CHECK(paramOf(with("n", 0)) == "n");
    CHECK(paramOf(with("stream", "yes")) == "stream");
    CHECK(paramOf(with("stream_options", Json{{"include_usage", true}})) == "stream_options");
}

TEST_CASE("a body that is no JSON object is answered in OpenAI's error form") {
    ServerRig rig;
    for (const char* body : {"", "{", "[]", "7"}) {
        const Captured refused = rig.call("POST", k_path, body);
        CHECK(refused.status == 400);
        CHECK(refused.json()["error"]["type"] == "invalid_request_error");
        CHECK(refused.json()["error"]["param"].is_null());
    }
}

TEST_CASE("a stream is committed with its first event and ends with done") {
    ServerRig rig;
    rig.gateway.script.push_back(event(TextDelta{"hi", 0}));
    rig.gateway.script.push_back(event(FinishDelta{"stop", 0}));
    UsageDelta usage;
    usage.usage = {1, 1, false};
    rig.gateway.script.push_back(event(usage));
    Json body = question();
    body["stream"] = true;
    body["stream_options"] = Json{{"include_usage", true}};
    const Captured answer = post(rig, body);
    CHECK(answer.streaming);
    CHECK(answer.ended);
    CHECK(answer.header("x-exobrain-provider") == "acme");
    CHECK(answer.header("cache-control").empty()); // the event stream has its own
    CHECK(answer.body.ends_with("data: [DONE]\n\n"));
    CHECK(answer.body.find("\"total_tokens\":2") != std::string::npos);
    CHECK(answer.writes == 3); // one for each shown event, one for the end
}

TEST_CASE("an end that came with the last event goes out with it") {
    ServerRig rig;
    rig.gateway.makeStream = [](const GatewayCall&) {
        auto stream = std::make_unique<test::ScriptedStream>();
        stream->script.push_back(event(TextDelta{"hi", 0}));
        stream->script.push_back(event(FinishDelta{"stop", 0}));
        stream->endKnown = true;
        return stream;
    };
    Json body = question();
    body["stream"] = true;
    const Captured answer = post(rig, body);
    CHECK(answer.ended);
    CHECK(answer.body.find("\"finish_reason\":\"stop\"") != std::string::npos);
    CHECK(answer.body.ends_with("data: [DONE]\n\n"));
    CHECK(answer.writes == 2);
}

TEST_CASE("a failure before the first event is an HTTP status, not a stream") {
    Json body = question();
    body["stream"] = true;
    SUBCASE("when the call is refused") {
        ServerRig rig;
        rig.gateway.failure = Error(ErrorCode::QueueFull);
        const Captured answer = post(rig, body);
        CHECK_FALSE(answer.streaming);
        CHECK(answer.status == 503);
        CHECK(answer.json()["error"]["code"] == "queue_full");
        CHECK(answer.header("retry-after") == "1");
        CHECK(answer.header("x-exobrain-attempts") == "2"); // errors carry the report too
    }
    SUBCASE("when the upstream dies before it said anything") {
        ServerRig rig;
        rig.gateway.script.push_back(Error(ErrorCode::UpstreamConnection, "connect to 10.1.1.1:443 refused"));
        const Captured answer = post(rig, body);
        CHECK_FALSE(answer.streaming);
        CHECK(answer.status == 502);
        CHECK(answer.json()["error"]["code"] == "upstream_connection_error");
        CHECK(answer.body.find("10.1.1.1") == std::string::npos);
        CHECK(answer.header("x-should-retry") == "false");
    }
}

TEST_CASE("a failure in mid-stream keeps the text and says that it broke") {
    ServerRig rig;
    rig.gateway.script.push_back(event(TextDelta{"half", 0}));
    rig.gateway.script.push_back(Error(ErrorCode::StreamInterrupted));
    Json body = question();
    body["stream"] = true;
    const Captured answer = post(rig, body);
    CHECK(answer.status == 200);
    CHECK(answer.ended);
    CHECK(answer.body.find("half") != std::string::npos);
    CHECK(answer.body.find("\"finish_reason\":\"error\"") != std::string::npos);
    CHECK(answer.body.find("\"code\":\"stream_interrupted\"") != std::string::npos);
    CHECK(answer.body.find("\"stop\"") == std::string::npos);
    CHECK(answer.body.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("the end of a drain shows as shutting down, in a stream and before one") {
    CancelSource source;
    auto request = ServerRig::request("POST", k_path);
    request.disconnected = source.token();
    Json body = question();
    body["stream"] = true;
    request.body = body.dump();
    ServerRig rig;
    SUBCASE("in mid-stream") {
        rig.gateway.script.push_back(event(TextDelta{"half", 0}));
        rig.gateway.script.push_back(Error(ErrorCode::Cancelled));
        rig.gateway.onCall = [&] { source.cancel(CancelReason::Shutdown); };
        const Captured answer = rig.call(request);
        CHECK(answer.body.find("\"code\":\"shutting_down\"") != std::string::npos);
        CHECK(answer.body.find("\"finish_reason\":\"error\"") != std::string::npos);
    }
    SUBCASE("before the first event") {
        rig.gateway.failure = Error(ErrorCode::Cancelled);
        rig.gateway.onCall = [&] { source.cancel(CancelReason::Shutdown); };
        const Captured answer = rig.call(request);
        CHECK(answer.status == 503);
        CHECK(answer.json()["error"]["code"] == "shutting_down");
    }
}

TEST_CASE("a client that went away is sent nothing") {
    ServerRig rig;
    CancelSource source;
    auto request = ServerRig::request("POST", k_path, question().dump());
    request.disconnected = source.token();
    rig.gateway.failure = Error(ErrorCode::Cancelled);
    rig.gateway.onCall = [&] { source.cancel(CancelReason::ClientGone); };
    CHECK_FALSE(rig.call(request).committed);
}

TEST_CASE("a reader that stops reading ends the stream without another write") {
    ServerRig rig;
    for (int i = 0; i < 5; ++i)
        rig.gateway.script.push_back(event(TextDelta{"x", 0}));
    Json body = question();
    body["stream"] = true;
    const Captured answer = rig.call(ServerRig::request("POST", k_path, body.dump()), true);
    CHECK(answer.streaming);
    CHECK(answer.writes == 0);
    CHECK_FALSE(answer.ended);
}
