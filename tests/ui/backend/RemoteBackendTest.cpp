// A server that misbehaves: cut streams, garbage, redirects, silence. Every call and every turn still ends
// once, in words.
#include "ui/backend/RemoteBackend.h"
#include "tests/ui/backend/Await.h"
#include "tests/ui/backend/ScriptedServer.h"

#include <QSignalSpy>

using namespace exo;
using namespace exo::ui;

namespace {

const QByteArray k_streamHead =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
const QByteArray k_started =
    "event: message\ndata: {\"userMessageId\":\"u1\",\"assistantMessageId\":\"a1\"}\n\n";
const QByteArray k_done =
    "event: done\ndata: {\"message\":{\"id\":\"a1\",\"sessionId\":\"s\",\"parentId\":\"u1\",\"seq\":2,"
    "\"role\":\"assistant\",\"content\":\"你好\",\"state\":\"complete\",\"model\":\"m\","
    "\"createdAt\":\"2026-01-31T08:00:00.000Z\"}}\n\n";

QByteArray delta(const char* text) {
    return QByteArray("event: delta\ndata: {\"text\":\"") + text + "\"}\n\n";
}
std::string_view codeOf(const Error& error) {
    return toString(error.code);
}

} // namespace

class RemoteBackendTest : public QObject {
    Q_OBJECT
  private slots:
    void theKeyGoesInTheHeaderAndIdsAreEscaped();
    void errorsOfTheServerKeepTheirCode();
    void garbageIsAnErrorNotACrash();
    void redirectsAreNotFollowed();
    void reachabilityFollowsTheCalls();
    void aStreamInSinglePiecesIsRead();
    void aCutStreamEndsOnceAsInterrupted();
    void anErrorBeforeTheStreamIsTheTurnsError();
    void garbageInAStreamEndsTheTurn();
    void anUnknownEventIsSkipped();
    void toolsArriveAmongTheText();
    void pagesOfSessionsAreJoined();
    void destroyingItEndsQuietly();
};

void RemoteBackendTest::theKeyGoesInTheHeaderAndIdsAreEscaped() {
    ScriptedServer server;
    RemoteBackend backend(server.url(), QStringLiteral("exo_secret"));
    server.answerJson(200, R"({"messages":[],"next":null})");
    QVERIFY(await<api::MessagePage>([&](QObject* c, auto r) {
                backend.loadMessages(SessionId("a/../b?x=1#y"), 5, qint64(7), c, r);
            }).ok());
    const QByteArray head = server.requests.first();
    QVERIFY2(head.startsWith("GET /api/v1/sessions/a%2F..%2Fb%3Fx=1%23y/messages?limit=5&before=7 ") ||
                 head.startsWith("GET /api/v1/sessions/a%2F..%2Fb%3Fx%3D1%23y/messages?limit=5&before=7 "),
             head.left(120).constData());
    QVERIFY(head.toLower().contains("authorization: bearer exo_secret\r\n"));
}

void RemoteBackendTest::errorsOfTheServerKeepTheirCode() {
    ScriptedServer server;
    RemoteBackend backend(server.url(), {});
    server.answerJson(
        401, R"({"error":{"message":"no","type":"invalid_request_error","param":null,"code":")" +
                 QByteArray::fromStdString(std::string(toString(ErrorCode::InvalidApiKey))) + R"("}})");
    auto status = await<api::ServiceStatus>([&](QObject* c, auto r) { backend.fetchStatus(c, r); });
    QCOMPARE(codeOf(status.error()), toString(ErrorCode::InvalidApiKey));
    QCOMPARE(backend.state(), Backend::State::Ready);
}

void RemoteBackendTest::garbageIsAnErrorNotACrash() {
    ScriptedServer server;
    RemoteBackend backend(server.url(), {});
    for (const QByteArray& body :
         {QByteArray("<html>hello"), QByteArray("[]"), QByteArray(), QByteArray("{\"sessions\":7}"),
          QByteArray("{\"sessions\":[{}]}"), QByteArray(5000, '[')}) {
        server.answerJson(200, body);
        auto sessions =
            await<std::vector<api::Session>>([&](QObject* c, auto r) { backend.listSessions(c, r); });
        QVERIFY2(!sessions.ok(), body.left(40).constData());
    }
    server.answerJson(502, "<html>bad gateway</html>");
    QVERIFY(!await<std::vector<api::ModelInfo>>([&](QObject* c, auto r) { backend.listModels(c, r); }).ok());
}

