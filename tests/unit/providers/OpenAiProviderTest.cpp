#include "FakeHttp.h"
#include "core/providers/Detect.h"
#include "core/providers/Factory.h"
#include "core/providers/ModelTable.h"
#include "core/providers/OpenAiEmbedding.h"
#include "tests/support/FakeClock.h"
#include "tests/support/RunTask.h"

#include <doctest/doctest.h>

using namespace exo;
using exo::test::FakeHttp;
using exo::test::Played;

namespace {

struct Bench {
    asio::io_context io;
    test::FakeClock clock;
    FakeHttp http;
    std::unique_ptr<Provider> provider;

    explicit Bench(const char* baseUrl = "https://llm.example.net", const char* proxy = "system") {
        ProviderSettings settings;
        settings.name = "p";
        settings.baseUrl = baseUrl;
        settings.proxy = proxy;
        settings.apiKey = Secret("sk-very-secret-key");
        provider = std::move(*makeProvider(settings, http, clock));
    }
    void answer(int status, std::string body, std::vector<net::Header> headers = {}) {
        Played played;
        played.status = status;
        played.body = std::move(body);
        played.headers = std::move(headers);
        http.script.push_back(std::move(played));
    }
    Result<Completion> complete(Json body, CallContext context = {}) {
        CompletionRequest request;
        request.model = "m";
        request.body = std::move(body);
        return test::run(io, provider->complete(std::move(request), std::move(context)));
    }
    static Json hello() { return {{"messages", Json::array({Json{{"role", "user"}, {"content", "hi"}}})}}; }
};

} // namespace

TEST_CASE("a request goes to the right address with key, limits and every unknown member") {
    Bench bench("llm.example.net/v1/chat/completions");
    bench.answer(200, test::recorded("openai-completion.json"));
    Json body = Bench::hello();
    body["x_vendor"] = {{"a", Json::array({1, 2.5, nullptr})}};
    body["stream_options"] = {{"include_usage", true}};
    CallContext context;
    context.timeout = Millis(7000);
    REQUIRE(bench.complete(std::move(body), std::move(context)).ok());
    const net::HttpRequest& sent = bench.http.requests.at(0);
    CHECK(sent.method == "POST");
    CHECK(sent.url == "https://llm.example.net/v1/chat/completions");
    CHECK(net::findHeader(sent.headers, "authorization") == "Bearer sk-very-secret-key");
    CHECK(net::findHeader(sent.headers, "content-type") == "application/json");
    CHECK(sent.timeouts.headers == Millis(7000));
    CHECK(sent.timeouts.total == Millis(7000));
    CHECK(sent.timeouts.connect == Millis(5000));
    CHECK(dumpJson(*parseJson(sent.body)) ==
          R"({"messages":[{"content":"hi","role":"user"}],"model":"m","x_vendor":{"a":[1,2.5,null]}})");
}

TEST_CASE("a stream has no limit on the whole and asks for its usage") {
    Bench bench("https://llm.example.net", "socks5h://127.0.0.1:1080");
    bench.answer(200, test::recorded("openai-chat.sse"));
    CompletionRequest request;
    request.model = "m";
    request.body = Bench::hello();
    request.body["stream_options"] = {{"include_obfuscation", false}};
    REQUIRE(test::run(bench.io, bench.provider->stream(std::move(request), {})).ok());
    const net::HttpRequest& sent = bench.http.requests.at(0);
    CHECK(sent.timeouts.total == Millis(0));
    CHECK(sent.proxy.mode == net::ProxySettings::Mode::Custom);
    CHECK(sent.proxy.url == "socks5h://127.0.0.1:1080");
    const Json body = *parseJson(sent.body);
    CHECK(body["stream"] == true);
    CHECK(body["stream_options"] == Json{{"include_obfuscation", false}, {"include_usage", true}});
}

TEST_CASE("a finished answer is rebuilt from an allow-list") {
    Bench bench;
    bench.answer(200, test::recorded("openai-completion.json"));
    const auto completion = bench.complete(Bench::hello());
    REQUIRE(completion.ok());
    CHECK(
        dumpJson(completion->body) ==
        R"({"choices":[{"finish_reason":"stop","index":0,"message":{"annotations":[],"content":"Hi","role":"assistant"}}],)"
        R"("created":1752000010,"id":"chatcmpl-N1","model":"gpt-4o-mini-2024-07-18","object":"chat.completion",)"
        R"("service_tier":"default","system_fingerprint":"fp_1",)"
        R"("usage":{"completion_tokens":1,"prompt_tokens":8,"prompt_tokens_details":{"cached_tokens":0},"total_tokens":9}})");
    CHECK(completion->usage.inputTokens == 8);
    CHECK(completion->usage.outputTokens == 1);
    CHECK(completion->model == "gpt-4o-mini-2024-07-18");
}

