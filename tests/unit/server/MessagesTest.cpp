#include "core/server/messages/MessagesAnswer.h"
#include "core/server/messages/MessagesRequest.h"
#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

using namespace exo;
using test::Captured;
using test::ServerRig;

namespace {

Json question() {
    return Json::parse(
        R"({"model":"vendor/model-a","max_tokens":64,"messages":[{"role":"user","content":"hi"}]})");
}

Json neutral(const char* messages) {
    Json body = question();
    body["messages"] = Json::parse(messages);
    auto call = server::parseMessagesCall(body);
    REQUIRE(call.ok());
    return call->request.body["messages"];
}

std::string paramOf(const Json& body) {
    const auto call = server::parseMessagesCall(body);
    REQUIRE_FALSE(call.ok());
    return call.error().param;
}

Result<std::optional<CompletionEvent>> event(CompletionEvent value) {
    return std::optional<CompletionEvent>(std::move(value));
}

// The events of a stream: name and data.
std::vector<std::pair<std::string, Json>> eventsOf(const std::string& bytes) {
    std::vector<std::pair<std::string, Json>> events;
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::size_t end = bytes.find("\n\n", at);
        const std::string frame = bytes.substr(at, end - at);
        const std::size_t data = frame.find("\ndata: ");
        REQUIRE(frame.starts_with("event: "));
        REQUIRE(data != std::string::npos);
        events.emplace_back(frame.substr(7, data - 7), Json::parse(frame.substr(data + 7)));
        CHECK(events.back().second["type"] == events.back().first);
        at = end + 2;
    }
    return events;
}

std::vector<std::string> namesOf(const std::string& bytes) {
    std::vector<std::string> names;
    for (const auto& [name, data] : eventsOf(bytes))
        names.push_back(name);
    return names;
}

} // namespace

TEST_CASE("a messages request becomes a chat request and keeps the original beside it") {
    Json body = question();
    body["system"] = "be brief";
    body["stop_sequences"] = {"END"};
    body["temperature"] = 0.5;
    body["top_k"] = 7;
    body["metadata"] = {{"user_id", "u1"}};
    body["tools"] = Json::parse(R"([{"name":"f","description":"d","input_schema":{"type":"object"}}])");
    body["tool_choice"] = {{"type", "any"}, {"disable_parallel_tool_use", true}};
    body["stream"] = true;
    const auto call = server::parseMessagesCall(body);
    REQUIRE(call.ok());
    CHECK(call->stream);
    CHECK(call->request.model == "vendor/model-a");
    const Json& out = call->request.body;
    CHECK(out["messages"][0] == Json({{"role", "system"}, {"content", "be brief"}}));
    CHECK(out["messages"][1] == Json({{"role", "user"}, {"content", "hi"}}));
    CHECK(out["max_tokens"] == 64);
    CHECK(out["stop"] == Json::array({"END"}));
    CHECK(out["temperature"] == 0.5);
    CHECK(out["user"] == "u1");
    CHECK(out["tools"][0]["function"]["parameters"]["type"] == "object");
    CHECK(out["tool_choice"] == "required");
    CHECK(out["parallel_tool_calls"] == false);
    CHECK_FALSE(out.contains("top_k")); // strict OpenAI servers refuse it
    const Json& original = *call->request.anthropic;
    CHECK(original["top_k"] == 7);
    CHECK_FALSE(original.contains("model"));
    CHECK_FALSE(original.contains("stream"));
}

TEST_CASE("tool results come before what else the user says, and their images after") {
    const Json messages = neutral(R"([
        {"role":"user","content":[{"type":"text","text":"look"}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"I look"},
          {"type":"tool_use","id":"t1","name":"f","input":{"a":1}}]},
        {"role":"user","content":[
          {"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"no"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}}]},
          {"type":"text","text":"and now?"}]}])");
    REQUIRE(messages.size() == 4);
    CHECK(messages[1]["content"] == "I look");
    CHECK(messages[1]["tool_calls"][0]["function"]["arguments"] == R"({"a":1})");
    CHECK(messages[2] == Json({{"role", "tool"}, {"tool_call_id", "t1"}, {"content", "Error: no"}}));
    CHECK(messages[3]["content"][0]["image_url"]["url"] == "data:image/png;base64,AA==");
    CHECK(messages[3]["content"][1]["text"] == "and now?");
}

