// Recorded streams of real products, in every cutting of their bytes, and the ways a stream can go wrong.

#include "StreamBench.h"

#include <doctest/doctest.h>

#include <tuple>

using namespace exo;
using exo::test::chunk;
using exo::test::delta;
using exo::test::Outcome;
using exo::test::Played;
using Bench = exo::test::StreamBench;

namespace {

struct Recording {
    const char* type;
    const char* file;
    const char* expected;
};
constexpr Recording k_recordings[] = {
    {"openai", "openai-chat.sse", "T:Grüße, 世界 🌍\n<stop><9+5>"},
    {"openai", "openai-tools.sse",
     "[0:call_a:read_file]A0:{\"path\":\"a.c\"}[1:call_b:list_dir]A1:{}<tool_calls>"},
    {"openai", "deepseek-reasoner.sse", "R:九点十一更小T:9.8<stop><14+31>"},
    {"openai", "ollama-tools.sse", "[0:call_2nb4:get_weather]A0:{\"city\":\"上海\"}<tool_calls><171+20>"},
    {"openai", "vllm-reasoning.sse", "R:Hmm.T:4<stop><12+3>"},
    {"openai", "openrouter.sse", "R:Let me seeT:Yes<length><11+4>"},
    {"anthropic", "anthropic-chat.sse", "T:Hello – 你好<stop><2125+15>"},
    {"anthropic", "anthropic-thinking-tools.sse",
     "R:I need two "
     "files.{{\"reasoning_signature\":\"EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds\"}null}"
     "T:Reading.[0:toolu_A:read_file]A0:{\"path\": "
     "\"a.c\"}[1:toolu_B:now]A1:{}<tool_calls><472+89>"},
};

asio::awaitable<std::vector<bool>> knownEnds(Provider& provider) {
    CompletionRequest asked = Bench::request();
    CallContext context;
    auto stream = co_await provider.stream(std::move(asked), std::move(context));
    REQUIRE(stream.ok());
    std::vector<bool> known;
    for (;;) {
        known.push_back((*stream)->endIsNext());
        const auto event = co_await (*stream)->next();
        REQUIRE(event.ok());
        if (!event->has_value()) co_return known;
    }
}

} // namespace

TEST_CASE("that nothing but the end is left is known once it is there, not before") {
    const std::string events = delta("\"content\":\"hi\"") + delta("", "\"stop\"");
    Played played;
    played.body = events + "data: [DONE]\n\n";
    Bench together, later;
    together.http.script.push_back(played);
    played.firstPiece = events.size();
    later.http.script.push_back(played);
    CHECK(test::run(together.io, knownEnds(*together.provider)) == std::vector<bool>{false, false, true});
    CHECK(test::run(later.io, knownEnds(*later.provider)) == std::vector<bool>{false, false, false});
}

TEST_CASE("recorded streams give the same answer however their bytes are cut") {
    for (const Recording& recording : k_recordings) {
        CAPTURE(recording.file);
        Bench bench(recording.type);
        const std::string body = test::recorded(recording.file);
        for (const std::size_t piece : {1u, 2u, 3u, 5u, 16u, 1000u}) {
            Played played;
            played.body = body;
            played.piece = piece;
            const Outcome outcome = bench.stream(std::move(played));
            REQUIRE_FALSE(outcome.error);
            REQUIRE(outcome.text == recording.expected);
        }
        for (std::size_t cut = 1; cut < body.size(); ++cut) {
            Played played;
            played.body = body;
            played.firstPiece = cut;
            const Outcome outcome = bench.stream(std::move(played));
            REQUIRE_FALSE(outcome.error);
            REQUIRE(outcome.text == recording.expected);
        }
        CHECK(bench.http.open == 0);
    }
}