TEST_CASE("what an answer leaves out is filled in") {
    Bench bench;
    bench.answer(
        200,
        R"({"choices":[{"message":{"reasoning":"hm","content":null,"tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]}}]})");
    const auto completion = bench.complete(Bench::hello());
    REQUIRE(completion.ok());
    const Json& choice = completion->body["choices"][0];
    CHECK(completion->body["model"] == "m");
    CHECK(completion->body["created"] == 1'700'000'000);
    CHECK(std::string(stringOr(completion->body, "id")).starts_with("chatcmpl-"));
    CHECK(choice["finish_reason"] == "tool_calls");
    CHECK(choice["message"]["reasoning_content"] == "hm");
    CHECK(choice["message"]["content"].is_null());
    CHECK(choice["message"]["tool_calls"][0]["function"]["arguments"] == "{\"a\":1}");
    CHECK(std::string(stringOr(choice["message"]["tool_calls"][0], "id")).starts_with("call_"));
}

TEST_CASE("2xx without a usable answer is an invalid response that may be repeated") {
    for (const char* body : {"", " \n", "<html>", "{}", "[]", "{\"choices\":[]}", "{\"choices\":[{}]}",
                             "{\"choices\":[7]}", "{\"choices\":[{\"message\":\"x\"}]}", "{\"choices\":{}}",
                             "{\"choices\":[{\"message\":{\"content\":\"x\"}}"}) {
        CAPTURE(body);
        Bench bench;
        bench.answer(200, body);
        const auto completion = bench.complete(Bench::hello());
        REQUIRE_FALSE(completion.ok());
        CHECK(completion.error().code == ErrorCode::UpstreamInvalidResponse);
        CHECK(completion.error().retryable);
    }
}

TEST_CASE("an error inside a 200 is an error") {
    Bench bench;
    bench.answer(200, R"({"error":{"code":502,"message":"Upstream error from Chutes"}})");
    const auto completion = bench.complete(Bench::hello());
    REQUIRE_FALSE(completion.ok());
    CHECK(completion.error().code == ErrorCode::UpstreamRejected);
    CHECK(completion.error().upstreamStatus == 502);
}

TEST_CASE("neither key nor address of an upstream gets into an error") {
    Bench bench;
    bench.answer(401, R"({"error":{"message":"bad key sk-very-secret-key for https://llm.example.net/v1"}})");
    const auto rejected = bench.complete(Bench::hello());
    REQUIRE_FALSE(rejected.ok());
    CHECK(rejected.error().detail == "the upstream answered 401: bad key *** for the upstream");
    CHECK(rejected.error().upstreamBody.find("secret") == std::string::npos);
    Played refused;
    refused.refusal = fail(ErrorCode::UpstreamConnection, "cannot connect to llm.example.net port 443");
    bench.http.script.push_back(refused);
    const auto unreachable = bench.complete(Bench::hello());
    REQUIRE_FALSE(unreachable.ok());
    CHECK(unreachable.error().detail == "cannot connect to the upstream port 443");
    CHECK(unreachable.error().retryable);
}

TEST_CASE("an endless error body is read only as far as it is kept") {
    Bench bench;
    Played played;
    played.status = 500;
    played.body = std::string(10u << 20, 'x');
    played.piece = 16u << 10;
    bench.http.script.push_back(played);
    const auto completion = bench.complete(Bench::hello());
    REQUIRE_FALSE(completion.ok());
    CHECK(completion.error().upstreamStatus == 500);
    CHECK(bench.http.open == 0);
}

TEST_CASE("requests that cannot be meant never reach the upstream") {
    Bench bench;
    for (const char* body : {"{}", R"({"messages":[]})", R"({"messages":"hi"})"}) {
        const auto completion = bench.complete(*parseJson(body));
        REQUIRE_FALSE(completion.ok());
        CHECK(completion.error().code == ErrorCode::InvalidRequest);
        CHECK(completion.error().param == "messages");
    }
    CHECK(bench.http.requests.empty());
}

TEST_CASE("embeddings pass as numbers or base64 and nothing else") {
    const auto embed = [](const char* answer) {
        Bench bench;
        bench.answer(200, answer);
        EmbeddingRequest request;
        request.model = "e";
        request.body = {{"input", "x"}, {"dimensions", 2}};
        auto result = test::run(bench.io, bench.provider->embed(std::move(request), {}));
        CHECK(bench.http.requests.at(0).url == "https://llm.example.net/v1/embeddings");
        return result;
    };
    const auto numbers = embed(
        R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]}],"model":"e-1","usage":{"prompt_tokens":1,"total_tokens":1},"x":1})");
    REQUIRE(numbers.ok());
    REQUIRE(numbers->vectors.size() == 1);
    CHECK(numbers->vectors[0] == std::string("\x00\x00\x00\x3f\x00\x00\x80\xbf", 8));
    CHECK(numbers->model == "e-1");
    CHECK(numbers->usage.inputTokens == 1);
    const auto coded = embed(R"({"data":[{"embedding":"AAAAPwAAgL8="}]})");
    REQUIRE(coded.ok());
    CHECK(coded->vectors == numbers->vectors);
    CHECK(coded->model == "e");
    const auto swapped = embed(R"({"data":[{"index":1,"embedding":[1]},{"index":0,"embedding":[2]}]})");
    REQUIRE(swapped.ok());
    CHECK(swapped->vectors[1] == std::string("\x00\x00\x80\x3f", 4));
}

