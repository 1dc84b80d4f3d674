#include "core/providers/AnthropicRequest.h"
#include "FakeHttp.h"
#include "core/providers/Factory.h"
#include "tests/support/FakeClock.h"
#include "tests/support/RunTask.h"

#include <doctest/doctest.h>

using namespace exo;

namespace {

Result<Json> translate(const std::string& body, const char* model = "claude-sonnet-4") {
    CompletionRequest request;
    request.model = model;
    request.body = *parseJson(body);
    return anthropicBody(request, AnswerKind::Whole);
}
std::string messagesOf(const std::string& messages) {
    auto body = translate("{\"messages\":" + messages + "}");
    return body ? dumpJson((*body)["messages"]) : "error: " + body.error().toLogString();
}
Json with(const std::string& members, const char* model = "claude-sonnet-4") {
    auto body = translate(R"({"messages":[{"role":"user","content":"hi"}],)" + members + "}", model);
    return body ? *body : Json{{"error", body.error().param}};
}

} // namespace

TEST_CASE("a plain conversation becomes a Messages request") {
    const auto body = translate(
        R"({"messages":[{"role":"system","content":"Be brief."},{"role":"developer","content":"In French."},
        {"role":"user","content":"hi"}],"temperature":1.7,"stop":"END","user":"u1","seed":7,"presence_penalty":1})");
    REQUIRE(body.ok());
    CHECK(
        dumpJson(*body) ==
        R"({"max_tokens":16384,"messages":[{"content":[{"text":"hi","type":"text"}],"role":"user"}],"metadata":{"user_id":"u1"},)"
        R"("model":"claude-sonnet-4","stop_sequences":["END"],"system":"Be brief.\n\nIn French.","temperature":1.0})");
}

TEST_CASE("neighbours of one role are merged and blank messages dropped") {
    CHECK(
        messagesOf(
            R"([{"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"assistant","content":"  "},
        {"role":"assistant","content":"c"},{"role":"user","content":[{"type":"text","text":"d"}]}])") ==
        R"([{"content":[{"text":"a","type":"text"},{"text":"b","type":"text"}],"role":"user"},)"
        R"({"content":[{"text":"c","type":"text"}],"role":"assistant"},{"content":[{"text":"d","type":"text"}],"role":"user"}])");
    CHECK(messagesOf(R"([{"role":"system","content":"only"}])") ==
          R"([{"content":[{"text":"only","type":"text"}],"role":"user"}])");
    CHECK(
        messagesOf(R"([{"role":"user","content":"a"},{"role":"assistant","content":"Sure: \n"}])") ==
        R"([{"content":[{"text":"a","type":"text"}],"role":"user"},{"content":[{"text":"Sure:","type":"text"}],"role":"assistant"}])");
}

TEST_CASE("parallel tool calls and their results keep their ids") {
    CHECK(
        messagesOf(R"([{"role":"user","content":"a"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},
                                                         {"id":"c2","type":"function","function":{"name":"g","arguments":""}},
                                                         {"id":"c3","type":"function","function":{"name":"h","arguments":"{brok"}}]},
        {"role":"tool","tool_call_id":"c1","content":"one"},{"role":"tool","tool_call_id":"c2","content":""},
        {"role":"user","content":"go on"}])") ==
        R"([{"content":[{"text":"a","type":"text"}],"role":"user"},)"
        R"({"content":[{"id":"c1","input":{"x":1},"name":"f","type":"tool_use"},{"id":"c2","input":{},"name":"g","type":"tool_use"},)"
        R"({"id":"c3","input":{"arguments":"{brok"},"name":"h","type":"tool_use"}],"role":"assistant"},)"
        R"({"content":[{"content":[{"text":"one","type":"text"}],"tool_use_id":"c1","type":"tool_result"},)"
        R"({"tool_use_id":"c2","type":"tool_result"},{"text":"go on","type":"text"}],"role":"user"}])");
    CHECK(
        messagesOf(
            R"([{"role":"user","content":"a"},{"role":"assistant","function_call":{"name":"f","arguments":"{}"}},
        {"role":"function","name":"f","content":"r"}])") ==
        R"([{"content":[{"text":"a","type":"text"}],"role":"user"},)"
        R"({"content":[{"id":"call_1","input":{},"name":"f","type":"tool_use"}],"role":"assistant"},)"
        R"({"content":[{"content":[{"text":"r","type":"text"}],"tool_use_id":"call_1","type":"tool_result"}],"role":"user"}])");
}