TEST_CASE("a recorded stream that breaks off anywhere before its end is never taken for complete") {
    for (const Recording& recording : k_recordings) {
        CAPTURE(recording.file);
        Bench bench(recording.type);
        const std::string body = test::recorded(recording.file);
        // The event that names the end of the answer is not whole before its line is.
        const std::string mark =
            std::string(recording.type) == "anthropic" ? "\"stop_reason\":\"" : "\"finish_reason\":\"";
        const std::size_t last = body.find('\n', body.find(mark));
        for (std::size_t length = 0; length + 3 < last; length += 7) {
            Played played;
            played.body = body.substr(0, length);
            played.cut = fail(ErrorCode::UpstreamConnection, "connection reset by llm.example.net");
            const Outcome outcome = bench.stream(std::move(played));
            REQUIRE(outcome.error);
            const bool empty = outcome.text.empty();
            REQUIRE(outcome.error->code ==
                    (empty ? ErrorCode::UpstreamInvalidResponse : ErrorCode::StreamInterrupted));
            CHECK(outcome.error->retryable == empty);
            CHECK(outcome.error->detail.find("llm.example.net") == std::string::npos);
        }
    }
}

TEST_CASE("the head of a stream names what really answered") {
    Bench bench;
    const Outcome outcome = bench.streamBody(test::recorded("openai-chat.sse"));
    CHECK(outcome.head.id == "chatcmpl-BxQ1");
    CHECK(outcome.head.model == "gpt-4o-mini-2024-07-18");
    CHECK(outcome.head.systemFingerprint == "fp_34a54ae93c");
}

TEST_CASE("dialects of compatible servers are understood") {
    const std::string done = "data: [DONE]\n\n";
    const std::string stop = delta("", "\"stop\"");
    const auto call = [](const std::string& members) { return delta("\"tool_calls\":[{" + members + "}]"); };
    struct Row {
        const char* what;
        std::string body;
        const char* expected;
    };
    const Row rows[] = {
        {"no [DONE] after a finish reason", delta("\"content\":\"a\"") + stop, "T:a<stop>"},
        {"no blank line after the last event", delta("\"content\":\"a\"") + "data: [DONE]", "T:a<stop>"},
        {"[DONE] without a finish reason", delta("\"content\":\"a\"") + done, "T:a<stop>"},
        {"data: without a space",
         "data:{\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\ndata:[DONE]\n\n",
         "T:a<stop>"},
        {"an empty finish reason is none",
         delta("\"content\":\"a\"", "\"\"") + delta("\"content\":\"b\"") + stop, "T:ab<stop>"},
        {"a foreign finish reason", delta("\"content\":\"a\"", "\"eos\""), "T:a<stop>"},
        {"max_tokens means length", delta("\"content\":\"a\"", "\"max_tokens\""), "T:a<length>"},
        {"an event that is not JSON", delta("\"content\":\"a\"") + "data: {\"oops\n\n" + stop + done,
         "T:a<stop>"},
        {"several choices",
         chunk("{\"index\":0,\"delta\":{\"content\":\"a\"}},{\"index\":1,\"delta\":{\"content\":\"b\"}}") +
             chunk("{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}") + stop + done,
         "T:a#1T:b#1<stop><stop>"},
        {"a choice out of range",
         chunk("{\"index\":128,\"delta\":{\"content\":\"x\"}}") +
             chunk("{\"index\":-1,\"delta\":{\"content\":\"x\"}}") + delta("\"content\":\"a\"") + stop,
         "T:a<stop>"},
        {"text after the end", delta("\"content\":\"a\"", "\"stop\"") + delta("\"content\":\"b\"") + done,
         "T:a<stop>"},
        {"content as a list with thoughts (Mistral)",
         delta("\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"hm\"}]},{"
               "\"type\":\"text\",\"text\":\"a\"}]") +
             stop,
         "R:hmT:a<stop>"},
        {"thinking", delta("\"thinking\":\"hm\"") + stop, "R:hm<stop>"},
        {"a finished message as a chunk",
         chunk("{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}"), "T:a<stop>"},
        {"usage in the choice (Moonshot)",
         chunk("{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\",\"usage\":{\"prompt_"
               "tokens\":3,\"completion_tokens\":1}}") +
             done,
         "T:a<stop><3+1>"},
        {"usage out of range",
         delta("\"content\":\"a\"", "\"stop\"") +
             "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":-5,\"completion_tokens\":9e30}}\n\n" + done,
         "T:a<stop><0+0>"},
        {"usage larger than any",
         delta("\"content\":\"a\"", "\"stop\"") +
             "data: "
             "{\"choices\":[],\"usage\":{\"prompt_tokens\":9000000000000,\"completion_tokens\":1}}\n\n" +
             done,
         "T:a<stop><1000000000000+1>"},
        {"calls without an index",
         call("\"id\":\"c1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}") +
             call("\"function\":{\"arguments\":\"}\"}") +
             call("\"id\":\"c2\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}") + stop,
         "[0:c1:f]A0:{}[1:c2:g]A1:{}<stop>"},
        {"parallel calls that all have index 0",
         call("\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}") +
             call("\"index\":0,\"id\":\"c2\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}") + stop,
         "[0:c1:f]A0:{}[1:c2:g]A1:{}<stop>"},
        {"the id in every fragment",
         call("\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}") +
             call("\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"f\",\"arguments\":\"}\"}") + stop,
         "[0:c1:f]A0:{}<stop>"},
        {"indices that begin at one",
         call("\"index\":1,\"id\":\"c1\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}") + stop,
         "[0:c1:f]A0:{}<stop>"},
        {"arguments as an object",
         call("\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"f\",\"arguments\":{\"x\":1}}") + stop,
         "[0:c1:f]A0:{\"x\":1}<stop>"},
        {"the old function_call",
         delta("\"function_call\":{\"name\":\"f\",\"arguments\":\"{}\"}", "\"function_call\""),
         "{{\"function_call\":{\"arguments\":\"{}\",\"name\":\"f\"}}{}}<function_call>"},
        {"a refusal and log probabilities",
         chunk("{\"index\":0,\"delta\":{\"refusal\":\"no\"},\"logprobs\":{\"content\":[]},\"finish_reason\":"
               "\"stop\"}"),
         "{{\"refusal\":\"no\"}{\"logprobs\":{\"content\":[]}}}<stop>"},
        {"unknown members", delta("\"content\":\"a\",\"x_secret\":\"leak\"") + stop, "T:a<stop>"},
        {"fields of wrong types",
         chunk("{\"index\":\"x\",\"delta\":{\"content\":\"a\"},\"finish_reason\":7},5,null") + stop,
         "T:a<stop>"},
        {"a byte order mark", "\xEF\xBB\xBF" + delta("\"content\":\"a\"") + stop, "T:a<stop>"},
    };
    Bench bench;
    for (const Row& row : rows) {
        CAPTURE(row.what);
        for (const std::size_t piece : {std::size_t(1), std::size_t(1) << 20}) {
            Played played;
            played.body = row.body;
            played.piece = piece;
            const Outcome outcome = bench.stream(std::move(played));
            CHECK_FALSE(outcome.error);
            CHECK(outcome.text == row.expected);
        }
    }
}

