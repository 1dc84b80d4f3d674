#include "core/api/ErrorMap.h"
#include "core/api/Types.h"

#include <doctest/doctest.h>

#include <set>

using namespace exo;
using namespace exo::api;

TEST_CASE("times are written and read as ISO 8601 with milliseconds") {
    CHECK(formatTime(WallTime(Millis(1'700'000'000'123))) == "2023-11-14T22:13:20.123Z");
    for (const std::int64_t ms : {0ll, 1'700'000'000'123ll, 4'102'444'799'999ll})
        CHECK(toUnixMillis(*parseTime(formatTime(WallTime(Millis(ms))))) == ms);
    CHECK(parseTime("2023-11-14T22:13:20Z").has_value());
    for (const char* bad : {"", "yesterday", "2023-02-30T00:00:00Z", "2023-01-01T24:00:00Z",
                            "2023-01-01 00:00:00Z", "2023-01-01T00:00:00"})
        CHECK_FALSE(parseTime(bad).has_value());
}

TEST_CASE("a message survives the way through JSON") {
    Message message;
    message.id = MessageId("msg_1");
    message.sessionId = SessionId("ses_1");
    message.parentId = MessageId("msg_0");
    message.seq = 7;
    message.role = Role::Assistant;
    message.content = "你好 \"x\"";
    message.reasoning = "hm";
    message.state = MessageState::Interrupted;
    message.model = "m";
    message.provider = "p";
    message.createdAt = WallTime(Millis(1'700'000'000'123));
    message.usage = Usage{3, 4, true};
    message.citations = {{"a.c", 1, 2}};
    message.toolCalls = {{"call_1", "search", "{\"query\":\"x\"}", "a.c:1", true, 5}};
    message.attachments = {{AttachmentId("att_1"), "n.txt", "text/plain", 3, {}}};
    message.error = ErrorInfo{"upstream_timeout", "slow"};
    message.firstTokenMs = 12;
    message.durationMs = 34;
    message.siblingIndex = 1;
    message.siblingCount = 3;
    message.compactedBefore = true;
    const Json json = toJson(message);
    const auto back = messageFromJson(json);
    REQUIRE(back.ok());
    CHECK(toJson(*back) == json);
    CHECK(json["state"] == "interrupted");
    CHECK(json["createdAt"] == "2023-11-14T22:13:20.123Z");
}

TEST_CASE("each event of a turn has its name and comes back") {
    Message message;
    message.id = MessageId("msg_1");
    const std::vector<std::pair<TurnEvent, std::string>> events{
        {TurnStarted{MessageId("a"), MessageId("b")}, "message"},
        {TurnDelta{"x"}, "delta"},
        {TurnReasoning{"x"}, "reasoning"},
        {TurnCitation{{"a.c", 1, 2}}, "citation"},
        {TurnTool{{"call_1", "search", "{}", "found", false, 3}}, "tool"},
        {TurnDone{message}, "done"},
        {TurnFailed{Error(ErrorCode::UpstreamTimeout, "d"), message}, "error"}};
    for (const auto& [event, name] : events) {
        const NamedEvent named = toEvent(event);
        CHECK(named.name == name);
        const auto back = turnEventFromJson(named.name, named.data);
        REQUIRE(back.ok());
        CHECK(back->index() == event.index());
        CHECK(toEvent(*back).data == named.data);
    }
    CHECK_FALSE(turnEventFromJson("nonsense", Json::object()).ok());
}

TEST_CASE("bad requests are refused with the field's name") {
    const auto send = [](const char* text) { return sendRequestFromJson(*parseJson(text)); };
    CHECK(send(R"({})").error().param == "content");
    CHECK(send(R"({"content":5})").error().param == "content");
    CHECK(send(R"({"content":"x","attachments":5})").error().param == "attachments");
    CHECK(send(R"({"content":"x","attachments":[{"name":"a","mimeType":"text/plain","data":"*"}]})")
              .error()
              .param == "attachments");
    CHECK(send(R"({"content":"x","attachments":[{"name":"a","mimeType":"text/html; x","data":"TQ=="}]})")
              ->attachments[0]
              .data == "M");
    CHECK_FALSE(
        send(R"({"content":"x","attachments":[{"name":"a","mimeType":"application/x-sh","data":"TQ=="}]})")
            .ok());
    CHECK(sessionPatchFromJson(*parseJson(R"({"pinned":"yes"})")).error().param == "pinned");
    CHECK_FALSE(sessionPatchFromJson(Json::array()).ok());
}

TEST_CASE("every error code has a status, a type, and a sentence in both languages") {
    std::set<std::string> english;
    for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        CAPTURE(exo::toString(code));
        CHECK(httpError(code).status >= 400);
        CHECK(httpError(code).status < 600);
        CHECK_FALSE(httpError(code).type.empty());
        CHECK(english.insert(errorText(code, Language::English))
                  .second); // a sentence of its own: no row is missing
        CHECK_FALSE(errorText(code, Language::Chinese).empty());
        const Json body = openAiError(Error(code, "d", "p"));
        const bool named = !body["error"]["code"].is_null(); // else the status says it
        const bool told = errorFromResponse(httpError(code).status, body).code == code;
        CHECK((told || code == ErrorCode::InvalidJson));
        CHECK(named == (code != ErrorCode::InvalidRequest && code != ErrorCode::InvalidJson &&
                        code != ErrorCode::MethodNotAllowed));
    }
    const Json body = openAiError(Error(ErrorCode::ModelNotFound, "no such model", "model"));
    CHECK(
        body ==
        *parseJson(
            R"({"error":{"message":"no such model","type":"invalid_request_error","param":"model","code":"model_not_found"}})"));
    CHECK(errorFromResponse(401, *parseJson(R"({"error":{"message":"x","code":null}})")).code ==
          ErrorCode::InvalidApiKey);
}