TEST_CASE("images go as data or as addresses") {
    CHECK(messagesOf(R"([{"role":"user","content":[{"type":"text","text":"what?"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBOR"}},{"type":"image_url","image_url":{"url":"https://e.org/a.jpg"}}]}])") ==
          R"([{"content":[{"text":"what?","type":"text"},)"
          R"({"source":{"data":"iVBOR","media_type":"image/png","type":"base64"},"type":"image"},)"
          R"({"source":{"type":"url","url":"https://e.org/a.jpg"},"type":"image"}],"role":"user"}])");
}

TEST_CASE("tools and the choice among them") {
    const Json out = with(
        R"("tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},
        {"type":"function","function":{"name":"g"}}],"tool_choice":"required","parallel_tool_calls":false)");
    CHECK(
        dumpJson(out["tools"]) ==
        R"([{"description":"d","input_schema":{"type":"object"},"name":"f"},{"input_schema":{"properties":{},"type":"object"},"name":"g"}])");
    CHECK(dumpJson(out["tool_choice"]) == R"({"disable_parallel_tool_use":true,"type":"any"})");
    const std::string tools = R"("tools":[{"type":"function","function":{"name":"f"}}])";
    CHECK_FALSE(with(tools).contains("tool_choice"));
    CHECK(with(tools + R"(,"tool_choice":"none")")["tool_choice"] == Json{{"type", "none"}});
    CHECK(with(tools + R"(,"tool_choice":{"type":"function","function":{"name":"f"}})")["tool_choice"] ==
          Json{{"type", "tool"}, {"name", "f"}});
    CHECK_FALSE(with(R"("tool_choice":"auto")").contains("tool_choice"));
}

TEST_CASE("the size of the answer always has a number") {
    CHECK(with(R"("max_tokens":5)")["max_tokens"] == 5);
    CHECK(with(R"("max_tokens":5,"max_completion_tokens":6)")["max_tokens"] == 6);
    CHECK(with(R"("seed":1)", "claude-3-haiku-20240307")["max_tokens"] == 4096);
    CHECK(with(R"("seed":1)", "claude-3-5-sonnet-latest")["max_tokens"] == 8192);
    CHECK(with(R"("seed":1)", "glm-4.6")["max_tokens"] == 8192);
}

TEST_CASE("reasoning effort turns thinking on where it can be on") {
    const Json out = with(R"("reasoning_effort":"medium","max_tokens":1000,"temperature":0.2,"top_p":0.5)");
    CHECK(out["thinking"] == Json{{"type", "enabled"}, {"budget_tokens", 4096}});
    CHECK(out["max_tokens"] == 5096);
    CHECK_FALSE(out.contains("temperature"));
    CHECK_FALSE(with(R"("reasoning_effort":"none")").contains("thinking"));
    CHECK_FALSE(with(R"("reasoning_effort":"high")", "claude-3-5-haiku").contains("thinking"));
    CHECK_FALSE(
        with(
            R"("reasoning_effort":"high","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required")")
            .contains("thinking"));
    const auto answering = translate(R"({"reasoning_effort":"high","messages":[{"role":"user","content":"a"},
        {"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}]})");
    REQUIRE(answering.ok());
    CHECK_FALSE(answering->contains("thinking"));
    CHECK(with(R"("thinking":{"type":"disabled"},"temperature":0.2)")["temperature"] == 0.2);
}

TEST_CASE("a JSON answer is asked for in words") {
    const Json out = with(
        R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}})");
    const std::string system(stringOr(out, "system"));
    CHECK(system.find("one JSON value") != std::string::npos);
    CHECK(system.find(R"({"type":"object"})") != std::string::npos);
    CHECK_FALSE(with(R"("response_format":{"type":"text"})").contains("system"));
}

