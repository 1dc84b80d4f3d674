// Under which key an answer is kept, which requests and answers are, and the form they are kept in.
#include "core/gateway/CacheRules.h"
#include "Bench.h"
#include "core/gateway/StoredAnswer.h"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

TEST_CASE("keys: what is the same, and what is not") {
    Bench bench;
    auto providers = bench.providers();
    const Target target{std::shared_ptr<Provider>(std::move(providers.front())), "alpha", "http://a", "", 0};
    const auto key = [&](const char* body) { return cacheKey("chat", "t", target, *parseJson(body)); };
    const auto base = key(R"({"messages":[{"role":"user","content":"a"}],"temperature":0})");
    CHECK(base == key(R"({"temperature":0.0,"messages":[{"content":"a","role":"user"}]})"));
    CHECK(base == key(R"({"temperature":0e5,"messages":[{"content":"a","role":"user"}],"stream":true,
        "stream_options":{"include_usage":true},"user":"u","metadata":{"a":1},"store":false,"service_tier":"x"})"));
    CHECK(base != key(R"({"temperature":0,"messages":[{"content":"a ","role":"user"}]})"));
    CHECK(base != key(R"({"temperature":0,"messages":[{"content":"A","role":"user"}]})"));
    CHECK(base != key(R"({"messages":[{"content":"a","role":"user"}]})"));
    CHECK(base != key(R"({"temperature":0,"messages":[{"content":"a","role":"user"}],"unknown":1})"));
    CHECK(key(R"({"a":["b","c"]})") != key(R"({"a":["bc"]})"));
    CHECK(key(R"({"a":["b","c"]})") != key(R"({"a":["c","b"]})"));
    CHECK(key(R"({"a":1})") != key(R"({"a":"1"})"));
    CHECK(key(R"({"a":1})") == key(R"({"a":1.0})"));
    CHECK(key(R"({"a":1})") == key(R"({"a":1e0})"));
    CHECK(key("{\"a\":\"\xC3\xA9\"}") != key("{\"a\":\"e\xCC\x81\"}"));  // one e with an accent in two forms
    CHECK(key(R"({"a":{"user":"x"}})") != key(R"({"a":{"user":"y"}})")); // only the outermost is transport
    const Json body = *parseJson(R"({"a":1})");
    Target other = target;
    other.model = "beta";
    CHECK(cacheKey("chat", "t", target, body) != cacheKey("chat", "t", other, body));
    other = target;
    other.baseUrl = "http://b";
    CHECK(cacheKey("chat", "t", target, body) != cacheKey("chat", "t", other, body));
    other = target;
    other.provider = std::move(providers[1]); // of another name
    CHECK(cacheKey("chat", "t", target, body) != cacheKey("chat", "t", other, body));
    CHECK(cacheKey("chat", "t", target, body) != cacheKey("messages", "t", target, body));
    CHECK(cacheKey("chat", "t", target, body) != cacheKey("chat", "u", target, body));
    CHECK(cacheKey("chatt", "", target, body) != cacheKey("chat", "t", target, body));
}

TEST_CASE("which requests may use the cache") {
    const auto ok = [](const char* more) {
        const std::string body = std::string(R"({"messages":[{"role":"user","content":"a"}])") + more + "}";
        return isCacheable(*parseJson(body), Randomness::Respect);
    };
    for (const char* fine : {"", R"(,"temperature":0)", R"(,"n":1)", R"(,"store":false)",
                             R"(,"tools":[{"type":"function","function":{"name":"f"}}])",
                             R"(,"modalities":["text"])", R"(,"previous_response_id":null)"})
        CHECK_MESSAGE(ok(fine), fine);
    for (const char* never :
         {R"(,"temperature":0.7)", R"(,"n":2)", R"(,"store":true)", R"(,"previous_response_id":"r")",
          R"(,"background":true)", R"(,"tools":[{"type":"web_search_preview"}])",
          R"(,"tools":[{"type":"code_interpreter"}])", R"(,"modalities":["text","audio"])",
          R"(,"audio":{"voice":"a"})", R"(,"web_search_options":{})"})
        CHECK_MESSAGE(!ok(never), never);
    const Json random = *parseJson(R"({"messages":[],"temperature":0.7,"n":2})");
    CHECK(isCacheable(random, Randomness::Ignore));
    const Json file =
        *parseJson(R"({"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]})");
    CHECK_FALSE(isCacheable(file, Randomness::Respect));
    const Json plain = *parseJson(R"({"messages":[{"role":"user","content":"a"}]})");
    const Json servers = *parseJson(R"({"mcp_servers":[{"type":"url","url":"https://tools.example"}]})");
    const Json container = *parseJson(R"({"container":"c_1"})");
    CHECK(isCacheable(plain, Randomness::Respect, &plain));
    CHECK_FALSE(isCacheable(plain, Randomness::Respect, &servers));
    CHECK_FALSE(isCacheable(plain, Randomness::Ignore, &container));
}