TEST_CASE("a tool call without an id gets one") {
    Bench bench;
    const Outcome outcome = bench.streamBody(
        delta("\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]", "\"tool_calls\""));
    CHECK(outcome.text.starts_with("[0:call_"));
    CHECK(outcome.text.ends_with(":f]A0:{}<tool_calls>"));
}

TEST_CASE("what is no stream is recognised whatever its content type says") {
    Bench bench;
    SUBCASE("a finished completion becomes its events") {
        const Outcome outcome = bench.streamBody("  \n" + test::recorded("openai-completion.json"));
        CHECK_FALSE(outcome.error);
        CHECK(outcome.text == "T:Hi{{\"annotations\":[]}{}}<stop><8+1>");
        CHECK(outcome.head.id == "chatcmpl-N1");
    }
    SUBCASE("a finished Anthropic message too") {
        Bench anthropic("anthropic");
        const Outcome outcome = anthropic.streamBody(test::recorded("anthropic-message.json"));
        CHECK_FALSE(outcome.error);
        CHECK(outcome.text == "R:Think.T:AB[0:toolu_C:f]A0:{\"x\":1}<tool_calls><15+7>");
    }
    SUBCASE("an error in JSON") {
        const Outcome outcome =
            bench.streamBody(R"({"error":{"message":"slow down","type":"rate_limit_error","code":null}})");
        REQUIRE(outcome.error);
        CHECK(outcome.error->code == ErrorCode::UpstreamRejected);
        CHECK(outcome.error->upstreamStatus == 429);
    }
    for (const char* body : {"", "   \r\n\n", "<!DOCTYPE html><html>nginx</html>",
                             "{\"choices\":", "data: [DONE]\n\n", "{}", ": only comments\n\n", "hello\n\n"}) {
        CAPTURE(body);
        const Outcome outcome = bench.streamBody(body);
        REQUIRE(outcome.error);
        CHECK(outcome.error->code == ErrorCode::UpstreamInvalidResponse);
        CHECK(outcome.error->retryable);
    }
}

