// Requests that end with the beginning of their own answer.
#include "core/providers/Prefill.h"
#include "FakeHttp.h"
#include "core/providers/Factory.h"
#include "tests/support/FakeClock.h"
#include "tests/support/RunTask.h"

#include <doctest/doctest.h>

using namespace exo;
using exo::test::FakeHttp;
using exo::test::Played;

namespace {

const std::string k_begun = "the quick brown fox jumps";

CompletionRequest asking(Json more = Json::object(), std::string model = "m") {
    CompletionRequest request;
    request.model = std::move(model);
    Json body = {{"messages", Json::array({Json{{"role", "user"}, {"content", "hi"}}})}};
    body.update(more);
    request.body = std::move(body);
    request.begun = k_begun;
    return request;
}

struct Bench {
    asio::io_context io;
    test::FakeClock clock;
    FakeHttp http;
    std::unique_ptr<Provider> provider;

    explicit Bench(std::string type, std::string prefill) {
        ProviderSettings settings;
        settings.name = "p";
        settings.type = std::move(type);
        settings.baseUrl = "https://llm.example.net";
        settings.prefill = std::move(prefill);
        provider = std::move(*makeProvider(settings, http, clock));
    }
    void answer(int status, std::string body) {
        Played played;
        played.status = status;
        played.body = std::move(body);
        http.script.push_back(std::move(played));
    }
    Result<std::unique_ptr<CompletionStream>> stream(CompletionRequest request) {
        return test::run(io, provider->stream(std::move(request), {}));
    }
    Json sent(std::size_t index) const { return *parseJson(http.requests.at(index).body); }
};

constexpr const char* k_refusal = R"({"error":{"message":"the conversation must end with a user message"}})";
constexpr const char* k_said = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" over\"}}]}\n\n";

} // namespace

TEST_CASE("each form says in its server's way that the answer has begun") {
    const struct {
        const char* setting;
        Json message, members;
    } rows[] = {
        {"message", Json::object(), Json::object()},
        {"continue_final_message",
         Json::object(),
         {{"continue_final_message", true}, {"add_generation_prompt", false}}},
        {"prefix", {{"prefix", true}}, Json::object()},
        {"partial", {{"partial", true}}, Json::object()},
    };
    for (const auto& row : rows) {
        CAPTURE(row.setting);
        Bench bench("openai", row.setting);
        bench.answer(200, k_said);
        const auto stream = bench.stream(asking());
        REQUIRE(stream.ok());
        CHECK((*stream)->continues());
        const Json body = bench.sent(0);
        Json last = {{"role", "assistant"}, {"content", k_begun}};
        last.update(row.message);
        REQUIRE(body["messages"].size() == 2);
        CHECK(body["messages"][1] == last);
        CHECK(body.contains("continue_final_message") == row.members.contains("continue_final_message"));
        for (const auto& [name, value] : row.members.items())
            CHECK(body[name] == value);
    }
}

TEST_CASE("without the setting only the Claude models that are known to go on are asked to") {
    CHECK(prefillForm("", "openai", "claude-3-5-sonnet-20241022") == PrefillForm::Off);
    CHECK(prefillForm("", "anthropic", "claude-3-5-sonnet-20241022") == PrefillForm::Message);
    CHECK(prefillForm("", "anthropic", "anthropic/claude-sonnet-4-5") == PrefillForm::Message);
    CHECK(prefillForm("", "anthropic", "claude-opus-4-20250514") == PrefillForm::Message);
    CHECK(prefillForm("", "anthropic", "claude-opus-4-6") == PrefillForm::Off);
    CHECK(prefillForm("", "anthropic", "claude-next") == PrefillForm::Off);
    CHECK(prefillForm("", "anthropic", "deepseek-chat") == PrefillForm::Off);
    CHECK(prefillForm("off", "anthropic", "claude-3-haiku") == PrefillForm::Off);
    CHECK(prefillForm("message", "anthropic", "claude-next") == PrefillForm::Message);
    Bench bench("openai", "");
    bench.answer(200, k_said);
    const auto stream = bench.stream(asking());
    REQUIRE(stream.ok());
    CHECK_FALSE((*stream)->continues());
    CHECK(bench.sent(0)["messages"].size() == 1);
}

TEST_CASE("a refusal is answered by asking for the whole, and remembered for the model") {
    for (const char* type : {"openai", "anthropic"}) {
        CAPTURE(type);
        Bench bench(type, "message");
        bench.answer(400, k_refusal);
        bench.answer(200, k_said);
        const auto stream = bench.stream(asking());
        REQUIRE(stream.ok());
        CHECK_FALSE((*stream)->continues());
        CHECK(bench.sent(0)["messages"].size() == 2);
        CHECK(bench.sent(1)["messages"].size() == 1);
        bench.answer(200, k_said);
        REQUIRE(bench.stream(asking()).ok());
        CHECK(bench.sent(2)["messages"].size() == 1);
        bench.answer(200, k_said);
        REQUIRE(bench.stream(asking(Json::object(), "another")).ok());
        CHECK(bench.sent(3)["messages"].size() == 2);
    }
}

TEST_CASE("a server in trouble is not asked a second time") {
    Bench bench("openai", "message");
    bench.answer(503, "{}");
    const auto stream = bench.stream(asking());
    REQUIRE_FALSE(stream.ok());
    CHECK(stream.error().upstreamStatus == 503);
    CHECK(bench.http.requests.size() == 1);
}

TEST_CASE("what cannot be gone on with is asked for as a whole") {
    const Json assistant = {{"role", "assistant"}, {"content", "well"}};
    const Json ends = Json::array({Json{{"role", "user"}, {"content", "hi"}}, assistant});
    for (const Json& more :
         {Json{{"messages", ends}}, Json{{"messages", Json::array()}}, Json{{"n", 2}},
          Json{{"response_format", {{"type", "json_object"}}}}, Json{{"guided_regex", "a+"}},
          Json{{"reasoning_effort", "high"}}, Json{{"thinking", {{"type", "enabled"}}}}}) {
        CAPTURE(more);
        CHECK_FALSE(withPrefill(asking(more), PrefillForm::Message));
    }
    for (const Json& more : {Json{{"n", 1}}, Json{{"response_format", {{"type", "text"}}}},
                             Json{{"reasoning_effort", "none"}}, Json{{"thinking", {{"type", "disabled"}}}}})
        CHECK(withPrefill(asking(more), PrefillForm::Message));
    CompletionRequest fresh = asking();
    fresh.begun.clear();
    CHECK_FALSE(withPrefill(fresh, PrefillForm::Message));
}

TEST_CASE("the limit of tokens is that of the whole answer, in Anthropic's own words too") {
    CompletionRequest request = asking({{"max_tokens", 100}});
    request.anthropic = std::make_shared<const Json>(
        Json{{"messages", (*request.body.tree().find("messages"))}, {"max_tokens", 3}});
    const auto again = withPrefill(request, PrefillForm::Message);
    REQUIRE(again);
    const auto left = again->body["max_tokens"].get<int>();
    CHECK(left < 100);
    CHECK(left > 85);
    REQUIRE(again->anthropic);
    CHECK((*again->anthropic)["max_tokens"] == 1);
    CHECK((*again->anthropic)["messages"].back() == Json{{"role", "assistant"}, {"content", k_begun}});
    CHECK(request.body["messages"].size() == 1); // its own is as it was
}
