#include "tests/support/TempHome.h"
#include "tests/unit/server/Fakes.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace exo;
using test::Captured;
using test::ServerRig;

TEST_CASE("a session is made, read, changed, deleted and restored") {
    ServerRig rig;
    const Captured made = rig.call("POST", "/api/v1/sessions", R"({"title":"Caché 会话"})");
    REQUIRE(made.status == 201);
    const std::string path = "/api/v1/sessions/" + made.json()["id"].get<std::string>();
    CHECK(made.header("location") == path);
    CHECK(rig.call("GET", path).json()["title"] == "Caché 会话");
    CHECK(rig.call("PATCH", path, R"({"pinned":true})").json()["pinned"] == true);
    CHECK(rig.call("DELETE", path).status == 204);
    CHECK(rig.call("GET", path).status == 404);
    CHECK(rig.call("DELETE", path).status == 404);
    CHECK(rig.call("POST", path + "/restore").status == 200);
}

TEST_CASE("a session can be made with an empty body, not with a wrong one") {
    ServerRig rig;
    CHECK(rig.call("POST", "/api/v1/sessions").status == 201);
    CHECK(rig.call("POST", "/api/v1/sessions", "{}").status == 201);
    const Captured refused = rig.call("POST", "/api/v1/sessions", R"({"title":7})");
    CHECK(refused.status == 400);
    CHECK(refused.json()["error"]["param"] == "title");
    CHECK(rig.call("POST", "/api/v1/sessions", "nonsense").status == 400);
}

TEST_CASE("the list pages by the time of the last one shown") {
    ServerRig rig;
    for (int i = 0; i < 3; ++i)
        rig.call("POST", "/api/v1/sessions", "{}");
    const Json all = rig.call("GET", "/api/v1/sessions").json();
    CHECK(all["sessions"].size() == 3);
    CHECK(all["next"].is_null());
    const Json page = rig.call("GET", "/api/v1/sessions?limit=2").json();
    CHECK(page["sessions"].size() == 2);
    CHECK(page["next"].is_string());
    rig.call("GET", "/api/v1/sessions?folder=work%20a&before=2026-01-31T08:00:00.000Z");
    CHECK(rig.sessions.lastFilter.folder == "work a");
    CHECK(rig.sessions.lastFilter.before.has_value());
    CHECK(rig.call("GET", "/api/v1/sessions?before=yesterday").status == 400);
    CHECK(rig.call("GET", "/api/v1/sessions?limit=0").status == 400);
    CHECK(rig.call("GET", "/api/v1/sessions?limit=many").status == 400);
}

TEST_CASE("messages come in pages") {
    ServerRig rig;
    CHECK(rig.call("GET", "/api/v1/sessions/s/messages?limit=5&before=12").json()["next"] == 7);
    CHECK(rig.sessions.lastLimit == 5);
    CHECK(rig.sessions.lastBefore == 12);
    rig.call("GET", "/api/v1/sessions/s/messages");
    CHECK(rig.sessions.lastBefore == std::nullopt);
    CHECK(rig.call("GET", "/api/v1/sessions/s/messages?limit=1001").status == 400);
}

TEST_CASE("search decodes the query and answers hits") {
    ServerRig rig;
    const Json hits = rig.call("GET", "/api/v1/search?q=%E7%BC%93%E5%AD%98").json();
    CHECK(rig.sessions.lastQuery == "缓存");
    CHECK(hits["hits"][0]["sessionId"] == "ses_1");
    CHECK(hits["hits"][0]["messageId"] == "msg_1");
    CHECK(rig.call("GET", "/api/v1/search?q=" + std::string(1025, 'a')).status == 400);
}

TEST_CASE("export gives a file in the asked form") {
    ServerRig rig;
    const Captured markdown = rig.call("GET", "/api/v1/sessions/s/export?format=md");
    CHECK(markdown.header("content-type") == "text/markdown; charset=utf-8");
    CHECK(markdown.body == "# title");
    CHECK(rig.call("GET", "/api/v1/sessions/s/export?format=json").header("content-type") ==
          "application/json");
    CHECK(rig.call("GET", "/api/v1/sessions/s/export?format=pdf").json()["error"]["param"] == "format");
}

TEST_CASE("import passes the file on and reports") {
    ServerRig rig;
    const Captured report = rig.call("POST", "/api/v1/import", "[{}]");
    CHECK(rig.sessions.imported == "[{}]");
    CHECK(report.json() == Json{{"sessions", 2}, {"messages", 9}, {"skipped", 1}});
    CHECK(rig.call("POST", "/api/v1/import").status == 400);
}