TEST_CASE("what is no embedding is a broken answer") {
    for (const char* data :
         {R"([{"embedding":[1,"x"]}])", "[]", R"([{"embedding":[]}])", R"([{"embedding":""}])", "[{}]",
          R"([{"embedding":"AAAA"}])", R"([{"embedding":"!"}])", R"([{"embedding":[1e300]}])",
          R"([{"embedding":"AACAfw=="}])", R"([{"index":1,"embedding":[1]}])",
          R"([{"index":-1,"embedding":[1]}])", R"([{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}])",
          "7"}) {
        Bench bench;
        bench.answer(200, std::string(R"({"data":)") + data + "}");
        EmbeddingRequest request{"e", Json{{"input", "x"}}};
        const auto result = test::run(bench.io, bench.provider->embed(std::move(request), {}));
        REQUIRE_MESSAGE(!result.ok(), data);
        CHECK(result.error().code == ErrorCode::UpstreamInvalidResponse);
    }
}

TEST_CASE("a server that knows no base64 is asked for numbers") {
    Bench bench;
    bench.answer(400, R"({"error":{"message":"encoding_format only supports float"}})");
    bench.answer(200, R"({"data":[{"embedding":[0.5]}]})");
    EmbeddingRequest request{"e", Json{{"input", "x"}, {"encoding_format", "base64"}}};
    CHECK(test::run(bench.io, bench.provider->embed(std::move(request), {})).ok());
    REQUIRE(bench.http.requests.size() == 2);
    CHECK(bench.http.requests[0].body.find("base64") != std::string::npos);
    CHECK(bench.http.requests[1].body.find("encoding_format") == std::string::npos);
}

TEST_CASE("the refusals of too large batches are told from other bad requests") {
    const auto refusal = [](int status, const char* message) {
        Error error(ErrorCode::UpstreamRejected);
        error.upstreamStatus = status;
        error.upstreamBody = message;
        return batchRefusal(error);
    };
    CHECK(refusal(400, "Invalid 'input': array too long. Expected an array with maximum length 2048") ==
          BatchRefusal::Inputs);
    CHECK(refusal(400, "batch size is invalid, it should not be larger than 10.") == BatchRefusal::Inputs);
    CHECK(refusal(422, "batch size 64 > maximum allowed batch size 32") == BatchRefusal::Inputs);
    CHECK(refusal(400, "total number of texts must be at most 96") == BatchRefusal::Inputs);
    CHECK(refusal(400, "input数组最大不得超过64条") == BatchRefusal::Inputs);
    CHECK(refusal(400, "Requested 350000 tokens, max 300000 tokens per request") == BatchRefusal::Tokens);
    CHECK(refusal(413, "<html>") == BatchRefusal::Tokens);
    CHECK(refusal(400, "'dimensions' is not supported") == BatchRefusal::None);
    CHECK(refusal(500, "batch") == BatchRefusal::None);
}

TEST_CASE("model lists are read in their dialects") {
    const auto list = [](const char* answer) {
        Bench bench;
        bench.answer(200, answer);
        auto result = test::run(bench.io, bench.provider->listModels({}));
        CHECK(bench.http.requests.at(0).method == "GET");
        return result;
    };
    const auto vllm = list(
        R"({"object":"list","data":[{"id":"Qwen/Qwen3-8B","owned_by":"vllm","max_model_len":40960},{"id":""},{"id":7}]})");
    REQUIRE(vllm.ok());
    REQUIRE(vllm->size() == 1);
    CHECK(vllm->front().id == "Qwen/Qwen3-8B");
    CHECK(vllm->front().contextTokens == 40960);
    CHECK(list(R"([{"id":"a","context_length":1000},"b"])")->size() == 2);
    CHECK(list(R"({"models":[{"name":"llama"}]})")->front().id == "llama");
    CHECK_FALSE(list("{}").ok());
}