void RemoteBackendTest::redirectsAreNotFollowed() {
    ScriptedServer server, elsewhere;
    RemoteBackend backend(server.url(), QStringLiteral("exo_secret"));
    ScriptedServer::Answer redirect;
    redirect.pieces << "HTTP/1.1 302 Found\r\nlocation: " + elsewhere.url().toEncoded() +
                           "/api/v1/status\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    server.answer(redirect);
    QVERIFY(!await<api::ServiceStatus>([&](QObject* c, auto r) { backend.fetchStatus(c, r); }).ok());
    QVERIFY(elsewhere.requests.isEmpty());
}

void RemoteBackendTest::reachabilityFollowsTheCalls() {
    auto server = std::make_unique<ScriptedServer>();
    RemoteBackend backend(server->url(), {});
    QSignalSpy states(&backend, &Backend::stateChanged);
    QCOMPARE(backend.state(), Backend::State::Connecting);
    server->answerJson(200, R"({"level":"ok","version":"1"})");
    QVERIFY(await<api::ServiceStatus>([&](QObject* c, auto r) { backend.fetchStatus(c, r); }).ok());
    QCOMPARE(backend.state(), Backend::State::Ready);
    server.reset();
    auto gone = await<api::ServiceStatus>([&](QObject* c, auto r) { backend.fetchStatus(c, r); });
    QCOMPARE(codeOf(gone.error()), toString(ErrorCode::UpstreamConnection));
    QVERIFY(gone.error().retryable);
    QCOMPARE(backend.state(), Backend::State::Unreachable);
    QCOMPARE(states.size(), 2);
}

void RemoteBackendTest::aStreamInSinglePiecesIsRead() {
    ScriptedServer server;
    RemoteBackend backend(server.url(), {});
    TurnRecorder turns(&backend);
    ScriptedServer::Answer answer;
    answer.pieces << k_streamHead;
    const QByteArray body = k_started + ": keep-alive\n\n" + delta("你") + delta("好") + k_done;
    for (const char byte : body) {
        answer.pieces << QByteArray(1, byte);
    }
    server.answer(answer);
    const TurnId turn = backend.sendMessage(SessionId("s"), {});
    QVERIFY(turns.waitForEnd(turn));
    QVERIFY(turns[turn].orderly);
    QVERIFY(turns[turn].done);
    QCOMPARE(turns[turn].text, QStringLiteral("你好"));
    QCOMPARE(turns[turn].ends, 1);
}

void RemoteBackendTest::aCutStreamEndsOnceAsInterrupted() {
    ScriptedServer server;
    RemoteBackend backend(server.url(), {});
    TurnRecorder turns(&backend);
    server.answer({{k_streamHead + k_started + delta("half"), QByteArray("event: del")}, true});
    const TurnId turn = backend.sendMessage(SessionId("s"), {});
    QVERIFY(turns.waitForEnd(turn));
    QVERIFY(turns[turn].failed);
    QCOMPARE(codeOf(turns[turn].failed->error), toString(ErrorCode::StreamInterrupted));
    QCOMPARE(turns[turn].text, QStringLiteral("half"));
    QCOMPARE(turns[turn].ends, 1);
}

void RemoteBackendTest::anErrorBeforeTheStreamIsTheTurnsError() {
    ScriptedServer server;
    RemoteBackend backend(server.url(), {});
    TurnRecorder turns(&backend);
    server.answerJson(409, R"({"error":{"message":"busy","type":"x","param":null,"code":")" +
                               QByteArray::fromStdString(std::string(toString(ErrorCode::Conflict))) +
                               R"("}})");
    const TurnId turn = backend.sendMessage(SessionId("s"), {});
    QVERIFY(turns.waitForEnd(turn));
    QCOMPARE(codeOf(turns[turn].failed->error), toString(ErrorCode::Conflict));
    QVERIFY(turns[turn].failed->message.id.empty());
}