TEST_CASE("a project is a folder, and with a key only one under analysis.roots") {
    const test::TempHome home;
    std::filesystem::create_directories(home / "allowed/sub");
    std::filesystem::create_directories(home / "allowed-not");
    std::filesystem::create_directory_symlink(home / "allowed-not", home / "allowed/link");
    const std::vector<std::string> roots{(home / "allowed").string()};
    server::Principal local;
    server::Principal remote;
    remote.tenant = "k1";
    const auto check = [&](const server::Principal& who, const std::string& path) {
        return server::checkProject(path, who, roots);
    };
    const std::string sub = std::filesystem::canonical(home / "allowed/sub").string();
    CHECK(check(local, (home / "allowed-not").string()).ok());
    CHECK(*check(local, (home / "allowed/../allowed/sub/.").string()) == sub);
    CHECK(check(local, "relative").error().code == ErrorCode::InvalidRequest);
    CHECK(check(local, (home / "missing").string()).error().code == ErrorCode::InvalidRequest);
    CHECK(*check(remote, sub) == sub);
    CHECK(check(remote, (home / "allowed").string()).ok());
    for (const char* outside :
         {"allowed-not", "allowed/../allowed-not", "allowed/link", "missing", "allowed/missing"})
        CHECK_MESSAGE(check(remote, (home / outside).string()).error().code == ErrorCode::PermissionDenied,
                      outside);
    CHECK(check(remote, "").ok()); // taking the project away
}

TEST_CASE("a turn streams its events in order and begins with the acknowledgement") {
    ServerRig rig;
    api::Message message;
    message.id = MessageId("msg_2");
    rig.chat.events = {api::TurnStarted{MessageId("msg_1"), MessageId("msg_2")},
                       api::TurnDelta{"line\nbreak"}, api::TurnCitation{{"src/a.c", 3, 9}},
                       api::TurnDone{message}};
    const Captured answer = rig.call("POST", "/api/v1/sessions/s1/messages",
                                     R"({"content":"why?","parentId":"msg_0","model":"m"})");
    CHECK(answer.streaming);
    CHECK(answer.ended);
    CHECK(answer.body.starts_with(
        "event: message\ndata: {\"assistantMessageId\":\"msg_2\",\"userMessageId\":\"msg_1\"}\n\n"
        "event: delta\ndata: {\"text\":\"line\\nbreak\"}\n\n"
        "event: citation\ndata: {\"endLine\":9,\"path\":\"src/a.c\",\"startLine\":3}\n\n"
        "event: done\ndata: {\"message\":{"));
    CHECK(rig.chat.lastSession == "s1");
    CHECK(rig.chat.lastSend.content == "why?");
    CHECK(rig.chat.lastSend.parentId == MessageId("msg_0"));
    CHECK(rig.chat.lastSend.model == "m");
    CHECK(rig.chat.lastContext.requestId == "req_test");
}

TEST_CASE("a turn that is refused before it starts is a plain error") {
    ServerRig rig;
    rig.chat.refusal = Error(ErrorCode::Conflict, "the session already answers");
    const Captured refused = rig.call("POST", "/api/v1/sessions/s1/messages", R"({"content":"x"})");
    CHECK_FALSE(refused.streaming);
    CHECK(refused.status == 409);
    const Captured noContent = rig.call("POST", "/api/v1/sessions/s1/messages", "{}");
    CHECK(noContent.status == 400);
    CHECK(noContent.json()["error"]["param"] == "content");
}

TEST_CASE("a turn that fails later says so in the stream without internals") {
    ServerRig rig;
    api::TurnFailed failed;
    failed.error = Error(ErrorCode::UpstreamConnection, "connect to 10.1.1.1 failed");
    failed.message.id = MessageId("msg_2");
    failed.message.state = api::MessageState::Failed;
    rig.chat.events = {api::TurnStarted{MessageId("msg_1"), MessageId("msg_2")}, failed};
    const Captured answer = rig.call("POST", "/api/v1/sessions/s1/messages", R"({"content":"x"})");
    CHECK(answer.status == 200);
    CHECK(answer.body.find("event: error\n") != std::string::npos);
    CHECK(answer.body.find("upstream_connection_error") != std::string::npos);
    CHECK(answer.body.find("10.1.1.1") == std::string::npos);
    CHECK(answer.ended);
}

TEST_CASE("regenerate and edit name the message; cancel tells whether it stopped something") {
    ServerRig rig;
    rig.chat.events = {api::TurnStarted{}};
    CHECK(rig.call("POST", "/api/v1/sessions/s1/messages/m1/regenerate").streaming);
    CHECK(rig.chat.lastMessage == "m1");
    rig.call("POST", "/api/v1/sessions/s1/messages/m1/regenerate", R"({"model":"other"})");
    CHECK(rig.chat.lastModel == "other");
    CHECK(rig.call("POST", "/api/v1/sessions/s1/messages/m2/edit", R"({"content":"新问题"})").streaming);
    CHECK(rig.chat.lastContent == "新问题");
    CHECK(rig.call("POST", "/api/v1/sessions/s1/messages/m2/edit", "{}").status == 400);
    CHECK(rig.call("POST", "/api/v1/sessions/s1/cancel").json() == Json{{"stopped", false}});
    rig.chat.running = true;
    CHECK(rig.call("POST", "/api/v1/sessions/s1/cancel").json() == Json{{"stopped", true}});
}