TEST_CASE("which answers are kept") {
    const auto keeps = [](Json body) {
        Completion completion;
        completion.body = std::move(body);
        return mayStore(completion);
    };
    CHECK(keeps(wholeBody("text")));
    CHECK(keeps(wholeBody("text", "length")));
    CHECK_FALSE(keeps(wholeBody("text", "content_filter")));
    CHECK_FALSE(keeps(wholeBody("text", "error")));
    CHECK_FALSE(keeps(wholeBody("text", "")));
    CHECK_FALSE(keeps(wholeBody("")));
    Json calling = wholeBody("text", "tool_calls");
    CHECK_FALSE(keeps(calling));
    calling["choices"][0]["finish_reason"] = "stop";
    calling["choices"][0]["message"]["tool_calls"] = Json::array({Json::object()});
    CHECK_FALSE(keeps(calling));
    Completion wanted;
    wanted.body = calling;
    CHECK(mayStore(wanted, ToolCalls::Keep));
    wanted.body.edit()["choices"][0]["finish_reason"] = "content_filter";
    CHECK_FALSE(mayStore(wanted, ToolCalls::Keep));
    CHECK_FALSE(keeps(Json::object()));
    Json failed = wholeBody("text");
    failed["error"] = {{"message", "overloaded"}};
    CHECK_FALSE(keeps(failed));
    Json second = wholeBody("text");
    second["choices"].push_back(second["choices"][0]);
    CHECK(keeps(second));
    second["choices"][1]["finish_reason"] = "content_filter";
    CHECK_FALSE(keeps(second));
}

TEST_CASE("a stored answer comes back as it was, in pieces that never cut a character") {
    Completion completion;
    std::string text;
    for (int i = 0; i < 100; ++i)
        text += i % 3 == 0 ? "日志轮转与缓存命中率" : "word ";
    completion.body = wholeBody(text);
    completion.body["choices"][0]["message"]["reasoning_content"] = "因为如此";
    completion.body["usage"] = {{"prompt_tokens", 3}, {"completion_tokens", 4}};
    completion.model = "alpha";
    completion.usage = {3, 4};
    const auto decoded = decodeAnswer(encodeAnswer(completion), StoredIn::Elsewhere);
    REQUIRE(decoded.ok());
    CHECK(decoded->body == completion.body);
    CHECK(decoded->usage.outputTokens == 4);

    Bench bench;
    auto pending = std::make_shared<Pending<Bench::Stream>>();
    pending->result = replay(*decoded);
    std::string said, thought;
    for (;;) {
        const auto event = bench.next(*pending);
        const auto& item = **event->result;
        if (!item) break;
        if (const auto* delta = std::get_if<TextDelta>(&*item)) {
            said += delta->text;
            CHECK(parseJson(dumpJson(Json(delta->text)))->get<std::string>() == delta->text);
        }
        if (const auto* delta = std::get_if<ReasoningDelta>(&*item)) thought += delta->text;
    }
    CHECK(said == text);
    CHECK(thought == "因为如此");
    for (const StoredIn origin : {StoredIn::Memory, StoredIn::Elsewhere}) {
        CHECK_FALSE(decodeAnswer("", origin).ok());
        CHECK_FALSE(decodeAnswer("EXA1", origin).ok());
        CHECK_FALSE(decodeAnswer("EXA1\1\2\3\4{}", origin).ok());
        CHECK_FALSE(decodeAnswer("EXA3\1\2\3\4", origin).ok());
    }
}

TEST_CASE(
    "an answer that is passed on as it came is kept with what it says of itself; what says else is no such") {
    const std::string body = R"({"id":"c1","object":"chat.completion","created":7,"model":"alpha-2",)"
                             R"("choices":[{"index":0,"message":{"role":"assistant","content":"four"},)"
                             R"("finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4}})";
    Completion completion;
    completion.body = SharedJson::ofText(body);
    completion.model = "alpha-2";
    completion.usage = {3, 4};
    const std::string bytes = encodeAnswer(completion);
    for (const StoredIn origin : {StoredIn::Memory, StoredIn::Elsewhere}) {
        const auto decoded = decodeAnswer(bytes, origin);
        REQUIRE(decoded.ok());
        CHECK(decoded->body.text() == body);
        CHECK(decoded->model == "alpha-2");
        CHECK(decoded->usage.inputTokens == 3);
        CHECK(decoded->usage.outputTokens == 4);
        for (std::size_t size = 0; size < bytes.size() - body.size(); ++size)
            CHECK_FALSE(decodeAnswer(bytes.substr(0, size), origin).ok());
    }
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string other = bytes;
        other[at] = static_cast<char>(other[at] ^ 1);
        CHECK_FALSE(decodeAnswer(other, StoredIn::Elsewhere).ok());
    }
}
