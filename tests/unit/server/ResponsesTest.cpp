#include "core/server/responses/ResponsesAnswer.h"
#include "core/server/responses/ResponsesRequest.h"
#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

using namespace exo;
using test::Captured;
using test::ServerRig;

namespace {

Json question() {
    return Json::parse(R"({"model":"vendor/model-a","input":"hi"})");
}

Json with(const char* key, Json value) {
    Json body = question();
    body[key] = std::move(value);
    return body;
}

Error failureOf(const Json& body) {
    auto call = server::parseResponsesCall(body);
    REQUIRE_FALSE(call.ok());
    return call.error();
}

std::vector<Json> eventsOf(const std::string& bytes) {
    std::vector<Json> events;
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::size_t end = bytes.find("\n\n", at);
        const std::size_t data = bytes.find("\ndata: ", at);
        REQUIRE(data < end);
        events.push_back(Json::parse(bytes.substr(data + 7, end - data - 7)));
        CHECK(bytes.substr(at + 7, data - at - 7) == events.back()["type"].get<std::string>());
        CHECK(events.back()["sequence_number"] == events.size() - 1);
        at = end + 2;
    }
    return events;
}

} // namespace

TEST_CASE("a responses request becomes a chat request") {
    Json body = question();
    body["instructions"] = "be brief";
    body["max_output_tokens"] = 64;
    body["reasoning"] = {{"effort", "low"}};
    body["tools"] =
        Json::parse(R"([{"type":"function","name":"f","parameters":{"type":"object"},"strict":true}])");
    body["tool_choice"] = {{"type", "function"}, {"name", "f"}};
    body["text"] = Json::parse(
        R"({"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}})");
    const auto call = server::parseResponsesCall(body);
    REQUIRE(call.ok());
    const Json& out = call->request.body;
    CHECK(out["messages"] ==
          Json::parse(R"([{"role":"system","content":"be brief"},{"role":"user","content":"hi"}])"));
    CHECK(out["max_completion_tokens"] == 64);
    CHECK(out["reasoning_effort"] == "low");
    CHECK(out["tools"][0]["function"]["strict"] == true);
    CHECK(out["tool_choice"]["function"]["name"] == "f");
    CHECK(out["response_format"]["json_schema"]["name"] == "n");
    CHECK(call->echo["instructions"] == "be brief");
    CHECK(call->echo["temperature"] == 1.0);
}