TEST_CASE("a wrong messages request names the field") {
    const auto with = [](const char* key, Json value) {
        Json body = question();
        body[key] = std::move(value);
        return body;
    };
    Json noLimit = question();
    noLimit.erase("max_tokens");
    CHECK(paramOf(noLimit) == "max_tokens");
    CHECK(paramOf(with("messages", Json::array())) == "messages");
    CHECK(paramOf(with("messages", Json::parse(R"([{"role":"system","content":"x"}])"))) ==
          "messages.0.role");
    CHECK(paramOf(with("messages", Json::parse(R"([{"role":"user","content":[{"type":"video"}]}])"))) ==
          "messages.0.content.0.type");
    CHECK(paramOf(with("temperature", 1.5)) == "temperature");
    CHECK(paramOf(with("system", 7)) == "system");
    CHECK(paramOf(with("tools", Json::parse(R"([{"type":"web_search_20250305","name":"web_search"}])"))) ==
          "tools");
    CHECK(paramOf(with("tool_choice", {{"type", "tool"}})) == "tool_choice");
    CHECK(paramOf(with("stop_sequences", "END")) == "stop_sequences");
}

TEST_CASE("a whole answer has blocks, a stop reason and Anthropic's usage") {
    ServerRig rig;
    rig.gateway.answer = Json::parse(R"({"id":"chatcmpl-1","choices":[{"message":{"role":"assistant",
        "reasoning_content":"hm","content":"yes","tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{\"a\":1}"}}]},
        "finish_reason":"tool_calls"}],
        "usage":{"prompt_tokens":10,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":6}}})");
    const Captured answer = rig.call("POST", "/v1/messages", question().dump());
    CHECK(answer.status == 200);
    const Json json = answer.json();
    CHECK(json["type"] == "message");
    REQUIRE(json["content"].size() == 3);
    CHECK(json["content"][0]["thinking"] == "hm");
    CHECK(json["content"][1]["text"] == "yes");
    CHECK(json["content"][2]["input"] == Json({{"a", 1}}));
    CHECK(json["stop_reason"] == "tool_use");
    CHECK(json["usage"]["input_tokens"] == 4);
    CHECK(json["usage"]["cache_read_input_tokens"] == 6);
    CHECK(rig.gateway.lastCall.family == "messages");
    CHECK(answer.header("x-exobrain-provider") == "acme");
}

TEST_CASE("a streamed answer opens and closes each block in turn") {
    server::MessagesEvents events("m", 12);
    const StreamHead head{"chatcmpl-up", "real-model", ""};
    std::string out;
    for (const CompletionEvent& piece : std::initializer_list<CompletionEvent>{
             ReasoningDelta{"hm", 0}, ExtraDelta{Json{{"reasoning_signature", "sig"}}, {}, 0},
             TextDelta{"a", 0}, TextDelta{"b", 0}, TextDelta{"other choice", 1},
             ToolCallDelta{0, "c1", "f", "", 0}, ToolCallDelta{0, "", "", "{\"x\"", 0},
             ToolCallDelta{0, "", "", ":1}", 0}, ToolCallDelta{1, "c2", "g", "{}", 0},
             FinishDelta{"tool_calls", 0}, UsageDelta{api::Usage{9, 5, false}, {}}})
        events.onEvent(piece, head, out);
    out += events.finish();
    CHECK(namesOf(out) ==
          std::vector<std::string>{"message_start", "ping", "content_block_start", "content_block_delta",
                                   "content_block_delta", "content_block_stop", "content_block_start",
                                   "content_block_delta", "content_block_delta", "content_block_stop",
                                   "content_block_start", "content_block_delta", "content_block_delta",
                                   "content_block_stop", "content_block_start", "content_block_delta",
                                   "content_block_stop", "message_delta", "message_stop"});
    const auto all = eventsOf(out);
    CHECK(all[0].second["message"]["model"] == "real-model");
    CHECK(all[0].second["message"]["usage"]["input_tokens"] == 12);
    CHECK(all[4].second["delta"]["signature"] == "sig");
    CHECK(all[14].second["index"] == 3);
    CHECK(all[14].second["content_block"]["name"] == "g");
    CHECK(all[17].second["delta"]["stop_reason"] == "tool_use");
    CHECK(all[17].second["usage"]["output_tokens"] == 5);
}

TEST_CASE("even an answer of nothing is a whole message") {
    server::MessagesEvents events("m", 0);
    CHECK(namesOf(events.finish()) ==
          std::vector<std::string>{"message_start", "ping", "message_delta", "message_stop"});
}

