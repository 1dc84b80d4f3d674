#include "core/providers/ErrorMapping.h"

#include "tests/support/FakeClock.h"

#include <doctest/doctest.h>

using namespace exo;

namespace {

Error mapped(int status, std::string body, std::vector<net::Header> headers = {}) {
    return errorFromResponse(status, headers, std::move(body), test::FakeClock().wallNow());
}

} // namespace

TEST_CASE("what vendors say becomes the code that tells callers what to do") {
    struct Row {
        int status;
        const char* body;
        ErrorCode code;
        bool retryable;
    };
    const Row rows[] = {
        {400,
         R"({"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}})",
         ErrorCode::ContextLengthExceeded, false},
        {400,
         R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210003 tokens > 200000 maximum"}})",
         ErrorCode::ContextLengthExceeded, false},
        {400,
         R"({"error":{"code":400,"message":"the request exceeds the available context size. try increasing the context size","type":"exceed_context_size_error","n_ctx":4096}})",
         ErrorCode::ContextLengthExceeded, false},
        {400,
         R"({"object":"error","message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","param":null,"code":400})",
         ErrorCode::ContextLengthExceeded, false},
        {400,
         R"([{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}])",
         ErrorCode::ContextLengthExceeded, false},
        {400,
         R"({"error":{"code":"invalid_parameter_error","message":"Range of input length should be [1, 30720]"}})",
         ErrorCode::ContextLengthExceeded, false},
        {400,
         R"({"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","code":"content_filter","status":400}})",
         ErrorCode::ContentFilter, false},
        {400, R"({"error":{"message":"Content Exists Risk","type":"invalid_request_error"}})",
         ErrorCode::ContentFilter, false},
        {400,
         R"({"error":{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}})",
         ErrorCode::ContentFilter, false},
        {429,
         R"({"error":{"message":"You exceeded your current quota, please check your plan.","type":"insufficient_quota","code":"insufficient_quota"}})",
         ErrorCode::InsufficientQuota, false},
        {402, R"({"error":{"message":"Insufficient Balance","type":"unknown_error"}})",
         ErrorCode::InsufficientQuota, false},
        {400,
         R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}})",
         ErrorCode::InsufficientQuota, false},
        {429,
         R"({"error":{"message":"Rate limit reached for gpt-4o: Limit 30000 tokens, maximum context length unaffected","type":"tokens","code":"rate_limit_exceeded"}})",
         ErrorCode::UpstreamRejected, true},
        {401, R"({"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}})",
         ErrorCode::UpstreamRejected, false},
        {404, R"({"detail":"Not Found"})", ErrorCode::UpstreamRejected, false},
        {422, R"({"detail":[{"loc":["body","messages"],"msg":"field required"}]})",
         ErrorCode::UpstreamRejected, false},
        {529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})",
         ErrorCode::UpstreamRejected, true},
        {502, "<html>502 Bad Gateway</html>", ErrorCode::UpstreamRejected, true},
        {500, "", ErrorCode::UpstreamRejected, true},
        {301, "", ErrorCode::UpstreamRejected, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.body);
        const Error error = mapped(row.status, row.body);
        CHECK(error.code == row.code);
        CHECK(error.retryable == row.retryable);
        CHECK(error.upstreamStatus == row.status);
    }
}

TEST_CASE("the body of an error is kept for pass-through when it is JSON, and bounded") {
    const std::string json = R"({"error":{"message":"no"}})";
    CHECK(mapped(400, json).upstreamBody == json);
    CHECK(mapped(400, json).detail == "the upstream answered 400: no");
    CHECK(mapped(502, "<html>internal-host-17</html>").upstreamBody.empty());
    CHECK(mapped(502, "<html>internal-host-17</html>").detail == "the upstream answered 502");
    const Error large = mapped(400, "{\"error\":\"" + std::string(k_maxErrorBody, 'x') + "\"}");
    CHECK(large.upstreamBody.size() <= k_maxErrorBody);
    CHECK(mapped(400, R"({"error":{"message":")" + std::string(5000, 'x') + "\"}}").detail.size() < 400);
}

TEST_CASE("an error inside an answer finds its status by number, type or code") {
    const auto status = [](const char* json) { return errorFromMember(*parseJson(json)).upstreamStatus; };
    CHECK(status(R"({"code":429,"message":"x"})") == 429);
    CHECK(status(R"({"type":"overloaded_error","message":"x"})") == 529);
    CHECK(status(R"({"type":"tokens","code":"rate_limit_exceeded"})") == 429);
    CHECK(status(R"({"message":"x"})") == 500);
    CHECK(status(R"("just words")") == 500);
    CHECK(status(R"([1,2])") == 500);
    CHECK(errorFromMember(*parseJson(R"({"code":"context_length_exceeded","message":"m"})")).code ==
          ErrorCode::ContextLengthExceeded);
}

TEST_CASE("Retry-After is read as seconds, milliseconds or a date, and bounded") {
    test::FakeClock clock;
    clock.setWall(WallTime(Millis(784111777'000))); // Sun, 06 Nov 1994 08:49:37 GMT
    const auto after = [&](const char* name, const char* value) {
        return parseRetryAfter({{name, value}}, clock.wallNow());
    };
    CHECK(after("Retry-After", "3") == Millis(3000));
    CHECK(after("retry-after", "0.25") == Millis(250));
    CHECK(after("Retry-After-Ms", "1500") == Millis(1500));
    CHECK(after("Retry-After", "Sun, 06 Nov 1994 08:49:42 GMT") == Millis(5000));
    CHECK(after("Retry-After", "Sun, 06 Nov 1994 08:49:30 GMT") == Millis(0));
    CHECK(after("Retry-After", "-7") == Millis(0));
    CHECK(after("Retry-After", "999999999999") == std::chrono::hours(24));
    for (const char* nonsense :
         {"", "soon", "3s", "nan", "inf", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"}) {
        CAPTURE(nonsense);
        CHECK_FALSE(after("Retry-After", nonsense));
    }
    CHECK(parseRetryAfter({{"Retry-After", "9"}, {"retry-after-ms", "100"}}, clock.wallNow()) == Millis(100));
}