void RemoteBackendTest::garbageInAStreamEndsTheTurn() {
    ScriptedServer server;
    RemoteBackend backend(server.url(), {});
    TurnRecorder turns(&backend);
    server.answer(
        {{k_streamHead + k_started + "event: delta\ndata: {broken\n\n" + delta("later") + k_done}, true});
    const TurnId turn = backend.sendMessage(SessionId("s"), {});
    QVERIFY(turns.waitForEnd(turn));
    QVERIFY(turns[turn].failed);
    QCOMPARE(codeOf(turns[turn].failed->error), toString(ErrorCode::UpstreamInvalidResponse));
    QVERIFY(turns[turn].orderly);
    QCOMPARE(turns[turn].ends, 1);
}

void RemoteBackendTest::anUnknownEventIsSkipped() {
    ScriptedServer server;
    RemoteBackend backend(server.url(), {});
    TurnRecorder turns(&backend);
    server.answer(
        {{k_streamHead + k_started + "event: weather\ndata: {\"sun\":true}\n\n" + delta("ok") + k_done},
         true});
    const TurnId turn = backend.sendMessage(SessionId("s"), {});
    QVERIFY(turns.waitForEnd(turn));
    QVERIFY(turns[turn].done);
    QCOMPARE(turns[turn].text, QStringLiteral("ok"));
}

void RemoteBackendTest::toolsArriveAmongTheText() {
    ScriptedServer server;
    RemoteBackend backend(server.url(), {});
    TurnRecorder turns(&backend);
    // The second has an odd server's members: what is missing is empty, what is wrong is not taken.
    server.answer({{k_streamHead + k_started + delta("look: ") +
                    R"(event: tool
data: {"id":"c1","name":"search","arguments":"{}","result":""}

event: tool
data: {"id":"c1","name":"search","arguments":"{}","result":"a.c:1 x","durationMs":7}

event: tool
data: {"name":7,"result":null,"failed":"yes","durationMs":"long"}

)" + delta("found") +
                    k_done},
                   true});
    const TurnId turn = backend.sendMessage(SessionId("s"), {});
    QVERIFY(turns.waitForEnd(turn));
    QVERIFY(turns[turn].done);
    QCOMPARE(turns[turn].textBeforeTools, QStringLiteral("look: "));
    QCOMPARE(turns[turn].text, QStringLiteral("look: found"));
    QCOMPARE(turns[turn].tools.size(), std::size_t(3));
    QCOMPARE(turns[turn].tools[0].durationMs, -1);
    QVERIFY((turns[turn].tools[1] == api::ToolCall{"c1", "search", "{}", "a.c:1 x", false, 7}));
    QVERIFY(turns[turn].tools[2] == api::ToolCall{});
}

void RemoteBackendTest::pagesOfSessionsAreJoined() {
    ScriptedServer server;
    RemoteBackend backend(server.url(), {});
    const auto page = [](const char* id, const char* next) -> QByteArray {
        return QByteArray("{\"sessions\":[{\"id\":\"") + id +
               "\",\"title\":\"t\",\"createdAt\":\"2026-01-31T08:00:00.000Z\",\"updatedAt\":\"2026-01-31T08:"
               "00:00.000Z\"}],"
               "\"next\":" +
               next + "}";
    };
    server.answerJson(200, page("s1", "\"2026-01-31T08:00:00.000Z\""));
    server.answerJson(200, page("s2", "null"));
    auto sessions = await<std::vector<api::Session>>([&](QObject* c, auto r) { backend.listSessions(c, r); });
    QVERIFY(sessions.ok());
    QCOMPARE(sessions->size(), std::size_t(2));
    QVERIFY(server.requests.at(1).contains("before=2026-01-31T08%3A00%3A00.000Z"));
}

void RemoteBackendTest::destroyingItEndsQuietly() {
    ScriptedServer server;
    bool replied = false;
    {
        RemoteBackend backend(server.url(), {});
        server.answer({{k_streamHead + k_started}, false});
        backend.sendMessage(SessionId("s"), {});
        backend.listModels(this, [&](Result<std::vector<api::ModelInfo>>) { replied = true; });
        QVERIFY(QTest::qWaitFor([&] { return !server.requests.isEmpty(); }));
    }
    QVERIFY(!replied);
}

QTEST_GUILESS_MAIN(RemoteBackendTest)
#include "RemoteBackendTest.moc"