TEST_CASE("an error inside a stream comes after the text before it") {
    SUBCASE("OpenRouter") {
        Bench bench;
        const Outcome outcome = bench.streamBody(test::recorded("openrouter-error.sse"));
        CHECK(outcome.text == "T:Half an");
        REQUIRE(outcome.error);
        CHECK(outcome.error->code == ErrorCode::UpstreamRejected);
        CHECK(outcome.error->upstreamStatus == 502);
        CHECK(bench.http.open == 0);
    }
    SUBCASE("Anthropic is overloaded") {
        Bench bench("anthropic");
        const Outcome outcome = bench.streamBody(test::recorded("anthropic-overloaded.sse"));
        REQUIRE(outcome.error);
        CHECK(outcome.error->upstreamStatus == 529);
        CHECK(outcome.error->retryable);
    }
    SUBCASE("the upstream gives up") {
        Bench bench;
        const Outcome outcome =
            bench.streamBody(delta("\"content\":\"a\"", "\"insufficient_system_resource\""));
        CHECK(outcome.text == "T:a");
        REQUIRE(outcome.error);
        CHECK(outcome.error->code == ErrorCode::StreamInterrupted);
    }
}

TEST_CASE("silence and cancellation end a stream with their own errors") {
    Bench bench;
    SUBCASE("silence in the middle") {
        Played played;
        played.body = delta("\"content\":\"a\"");
        played.cut = fail(ErrorCode::UpstreamTimeout, "silence");
        const Outcome outcome = bench.stream(std::move(played));
        CHECK(outcome.text == "T:a");
        REQUIRE(outcome.error);
        CHECK(outcome.error->code == ErrorCode::UpstreamTimeout);
    }
    SUBCASE("silence after the finish reason is an end") {
        Played played;
        played.body = delta("\"content\":\"a\"", "\"stop\"");
        played.cut = fail(ErrorCode::UpstreamTimeout, "silence");
        const Outcome outcome = bench.stream(std::move(played));
        CHECK_FALSE(outcome.error);
        CHECK(outcome.text == "T:a<stop>");
    }
    SUBCASE("cancelled before anything is sent") {
        CancelSource source;
        source.cancel(CancelReason::UserStop);
        CallContext context;
        context.cancel = source.token();
        Outcome outcome = test::run(bench.io, Bench::play(*bench.provider, context));
        REQUIRE(outcome.error);
        CHECK(outcome.error->code == ErrorCode::Cancelled);
        CHECK(bench.http.requests.empty());
    }
}

TEST_CASE("an answer cannot grow without bounds") {
    Bench bench;
    SUBCASE("one event") {
        const Outcome outcome =
            bench.streamBody(delta("\"content\":\"" + std::string((1u << 20) + 1, 'x') + "\""));
        REQUIRE(outcome.error);
        CHECK(outcome.error->code == ErrorCode::UpstreamInvalidResponse);
        CHECK_FALSE(outcome.error->retryable);
    }
    SUBCASE("all events together") {
        const std::string event = delta("\"content\":\"" + std::string(1000u << 10, 'x') + "\"");
        std::string body;
        for (int i = 0; i < 34; ++i)
            body += event;
        const Outcome outcome = bench.streamBody(std::move(body));
        REQUIRE(outcome.error);
        CHECK(outcome.error->code == ErrorCode::UpstreamInvalidResponse);
        CHECK(outcome.text.size() < (33u << 20));
    }
    SUBCASE("tool calls") {
        std::string body;
        for (int i = 0; i < 300; ++i)
            body += delta("\"tool_calls\":[{\"index\":" + std::to_string(i) + ",\"id\":\"c" +
                          std::to_string(i) + "\",\"function\":{\"name\":\"f\"}}]");
        const Outcome outcome = bench.streamBody(body + "data: [DONE]\n\n");
        CHECK(outcome.text.find("[127:c127:f]") != std::string::npos);
        CHECK(outcome.text.find("c128") == std::string::npos);
    }
}