TEST_CASE("items of a conversation keep their order; calls join the message before them") {
    const Json body = with("input", Json::parse(R"([
        {"role":"developer","content":"d"},
        {"role":"user","content":[{"type":"input_text","text":"look"},{"type":"input_image","image_url":"data:image/png;base64,AA=="}]},
        {"type":"reasoning","summary":[]},
        {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I "},{"type":"output_text","text":"look"}]},
        {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
        {"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},
        {"type":"function_call_output","call_id":"c1","output":"42"},
        {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"43"}]}])"));
    const auto call = server::parseResponsesCall(body);
    REQUIRE(call.ok());
    const Json& messages = call->request.body["messages"];
    REQUIRE(messages.size() == 5);
    CHECK(messages[0]["role"] == "system");
    CHECK(messages[1]["content"][1]["image_url"]["url"] == "data:image/png;base64,AA==");
    CHECK(messages[2]["content"] == "I look");
    CHECK(messages[2]["tool_calls"].size() == 2);
    CHECK(messages[3] == Json({{"role", "tool"}, {"tool_call_id", "c1"}, {"content", "42"}}));
    CHECK(messages[4]["content"] == "43");
}

TEST_CASE("a wrong responses request names the field; what needs state is unsupported") {
    Json noInput = question();
    noInput.erase("input");
    CHECK(failureOf(noInput).param == "input");
    CHECK(failureOf(with("input", Json::array())).param == "input");
    CHECK(failureOf(with("input", Json::parse(R"([{"role":"robot","content":"x"}])"))).param ==
          "input[0].role");
    CHECK(failureOf(with("input", Json::parse(R"([{"type":"item_reference","id":"x"}])"))).code ==
          ErrorCode::Unsupported);
    for (const char* key : {"previous_response_id", "conversation"}) {
        const Error error = failureOf(with(key, "x"));
        CHECK(error.code == ErrorCode::Unsupported);
        CHECK(error.param == key);
    }
    CHECK(failureOf(with("background", true)).param == "background");
    CHECK(failureOf(with("tools", Json::parse(R"([{"type":"web_search"}])"))).param == "tools");
    CHECK(failureOf(with("temperature", 3)).param == "temperature");
    CHECK(server::parseResponsesCall(with("store", true)).ok());
    CHECK(server::parseResponsesCall(with("background", false)).ok());
}

TEST_CASE("a whole response has items, usage and says that nothing is stored") {
    ServerRig rig;
    rig.gateway.answer =
        Json::parse(R"({"choices":[{"message":{"role":"assistant","reasoning_content":"hm","content":"yes",
        "tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"length"}],
        "usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}})");
    const Captured answer = rig.call("POST", "/v1/responses", with("store", true).dump());
    CHECK(answer.status == 200);
    const Json json = answer.json();
    CHECK(json["object"] == "response");
    CHECK(json["status"] == "incomplete");
    CHECK(json["incomplete_details"]["reason"] == "max_output_tokens");
    CHECK(json["store"] == false);
    REQUIRE(json["output"].size() == 3);
    CHECK(json["output"][0]["type"] == "reasoning");
    CHECK(json["output"][1]["content"][0]["text"] == "yes");
    CHECK(json["output"][2]["call_id"] == "c1");
    CHECK(json["usage"]["total_tokens"] == 14);
    CHECK(rig.gateway.lastCall.family == "responses");
}

TEST_CASE("a streamed response numbers its events and repeats every item whole") {
    server::ResponsesEvents events({"resp_1", "m", 7, {}}, 12);
    const StreamHead head{"up", "real-model", ""};
    std::string out;
    for (const CompletionEvent& piece : std::initializer_list<CompletionEvent>{
             ReasoningDelta{"hm", 0}, TextDelta{"a", 0}, TextDelta{"b", 0},
             ToolCallDelta{0, "c1", "f", "{", 0}, ToolCallDelta{0, "", "", "}", 0},
             FinishDelta{"tool_calls", 0}})
        events.onEvent(piece, head, out);
    out += events.finish();
    const auto all = eventsOf(out);
    CHECK(all.front()["type"] == "response.created");
    CHECK(all.front()["response"]["model"] == "real-model");
    const Json& last = all.back();
    CHECK(last["type"] == "response.completed");
    REQUIRE(last["response"]["output"].size() == 3);
    CHECK(last["response"]["output"][0]["summary"][0]["text"] == "hm");
    CHECK(last["response"]["output"][1]["content"][0]["text"] == "ab");
    CHECK(last["response"]["output"][2]["arguments"] == "{}");
    CHECK(last["response"]["usage"]["input_tokens"] == 12);
    for (const Json& one : all) { // an item keeps its id from its first to its last event
        if (one["type"] != "response.output_text.delta") continue;
        CHECK(one["item_id"] == last["response"]["output"][1]["id"]);
        CHECK(one["output_index"] == 1);
    }
}

TEST_CASE("a stream that breaks off ends with response.failed and keeps what was said") {
    ServerRig rig;
    rig.gateway.script.push_back(std::optional<CompletionEvent>(TextDelta{"half", 0}));
    rig.gateway.script.push_back(Error(ErrorCode::StreamInterrupted, "cut at 10.0.0.1"));
    const Captured answer = rig.call("POST", "/v1/responses", with("stream", true).dump());
    const auto all = eventsOf(answer.body);
    CHECK(all.back()["type"] == "response.failed");
    CHECK(all.back()["response"]["status"] == "failed");
    CHECK(all.back()["response"]["output"][0]["content"][0]["text"] == "half");
    CHECK(answer.body.find("10.0.0.1") == std::string::npos);
}
