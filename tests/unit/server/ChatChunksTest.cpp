#include "core/server/ChatChunks.h"

#include <doctest/doctest.h>

#include <vector>

using namespace exo;
using server::ChatChunks;

namespace {

const StreamHead k_head{"chatcmpl-up", "real-model", "fp_1"};

ChatChunks chunks(bool includeUsage = false) {
    ChatChunks::Options options;
    options.id = "chatcmpl-own";
    options.model = "asked-model";
    options.created = 1700000000;
    options.includeUsage = includeUsage;
    return ChatChunks(options);
}

// The JSON of every data line; [DONE] as a string.
std::vector<Json> frames(const std::string& bytes) {
    std::vector<Json> out;
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::size_t end = bytes.find("\n\n", at);
        REQUIRE(end != std::string::npos);
        const std::string line = bytes.substr(at, end - at);
        REQUIRE(line.starts_with("data: "));
        REQUIRE(line.find('\n') == std::string::npos);
        const std::string data = line.substr(6);
        out.push_back(data == "[DONE]" ? Json("[DONE]") : Json::parse(data));
        at = end + 2;
    }
    return out;
}

CompletionEvent usage(std::int64_t in, std::int64_t out) {
    UsageDelta delta;
    delta.usage = {in, out, false};
    return delta;
}

std::string said(ChatChunks& translator, const CompletionEvent& event, const StreamHead& head) {
    std::string out;
    translator.onEvent(event, head, out);
    return out;
}

} // namespace

TEST_CASE("a text answer: role first, content, one finish reason, done") {
    auto translator = chunks();
    std::string bytes = said(translator, TextDelta{"Hel", 0}, k_head);
    bytes += said(translator, TextDelta{"lo", 0}, k_head);
    bytes += said(translator, FinishDelta{"stop", 0}, k_head);
    bytes += said(translator, FinishDelta{"length", 0}, k_head);
    bytes += translator.finish();
    const auto all = frames(bytes);
    REQUIRE(all.size() == 5);
    CHECK(all[0] == Json::parse(R"({"id":"chatcmpl-up","object":"chat.completion.chunk","created":1700000000,
        "model":"real-model","system_fingerprint":"fp_1",
        "choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})"));
    CHECK(all[1]["choices"][0]["delta"] == Json{{"content", "Hel"}});
    CHECK(all[2]["choices"][0]["delta"] == Json{{"content", "lo"}});
    CHECK(all[3]["choices"][0]["delta"] == Json::object());
    CHECK(all[3]["choices"][0]["finish_reason"] == "stop");
    CHECK(all[4] == "[DONE]");
    CHECK_FALSE(all[1].contains("usage"));
}

TEST_CASE("usage comes in a chunk of its own before the end, only when asked for") {
    for (const bool asked : {false, true}) {
        auto translator = chunks(asked);
        std::string bytes = said(translator, TextDelta{"x", 0}, k_head);
        bytes += said(translator, usage(3, 1), k_head);
        bytes += said(translator, FinishDelta{"stop", 0}, k_head);
        bytes += translator.finish();
        const auto all = frames(bytes);
        REQUIRE(all.size() == (asked ? 5 : 4));
        CHECK(all.back() == "[DONE]");
        if (!asked) continue;
        for (std::size_t i = 0; i < 3; ++i) {
            REQUIRE(all[i].contains("usage"));
            CHECK(all[i]["usage"].is_null());
        }
        CHECK(all[3]["choices"] == Json::array());
        CHECK(all[3]["usage"] == Json{{"prompt_tokens", 3}, {"completion_tokens", 1}, {"total_tokens", 4}});
    }
}

TEST_CASE("usage that the provider does not report is estimated and says so") {
    ChatChunks::Options options;
    options.includeUsage = true;
    options.promptTokens = 11;
    ChatChunks translator(options);
    for (int i = 0; i < 3000; ++i)
        said(translator, TextDelta{"word ", 0}, k_head);
    const auto all = frames(translator.finish());
    const Json& usage = all[all.size() - 2]["usage"];
    CHECK(usage["estimated"] == true);
    CHECK(usage["prompt_tokens"] == 11);
    CHECK(usage["completion_tokens"] > 1500);
    CHECK(usage["completion_tokens"] < 6500);
    CHECK(usage["total_tokens"] == 11 + usage["completion_tokens"].get<int>());
}

TEST_CASE("a provider's own usage numbers pass as they are") {
    UsageDelta delta;
    delta.usage = {3, 1, false};
    delta.details = Json{{"prompt_tokens", 30},
                         {"completion_tokens", 12},
                         {"total_tokens", 42},
                         {"completion_tokens_details", {{"reasoning_tokens", 5}}}};
    CHECK(server::usageJson(delta) == delta.details);
}