TEST_CASE("a stream that breaks off ends with an error event and no message_stop") {
    ServerRig rig;
    rig.gateway.script.push_back(event(TextDelta{"half", 0}));
    rig.gateway.script.push_back(Error(ErrorCode::StreamInterrupted, "cut at 10.0.0.1"));
    Json body = question();
    body["stream"] = true;
    const Captured answer = rig.call("POST", "/v1/messages", body.dump());
    CHECK(namesOf(answer.keepAlive) == std::vector<std::string>{"ping"}); // what fills the silence
    const auto names = namesOf(answer.body);
    CHECK(names.back() == "error");
    CHECK(answer.body.find("message_stop") == std::string::npos);
    CHECK(answer.body.find("10.0.0.1") == std::string::npos);
}

TEST_CASE("errors of this route have Anthropic's shape, also before the route is reached") {
    ServerRig rig;
    rig.gateway.failure = Error(ErrorCode::QueueFull);
    const Captured full = rig.call("POST", "/v1/messages", question().dump());
    CHECK(full.status == 503);
    CHECK(full.json()["type"] == "error");
    CHECK(full.json()["error"]["type"] == "overloaded_error");
    CHECK_FALSE(full.header("retry-after").empty());
    Error upstream(ErrorCode::UpstreamRejected);
    upstream.upstreamStatus = 400;
    upstream.upstreamBody = R"({"error":{"message":"too hot","type":"invalid_request_error"}})";
    rig.gateway.failure = upstream;
    const Captured passed = rig.call("POST", "/v1/messages", question().dump());
    CHECK(passed.status == 400);
    CHECK(passed.json()["error"]["message"] == "too hot");
    const Captured wrongMethod = rig.call("GET", "/v1/messages", "");
    CHECK(wrongMethod.status == 405);
    CHECK(wrongMethod.json()["type"] == "error");
}

TEST_CASE("tokens of a request are counted, tools too") {
    ServerRig rig;
    Json body = {{"model", "m"}, {"messages", question()["messages"]}};
    const auto plain =
        rig.call("POST", "/v1/messages/count_tokens", body.dump()).json()["input_tokens"].get<int>();
    body["tools"] =
        Json::parse(R"([{"name":"f","description":"a long description of a tool","input_schema":{}}])");
    const auto tools =
        rig.call("POST", "/v1/messages/count_tokens", body.dump()).json()["input_tokens"].get<int>();
    CHECK(plain > 0);
    CHECK(tools > plain);
}

TEST_CASE("a choice of tools goes no further where there are no tools, and thinking becomes an effort") {
    const auto neutral = [](const char* more) {
        Json body = Json::parse(more);
        body["model"] = "m";
        body["max_tokens"] = 10;
        body["messages"] = Json::array({{{"role", "user"}, {"content", "hi"}}});
        auto call = server::parseMessagesCall(body);
        REQUIRE(call.ok());
        return call->request.body.tree();
    };
    const auto refused = [](const char* more) {
        Json body = Json::parse(more);
        body["model"] = "m";
        body["max_tokens"] = 10;
        body["messages"] = Json::array({{{"role", "user"}, {"content", "hi"}}});
        return paramOf(body);
    };
    for (const char* choice : {R"({"tool_choice":{"type":"auto","disable_parallel_tool_use":true}})",
                               R"({"tool_choice":{"type":"none"},"tools":[]})"}) {
        const Json out = neutral(choice);
        CHECK_FALSE(out.contains("tool_choice"));
        CHECK_FALSE(out.contains("parallel_tool_calls"));
    }
    CHECK(refused(R"({"tool_choice":{"type":"any"}})") == "tool_choice");
    CHECK(refused(R"({"tool_choice":{"type":"tool","name":"f"},"tools":[]})") == "tool_choice");

    CHECK(neutral(R"({"thinking":{"type":"enabled","budget_tokens":1024}})")["reasoning_effort"] == "low");
    CHECK(neutral(R"({"thinking":{"type":"enabled","budget_tokens":4096}})")["reasoning_effort"] == "medium");
    CHECK(neutral(R"({"thinking":{"type":"enabled","budget_tokens":32000}})")["reasoning_effort"] == "high");
    CHECK(neutral(R"({"thinking":{"type":"adaptive"}})")["reasoning_effort"] == "medium");
    CHECK_FALSE(neutral(R"({"thinking":{"type":"disabled"}})").contains("reasoning_effort"));
    CHECK_FALSE(neutral("{}").contains("reasoning_effort"));
    CHECK(refused(R"({"thinking":{"type":"enabled"}})") == "budget_tokens");
    CHECK(refused(R"({"thinking":{"type":"loud"}})") == "thinking.type");
}
