// Which answers of an upstream go on as they are, and that nothing else does.

#include "core/providers/PassOn.h"
#include "core/providers/OpenAiAnswer.h"

#include <doctest/doctest.h>

using namespace exo;

namespace {

const std::string k_answer =
    R"({"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"m-1","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"Gr\u00fc\u00dfe, \"世界\"","refusal":null,"annotations":[]},)"
    R"("logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":8,"completion_tokens":1,)"
    R"("total_tokens":9,"prompt_tokens_details":{"cached_tokens":0}},"system_fingerprint":"fp_1"})";

const std::string k_chunk =
    R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m-1",)"
    R"("choices":[{"index":2,"delta":{"content":"a\n世"},"logprobs":null,"finish_reason":null}],"usage":null})";

// `text` with the first `from` replaced.
std::string with(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

bool passes(std::string text) {
    const std::string before = text;
    const bool passed = passOn(text).has_value();
    if (!passed) REQUIRE(text == before); // still there for whoever rebuilds it
    return passed;
}

struct Change {
    const char* from;
    const char* to;
};

} // namespace

TEST_CASE("an answer in our own form goes on byte for byte") {
    std::string text = k_answer;
    const auto passed = passOn(text);
    REQUIRE(passed);
    CHECK(passed->body.isText());
    CHECK(passed->body.text() == k_answer);
    CHECK(passed->model == "m-1");
    CHECK(passed->usage.inputTokens == 8);
    CHECK(passed->usage.outputTokens == 1);
    CHECK(passed->body.tree()["choices"][0]["message"]["content"] == "Grüße, \"世界\"");
}

TEST_CASE("it says the same as the answer that is rebuilt") {
    const std::string strange = with(k_answer, R"("object":)", R"("x_vendor":{"a":1},"object":)");
    CHECK_FALSE(passes(strange));
    const auto passed = openAiCompletion(k_answer, {});
    const auto rebuilt = openAiCompletion(strange, {});
    REQUIRE(passed.ok());
    REQUIRE(rebuilt.ok());
    CHECK_FALSE(rebuilt->body.isText());
    Json said = passed->body.tree();
    said["choices"][0].erase("logprobs");
    said["choices"][0]["message"].erase("refusal");
    CHECK(said == rebuilt->body.tree());
    CHECK(passed->model == rebuilt->model);
    CHECK(passed->usage.inputTokens == rebuilt->usage.inputTokens);
    CHECK(passed->usage.outputTokens == rebuilt->usage.outputTokens);
}

TEST_CASE("a part of an answer is never passed on") {
    for (std::size_t size = 0; size < k_answer.size(); ++size)
        REQUIRE_FALSE(passes(k_answer.substr(0, size)));
    CHECK_FALSE(passes(k_answer + "x"));
    CHECK_FALSE(passes(k_answer + k_answer));
    CHECK(passes(k_answer + "\n"));
}

TEST_CASE("what is missing, unknown or said in another way is rebuilt") {
    constexpr Change changes[] = {
        {R"("id":"chatcmpl-1",)", ""},
        {R"("id":"chatcmpl-1",)", R"("id":"",)"},
        {R"("id":"chatcmpl-1",)", R"("id":"a\u0007b",)"},
        {R"("id":"chatcmpl-1",)", R"("id":"a","id":"b",)"},
        {R"("object":"chat.completion",)", R"("object":"text_completion",)"},
        {R"("created":1700000000,)", R"("created":1.7e9,)"},
        {R"("created":1700000000,)", R"("created":-1,)"},
        {R"("model":"m-1",)", ""},
        {R"("model":"m-1",)", R"("model":7,)"},
        {R"("model":"m-1",)", R"("model":"m-1","error":{"message":"overloaded"},)"},
        {R"("index":0,)", ""},
        {R"("index":0,)", R"("index":128,)"},
        {R"("role":"assistant")", R"("role":"user")"},
        {R"("refusal":null)", R"("refusal":null,"tool_calls":[])"},
        {R"("refusal":null)", R"("refusal":null,"provider_specific_fields":{})"},
        {R"("refusal":null)", R"("refusal":null,"refusal":null)"},
        {R"("refusal":null)", R"("reasoning":"hm")"},
        {R"("annotations":[])", R"("annotations":[{}])"},
        {R"("logprobs":null)", R"("logprobs":{"content":[]})"},
        {R"("finish_reason":"stop")", R"("finish_reason":"eos")"},
        {R"("finish_reason":"stop")", R"("finish_reason":"error")"},
        {R"("finish_reason":"stop")", R"("finish_reason":null)"},
        {R"("content":")", R"("content":["x"],"content2":")"},
        {R"("content":")", "\"content\":\"\xff"},
        {R"("content":")", R"("content":"\ud800)"},
        {R"("prompt_tokens":8)", R"("prompt_tokens":"8")"},
        {R"("prompt_tokens":8)", R"("prompt_tokens":-8)"},
        {R"("prompt_tokens":8)", R"("prompt_tokens":8,"prompt_tokens":9)"},
        {R"("prompt_tokens":8)", R"("input_tokens":8)"},
        {R"("cached_tokens":0)", R"("cached_tokens":{"a":{"b":1}})"},
    };
    for (const Change& change : changes) {
        CAPTURE(change.to);
        CHECK_FALSE(passes(with(k_answer, change.from, change.to)));
    }
    CHECK_FALSE(
        passes(with(k_answer, "世界", std::string(300u << 10, 'x')))); // the tree costs less than its care
}

TEST_CASE("a chunk that only says a piece of text is read as one") {
    const auto chunk = readPlainChunk(k_chunk);
    REQUIRE(chunk);
    CHECK(chunk->id == "chatcmpl-1");
    CHECK(chunk->model == "m-1");
    CHECK(chunk->text == "a\n世");
    CHECK(chunk->finish.empty());
    CHECK(chunk->choice == 2);
    const auto end = readPlainChunk(with(with(k_chunk, R"({"content":"a\n世"})", "{}"),
                                         R"("finish_reason":null)", R"("finish_reason":"length")"));
    REQUIRE(end);
    CHECK(end->text.empty());
    CHECK(end->finish == "length");
}

TEST_CASE("any other chunk is not") {
    for (std::size_t size = 0; size < k_chunk.size(); ++size)
        REQUIRE_FALSE(readPlainChunk(std::string_view(k_chunk).substr(0, size)));
    constexpr Change changes[] = {
        {R"("delta":{)", R"("delta":{"tool_calls":[],)"},
        {R"("delta":{)", R"("delta":{"reasoning_content":"hm",)"},
        {R"("delta":{)", R"("delta":{"content":"b",)"},
        {R"("finish_reason":null)", R"("finish_reason":"eos")"},
        {R"("finish_reason":null)", R"("finish_reason":"error")"},
        {R"("usage":null)", R"("usage":{"prompt_tokens":1})"},
        {R"("usage":null)", R"("error":{"message":"overloaded"})"},
        {R"("usage":null)", R"("x":1)"},
        {R"("index":2)", R"("index":-1)"},
        {R"("index":2,)", ""},
        {R"("choices":[{)", R"("choices":[{"index":0},{)"},
        {R"("id":"chatcmpl-1",)", R"("id":"",)"},
    };
    for (const Change& change : changes) {
        CAPTURE(change.to);
        CHECK_FALSE(readPlainChunk(with(k_chunk, change.from, change.to)));
    }
}