TEST_CASE("what cannot be said in that API names the member") {
    CHECK(with(R"("n":2)")["error"] == "n");
    CHECK(with(R"("stop":[1])")["error"] == "stop");
    CHECK(with(R"("temperature":"hot")")["error"] == "temperature");
    CHECK(with(R"("max_tokens":0)")["error"] == "max_tokens");
    CHECK(with(R"("tools":[{"type":"web_search"}])")["error"] == "tools");
    for (const char* messages :
         {"[]", "7", "[7]", R"([{"role":"wizard","content":"x"}])", R"([{"role":"tool","content":"x"}])",
          R"([{"role":"user","content":[{"type":"input_audio"}]}])",
          R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,raw"}}]}])"}) {
        CAPTURE(messages);
        const auto body = translate("{\"messages\":" + std::string(messages) + "}");
        REQUIRE_FALSE(body.ok());
        CHECK(body.error().code == ErrorCode::InvalidRequest);
        CHECK(body.error().param == "messages");
    }
}

TEST_CASE("an Anthropic answer has OpenAI's shape") {
    asio::io_context io;
    test::FakeClock clock;
    test::FakeHttp http;
    ProviderSettings settings;
    settings.name = "a";
    settings.type = "anthropic";
    settings.baseUrl = "https://api.anthropic.com";
    settings.apiKey = Secret("sk-ant-key");
    auto provider = std::move(*makeProvider(settings, http, clock));
    test::Played played;
    played.body = test::recorded("anthropic-message.json");
    http.script.push_back(played);
    CompletionRequest request;
    request.model = "claude-3-5-haiku-latest";
    request.body = *parseJson(R"({"messages":[{"role":"user","content":"hi"}]})");
    const auto completion = test::run(io, provider->complete(std::move(request), {}));
    REQUIRE(completion.ok());
    CHECK(
        dumpJson(completion->body["choices"]) ==
        R"([{"finish_reason":"tool_calls","index":0,"message":{"content":"AB","reasoning_content":"Think.","reasoning_signature":"x","role":"assistant",)"
        R"("tool_calls":[{"function":{"arguments":"{\"x\":1}","name":"f"},"id":"toolu_C","type":"function"}]}}])");
    CHECK(completion->usage.inputTokens == 15);
    CHECK(completion->usage.outputTokens == 7);
    const net::HttpRequest& sent = http.requests.at(0);
    CHECK(sent.url == "https://api.anthropic.com/v1/messages");
    CHECK(net::findHeader(sent.headers, "x-api-key") == "sk-ant-key");
    CHECK(net::findHeader(sent.headers, "anthropic-version") == "2023-06-01");
    CHECK(net::findHeader(sent.headers, "authorization").empty());
    const auto embedding = test::run(io, provider->embed({}, {}));
    CHECK(embedding.error().code == ErrorCode::Unsupported);
}

TEST_CASE("a request that an Anthropic client wrote is sent as it was written") {
    CompletionRequest request;
    request.model = "claude-sonnet-4-5";
    request.body = *parseJson(R"({"messages":[{"role":"user","content":"translated"}]})");
    request.anthropic = std::make_shared<const Json>(*parseJson(
        R"({"max_tokens":9,"top_k":3,"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"}]}]})"));
    const auto whole = anthropicBody(request, AnswerKind::Whole);
    REQUIRE(whole.ok());
    CHECK((*whole)["model"] == "claude-sonnet-4-5");
    CHECK((*whole)["top_k"] == 3);
    CHECK((*whole)["messages"][0]["content"][0]["signature"] == "s");
    CHECK_FALSE(whole->contains("stream"));
    CHECK((*anthropicBody(request, AnswerKind::Stream))["stream"] == true);
}