TEST_CASE("destroying a stream early closes the upstream") {
    Bench bench;
    Played played;
    played.body = test::recorded("openai-chat.sse");
    played.piece = 64;
    bench.http.script.push_back(std::move(played));
    auto stream = test::run(bench.io, bench.provider->stream(Bench::request(), {}));
    REQUIRE(stream.ok());
    CHECK(bench.http.open == 1);
    stream->reset();
    CHECK(bench.http.open == 0);
}

TEST_CASE("a server that refuses stream_options is asked again without, and remembered") {
    Bench bench;
    Played refusal;
    refusal.status = 400;
    refusal.body =
        R"({"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error"}})";
    bench.http.script.push_back(refusal);
    CHECK_FALSE(bench.streamBody(delta("\"content\":\"a\"", "\"stop\"")).error);
    CHECK(bench.streamBody(delta("\"content\":\"a\"", "\"stop\"")).text == "T:a<stop>");
    REQUIRE(bench.http.requests.size() == 3);
    const auto options = [&](std::size_t i) {
        return parseJson(bench.http.requests[i].body)->contains("stream_options");
    };
    CHECK(options(0));
    CHECK_FALSE(options(1));
    CHECK_FALSE(options(2));
}

TEST_CASE("what a translated request has and the server refuses is left out, what the client wrote is not") {
    const auto refusal = [](const char* message) {
        Played played;
        played.status = 400;
        played.body = dumpJson({{"error", {{"message", message}, {"type", "invalid_request_error"}}}});
        return played;
    };
    const auto bodyAt = [](const Bench& bench, std::size_t i) {
        return Json::parse(bench.http.requests.at(i).body);
    };
    CompletionRequest request = Bench::request();
    request.body["reasoning_effort"] = "high";
    request.body["max_tokens"] = 10;
    SUBCASE("translated") {
        Bench bench;
        request.anthropic = std::make_shared<const Json>(Json::object());
        bench.http.script = {
            refusal("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
            refusal("Unrecognized request argument supplied: reasoning_effort"), refusal("something else")};
        CHECK_FALSE(test::run(bench.io, bench.provider->stream(request, {})).ok());
        REQUIRE(bench.http.requests.size() == 3);
        CHECK(bodyAt(bench, 0)["max_tokens"] == 10);
        CHECK(bodyAt(bench, 1)["max_completion_tokens"] == 10);
        CHECK_FALSE(bodyAt(bench, 1).contains("max_tokens"));
        CHECK(bodyAt(bench, 1)["reasoning_effort"] == "high");
        CHECK_FALSE(bodyAt(bench, 2).contains("reasoning_effort"));
        CHECK(bodyAt(bench, 2)["max_completion_tokens"] == 10);
    }
    SUBCASE("translated, whole") {
        Bench bench;
        request.anthropic = std::make_shared<const Json>(Json::object());
        bench.http.script = {refusal("Unrecognized request argument supplied: reasoning_effort"),
                             refusal("something else")};
        CHECK_FALSE(test::run(bench.io, bench.provider->complete(request, {})).ok());
        REQUIRE(bench.http.requests.size() == 2);
        CHECK_FALSE(bodyAt(bench, 1).contains("reasoning_effort"));
    }
    SUBCASE("the client's own") {
        Bench bench;
        bench.http.script = {refusal("Unrecognized request argument supplied: reasoning_effort")};
        CHECK_FALSE(test::run(bench.io, bench.provider->stream(request, {})).ok());
        CHECK(bench.http.requests.size() == 1);
    }
}