TEST_CASE("tool calls: fragments keep their index, id and name stand only in the first") {
    auto translator = chunks();
    std::string bytes = said(translator, ToolCallDelta{0, "call_1", "weather", "", 0}, k_head);
    bytes += said(translator, ToolCallDelta{0, "", "", "{\"ci", 0}, k_head);
    bytes += said(translator, ToolCallDelta{1, "call_2", "time", "{}", 0}, k_head);
    bytes += said(translator, FinishDelta{"tool_calls", 0}, k_head);
    bytes += translator.finish();
    const auto all = frames(bytes);
    REQUIRE(all.size() == 6);
    CHECK(
        all[1]["choices"][0]["delta"]["tool_calls"] ==
        Json::parse(
            R"([{"index":0,"id":"call_1","type":"function","function":{"name":"weather","arguments":""}}])"));
    CHECK(all[2]["choices"][0]["delta"]["tool_calls"] ==
          Json::parse(R"([{"index":0,"function":{"arguments":"{\"ci"}}])"));
    CHECK(all[3]["choices"][0]["delta"]["tool_calls"][0]["index"] == 1);
    CHECK(all[4]["choices"][0]["finish_reason"] == "tool_calls");
}

TEST_CASE("each of several choices has its role and its one finish reason") {
    auto translator = chunks();
    std::string bytes = said(translator, TextDelta{"a", 1}, k_head);
    bytes += said(translator, TextDelta{"b", 0}, k_head);
    bytes += said(translator, FinishDelta{"stop", 1}, k_head);
    bytes += translator.finish(); // choice 0 never said why it ended
    int roles = 0;
    std::map<int, int> finishes;
    for (const auto& frame : frames(bytes)) {
        if (!frame.is_object()) continue;
        const Json& choice = frame["choices"][0];
        roles += choice["delta"].contains("role") ? 1 : 0;
        if (!choice["finish_reason"].is_null()) ++finishes[choice["index"].get<int>()];
    }
    CHECK(roles == 2);
    CHECK(finishes == std::map<int, int>{{0, 1}, {1, 1}});
}

TEST_CASE("reasoning and logprobs pass, citations do not") {
    auto translator = chunks();
    ExtraDelta extra;
    extra.delta = Json{{"refusal", "no"}};
    extra.choiceMembers =
        Json{{"logprobs", {{"content", Json::array()}}}, {"index", 9}, {"finish_reason", "stop"}};
    std::string bytes = said(translator, ReasoningDelta{"hm", 0}, k_head);
    bytes += said(translator, extra, k_head);
    CHECK(said(translator, CitationDelta{{"a.c", 1, 2}}, k_head).empty());
    const auto all = frames(bytes);
    REQUIRE(all.size() == 3);
    CHECK(all[1]["choices"][0]["delta"] == Json{{"reasoning_content", "hm"}});
    CHECK(all[2]["choices"][0]["delta"] == Json{{"refusal", "no"}});
    CHECK(all[2]["choices"][0]["logprobs"].is_object());
    CHECK(all[2]["choices"][0]["index"] == 0);
    CHECK(all[2]["choices"][0]["finish_reason"].is_null());
}

TEST_CASE("a broken stream ends with one error frame and done, never with stop") {
    auto translator = chunks();
    said(translator, TextDelta{"half", 0}, k_head);
    const auto all = frames(translator.fail(Error(ErrorCode::UpstreamTimeout, "http://10.0.0.1 was silent")));
    REQUIRE(all.size() == 2);
    CHECK(all[1] == "[DONE]");
    CHECK(all[0]["object"] == "chat.completion.chunk");
    CHECK(all[0]["id"] == "chatcmpl-up");
    CHECK(all[0]["choices"] == Json::parse(R"([{"index":0,"delta":{},"finish_reason":"error"}])"));
    CHECK(all[0]["error"]["type"] == "upstream_error");
    CHECK(all[0]["error"]["code"] == "stream_interrupted");
    CHECK(all[0]["error"]["param"].is_null());
    CHECK(all[0]["error"]["message"].get<std::string>().find("10.0.0.1") == std::string::npos);
}

TEST_CASE("text that is not UTF-8 or holds line ends stays one line of JSON") {
    auto translator = chunks();
    const auto all = frames(said(translator, TextDelta{"a\r\nb\xFF\n\n好", 0}, k_head));
    REQUIRE(all.size() == 2);
    CHECK(all[1]["choices"][0]["delta"]["content"] == "a\r\nb\xEF\xBF\xBD\n\n好");
}

TEST_CASE("an empty answer is still an answer with one choice") {
    auto translator = chunks();
    const auto all = frames(translator.finish());
    REQUIRE(all.size() == 3);
    CHECK(all[0]["id"] == "chatcmpl-own");
    CHECK(all[0]["model"] == "asked-model");
    CHECK(all[1]["choices"][0]["finish_reason"] == "stop");
}