TEST_CASE("time spent waiting for the upstream is metered") {
    class SlowHttp final : public net::HttpClient {
      public:
        SlowHttp(FakeHttp& inner, test::FakeClock& clock)
            : m_inner(inner)
            , m_clock(clock) {}
        Task<std::unique_ptr<net::HttpResponse>> send(net::HttpRequest request, CancelToken cancel) override {
            m_clock.advance(Millis(40));
            co_return co_await m_inner.send(std::move(request), cancel);
        }

      private:
        FakeHttp& m_inner;
        test::FakeClock& m_clock;
    };
    Bench bench;
    bench.answer(200, test::recorded("openai-completion.json"));
    SlowHttp slow(bench.http, bench.clock);
    ProviderSettings settings;
    settings.name = "p";
    settings.baseUrl = "https://llm.example.net";
    bench.provider = std::move(*makeProvider(settings, slow, bench.clock));
    CallContext context;
    context.meter = std::make_shared<CallMeter>();
    const auto meter = context.meter;
    REQUIRE(bench.complete(Bench::hello(), context).ok());
    CHECK(meter->waited == Millis(40));
}

TEST_CASE("the factory says what it cannot make") {
    FakeHttp http;
    test::FakeClock clock;
    const auto make = [&](const char* type, const char* url) {
        ProviderSettings settings;
        settings.name = "p";
        settings.type = type;
        settings.baseUrl = url;
        return makeProvider(settings, http, clock);
    };
    CHECK((*make("anthropic", "https://api.anthropic.com"))->type() == "anthropic");
    CHECK(make("llama", "").error().code == ErrorCode::Unsupported);
    CHECK(make("local", "").error().code == ErrorCode::Unsupported);
    CHECK(make("openai", "ftp://x").error().code == ErrorCode::ConfigError);
    CHECK(make("gopher", "https://x").error().code == ErrorCode::ConfigError);
}

TEST_CASE("local servers are found by a list of models on their port") {
    asio::io_context io;
    test::FakeClock clock;
    FakeHttp http;
    Played refused;
    refused.refusal = fail(ErrorCode::UpstreamConnection);
    Played ollama;
    ollama.body = R"({"object":"list","data":[{"id":"llama3.2","owned_by":"library"}]})";
    Played stranger;
    stranger.body = "<html>It works!</html>";
    Played vllmOnAnotherPort;
    vllmOnAnotherPort.body = R"({"data":[{"id":"q","owned_by":"vllm"}]})";
    http.script = {ollama, refused, vllmOnAnotherPort, stranger, refused};
    const auto found = test::run(io, detectLocalProviders(http, clock));
    REQUIRE(found.ok());
    REQUIRE(found->size() == 2);
    CHECK((*found)[0].product == "Ollama");
    CHECK((*found)[0].baseUrl == "http://127.0.0.1:11434/v1");
    CHECK((*found)[0].models == std::vector<std::string>{"llama3.2"});
    CHECK((*found)[1].product == "vLLM");
    CHECK((*found)[1].baseUrl == "http://127.0.0.1:8080/v1");
    CHECK(clock.pending() == 0);
    for (const net::HttpRequest& request : http.requests)
        CHECK(request.proxy.mode == net::ProxySettings::Mode::None);
}

TEST_CASE("detection ends when its caller gives up") {
    asio::io_context io;
    test::FakeClock clock;
    FakeHttp http;
    CancelSource source;
    source.cancel(CancelReason::UserStop);
    const auto found = test::run(io, detectLocalProviders(http, clock, source.token()));
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().code == ErrorCode::Cancelled);
    CHECK(http.requests.empty());
}

TEST_CASE("context sizes follow the family of a model") {
    CHECK(knownContextTokens("gpt-4o-2024-08-06") == 128'000);
    CHECK(knownContextTokens("openai/gpt-4.1-mini") == 1'047'576);
    CHECK(knownContextTokens("gpt-4-0613") == 8'192);
    CHECK(knownContextTokens("anthropic/claude-sonnet-4") == 200'000);
    CHECK(knownContextTokens("DeepSeek-Chat") == 65'536);
    CHECK(knownContextTokens("o3-mini") == 200'000);
    CHECK(knownContextTokens("llama3.2:3b") == 131'072);
    CHECK(knownContextTokens("llama3:8b") == 8'192);
    CHECK(knownContextTokens("my-own-model") == 0);
}
