// What every backend does, run unchanged against the core in this process and against a server.
#include "tests/ui/backend/Await.h"
#include "tests/ui/backend/Faces.h"

#include <QSignalSpy>

using namespace exo;
using namespace exo::ui;

Q_DECLARE_METATYPE(exo::ui::Face)

class BackendTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase_data();
    void sessionsAreMadeChangedRemovedAndRestored();
    void aTurnStreamsInOrderAndIsStored();
    void deltasAreJoined();
    void stopKeepsTheText();
    void aTurnThatCannotStartSaysSo();
    void anUpstreamErrorEndsTheTurnInWords();
    void anotherAnswerAndAnEditMakeBranches();
    void toolsAreToldWhileTheyRunAndKept();
    void attachmentsTravel();
    void oldMessagesComeInPages();
    void searchFindsOneChineseCharacter();
    void exportAndImportKeepTheWords();
    void modelsAndStatusAreTold();
    void aDeadContextDropsTheReply();

  private:
    api::Session make(Backend* backend, const char* title = "") {
        api::SessionPatch draft;
        if (*title) draft.title = title;
        auto session = await<api::Session>([&](QObject* c, auto r) { backend->createSession(draft, c, r); });
        return session.ok() ? *session : api::Session{};
    }
    static api::SendRequest question(const char* text, const char* model = "echo") {
        api::SendRequest request;
        request.content = text;
        request.model = model;
        return request;
    }
};

void BackendTest::initTestCase_data() {
    QTest::addColumn<Face>("face");
    QTest::newRow("local") << Face::Local;
    QTest::newRow("remote") << Face::Remote;
}

#define WORLD()                                                                                              \
    QFETCH_GLOBAL(Face, face);                                                                               \
    World world(face);                                                                                       \
    Backend* backend = world.backend()

void BackendTest::sessionsAreMadeChangedRemovedAndRestored() {
    WORLD();
    QSignalSpy changed(backend, &Backend::sessionChanged);
    QSignalSpy removed(backend, &Backend::sessionRemoved);
    const api::Session session = make(backend, "第一个");
    QVERIFY(!session.id.empty());
    QCOMPARE(backend->state(), Backend::State::Ready);
    api::SessionPatch patch;
    patch.title = "Second";
    patch.pinned = true;
    patch.folder = "work";
    auto updated =
        await<api::Session>([&](QObject* c, auto r) { backend->updateSession(session.id, patch, c, r); });
    QVERIFY(updated.ok());
    QCOMPARE(updated->title, std::string("Second"));
    QVERIFY(updated->pinned);
    QCOMPARE(changed.size(), 2);
    const auto list = [&] {
        auto all = await<std::vector<api::Session>>([&](QObject* c, auto r) { backend->listSessions(c, r); });
        return all.ok() ? all->size() : std::size_t(999);
    };
    QCOMPARE(list(), std::size_t(1));
    QVERIFY(await<void>([&](QObject* c, auto r) { backend->removeSession(session.id, c, r); }).ok());
    QCOMPARE(removed.size(), 1);
    QCOMPARE(removed.at(0).at(0).toString().toStdString(), session.id.str());
    QCOMPARE(list(), std::size_t(0));
    QVERIFY(await<void>([&](QObject* c, auto r) { backend->restoreSession(session.id, c, r); }).ok());
    QTRY_COMPARE(changed.size(), 3);
    QCOMPARE(list(), std::size_t(1));
    auto missing = await<void>([&](QObject* c, auto r) { backend->removeSession(SessionId("nope"), c, r); });
    QCOMPARE(toString(missing.error().code), toString(ErrorCode::NotFound));
}

void BackendTest::aTurnStreamsInOrderAndIsStored() {
    WORLD();
    const api::Session session = make(backend);
    TurnRecorder turns(backend);
    QSignalSpy changed(backend, &Backend::sessionChanged);
    const TurnId turn = backend->sendMessage(session.id, question("你好，世界"));
    QVERIFY(turns.waitForEnd(turn));
    TurnLog& log = turns[turn];
    QVERIFY(log.orderly);
    QCOMPARE(log.ends, 1);
    QVERIFY(log.started && log.done);
    QVERIFY(log.text.contains(QStringLiteral("你好，世界")));
    QCOMPARE(log.text.toStdString(), log.done->content);
    QCOMPARE(log.done->id.str(), log.started->assistantMessageId.str());
    auto page = await<api::MessagePage>(
        [&](QObject* c, auto r) { backend->loadMessages(session.id, 10, std::nullopt, c, r); });
    QVERIFY(page.ok());
    QCOMPARE(page->messages.size(), std::size_t(2));
    QCOMPARE(page->messages[1].content, log.done->content);
    // The list hears of the new leaf and of the title the turn gave.
    QTRY_VERIFY(!changed.isEmpty() &&
                changed.last().at(0).value<api::Session>().leaf.str() == log.done->id.str());
}

void BackendTest::deltasAreJoined() {
    WORLD();
    const api::Session session = make(backend);
    TurnRecorder turns(backend);
    const TurnId turn = backend->sendMessage(session.id, question("go", "text:400:2"));
    QVERIFY(turns.waitForEnd(turn));
    TurnLog& log = turns[turn];
    QVERIFY(log.done);
    QCOMPARE(log.text.toStdString(), log.done->content);
    QVERIFY2(log.deltas >= 2 && log.deltas <= 200, qPrintable(QString::number(log.deltas)));
}

void BackendTest::stopKeepsTheText() {
    WORLD();
    const api::Session session = make(backend);
    TurnRecorder turns(backend);
    const TurnId turn = backend->sendMessage(session.id, question("long", "text:5000:5"));
    QVERIFY(QTest::qWaitFor([&] { return turns[turn].deltas >= 2; }, 20'000));
    backend->stopTurn(session.id);
    QVERIFY(turns.waitForEnd(turn));
    TurnLog& log = turns[turn];
    const api::Message& last = log.done ? *log.done : log.failed->message;
    QCOMPARE(api::toString(last.state), api::toString(api::MessageState::Stopped));
    QVERIFY(!last.content.empty());
    auto page = await<api::MessagePage>(
        [&](QObject* c, auto r) { backend->loadMessages(session.id, 10, std::nullopt, c, r); });
    QCOMPARE(page->messages.back().content, last.content);
    QVERIFY(QString::fromStdString(last.content).startsWith(log.text) ||
            log.text.startsWith(QString::fromStdString(last.content)));
}

void BackendTest::aTurnThatCannotStartSaysSo() {
    WORLD();
    TurnRecorder turns(backend);
    const TurnId turn = backend->sendMessage(SessionId("nope"), question("hi"));
    QVERIFY(turns.waitForEnd(turn));
    QVERIFY(turns[turn].failed);
    QVERIFY(turns[turn].failed->message.id.empty());
    QCOMPARE(toString(turns[turn].failed->error.code), toString(ErrorCode::NotFound));
}

void BackendTest::anUpstreamErrorEndsTheTurnInWords() {
    WORLD();
    const api::Session session = make(backend);
    TurnRecorder turns(backend);
    const TurnId turn = backend->sendMessage(session.id, question("hi", "status:500"));
    QVERIFY(turns.waitForEnd(turn));
    TurnLog& log = turns[turn];
    QCOMPARE(log.ends, 1);
    QVERIFY(log.failed);
    QVERIFY(log.started); // the question is on disk all the same
    QCOMPARE(api::toString(log.failed->message.state), api::toString(api::MessageState::Failed));
}

void BackendTest::anotherAnswerAndAnEditMakeBranches() {
    WORLD();
    const api::Session session = make(backend);
    TurnRecorder turns(backend);
    const TurnId first = backend->sendMessage(session.id, question("one"));
    QVERIFY(turns.waitForEnd(first));
    const TurnLog before = turns[first];
    const TurnId second =
        backend->regenerate(session.id, before.started->assistantMessageId, QStringLiteral("text:400:2"));
    QVERIFY(turns.waitForEnd(second));
    QVERIFY(turns[second].done);
    QCOMPARE(turns[second].done->siblingCount, 2);
    const TurnId third =
        backend->editMessage(session.id, before.started->userMessageId, QStringLiteral("changed"));
    QVERIFY(turns.waitForEnd(third));
    QVERIFY(turns[third].done);
    auto page = await<api::MessagePage>(
        [&](QObject* c, auto r) { backend->loadMessages(session.id, 50, std::nullopt, c, r); });
    QCOMPARE(page->messages.size(), std::size_t(5)); // nothing was destroyed
    QVERIFY(turns[third].started->userMessageId != before.started->userMessageId);
}

void BackendTest::toolsAreToldWhileTheyRunAndKept() {
    WORLD();
    api::SessionPatch draft;
    draft.project = world.makeProject();
    auto session = await<api::Session>([&](QObject* c, auto r) { backend->createSession(draft, c, r); });
    QVERIFY(session.ok());
    TurnRecorder turns(backend);
    const TurnId turn =
        backend->sendMessage(session->id, question("who calls it?", "use:callers:name:dictAdd"));
    QVERIFY(turns.waitForEnd(turn));
    const TurnLog log = turns[turn];
    QVERIFY(log.orderly && log.done);
    QCOMPARE(log.tools.size(), std::size_t(2));
    const api::ToolCall& begun = log.tools[0];
    const api::ToolCall& ended = log.tools[1];
    QCOMPARE(begun.name, std::string("callers"));
    QCOMPARE(begun.arguments, std::string(R"({"name":"dictAdd"})"));
    QVERIFY(begun.result.empty() && begun.durationMs < 0);
    QCOMPARE(ended.id, begun.id);
    QVERIFY2(ended.result.starts_with("main.c:4 main"), ended.result.c_str());
    QVERIFY(ended.durationMs >= 0 && !ended.failed);
    QCOMPARE(log.textBeforeTools, QString()); // before what was written after it
    QVERIFY(log.done->toolCalls == std::vector{ended});
    const TurnId wrong = backend->sendMessage(session->id, question("read more", "use:read_range:path:.."));
    QVERIFY(turns.waitForEnd(wrong));
    QVERIFY(turns[wrong].tools.size() == 2 && turns[wrong].tools[1].failed);
    // After a restart the history holds them.
    world.restart();
    backend = world.backend();
    auto page = await<api::MessagePage>(
        [&](QObject* c, auto r) { backend->loadMessages(session->id, 10, std::nullopt, c, r); });
    QVERIFY(page.ok());
    QCOMPARE(page->messages.size(), std::size_t(4));
    QVERIFY(page->messages[1].toolCalls == std::vector{ended});
    QVERIFY(page->messages[3].toolCalls == std::vector{turns[wrong].tools[1]});
}

void BackendTest::attachmentsTravel() {
    WORLD();
    const api::Session session = make(backend);
    TurnRecorder turns(backend);
    api::SendRequest request = question("read this");
    api::Attachment attachment;
    attachment.name = "笔记.txt";
    attachment.mimeType = "text/plain";
    attachment.data = "attached words";
    attachment.size = static_cast<std::int64_t>(attachment.data.size());
    request.attachments.push_back(attachment);
    const TurnId turn = backend->sendMessage(session.id, request);
    QVERIFY(turns.waitForEnd(turn));
    QVERIFY(turns[turn].done);
    auto page = await<api::MessagePage>(
        [&](QObject* c, auto r) { backend->loadMessages(session.id, 10, std::nullopt, c, r); });
    QCOMPARE(page->messages.front().attachments.size(), std::size_t(1));
    QCOMPARE(page->messages.front().attachments[0].name, attachment.name);
    QCOMPARE(page->messages.front().attachments[0].size, attachment.size);
}

void BackendTest::oldMessagesComeInPages() {
    WORLD();
    const api::Session session = make(backend);
    TurnRecorder turns(backend);
    for (const char* text : {"one", "two", "three"}) {
        const TurnId turn = backend->sendMessage(session.id, question(text));
        QVERIFY(turns.waitForEnd(turn));
    }
    const auto load = [&](std::optional<qint64> before) {
        return await<api::MessagePage>(
            [&](QObject* c, auto r) { backend->loadMessages(session.id, 4, before, c, r); });
    };
    auto newest = load(std::nullopt);
    QVERIFY(newest.ok());
    QCOMPARE(newest->messages.size(), std::size_t(4));
    QVERIFY(newest->next);
    auto above = load(*newest->next);
    QCOMPARE(above->messages.size(), std::size_t(2));
    QCOMPARE(above->messages.front().content, std::string("one"));
    QVERIFY(!above->next);
}

void BackendTest::searchFindsOneChineseCharacter() {
    WORLD();
    const api::Session session = make(backend);
    TurnRecorder turns(backend);
    const TurnId turn = backend->sendMessage(session.id, question("主动过期为什么扫两遍 & more?"));
    QVERIFY(turns.waitForEnd(turn));
    auto hits = await<std::vector<api::SearchHit>>(
        [&](QObject* c, auto r) { backend->search(QStringLiteral("扫"), c, r); });
    QVERIFY(hits.ok() && !hits->empty());
    QCOMPARE(hits->front().sessionId.str(), session.id.str());
    auto odd = await<std::vector<api::SearchHit>>(
        [&](QObject* c, auto r) { backend->search(QStringLiteral("& more?#%"), c, r); });
    QVERIFY(odd.ok());
    auto none = await<std::vector<api::SearchHit>>(
        [&](QObject* c, auto r) { backend->search(QStringLiteral("不存在的词"), c, r); });
    QVERIFY(none.ok() && none->empty());
}

void BackendTest::exportAndImportKeepTheWords() {
    WORLD();
    const api::Session session = make(backend);
    TurnRecorder turns(backend);
    const TurnId turn = backend->sendMessage(session.id, question("keep these words"));
    QVERIFY(turns.waitForEnd(turn));
    auto markdown =
        await<QByteArray>([&](QObject* c, auto r) { backend->exportSession(session.id, true, c, r); });
    QVERIFY(markdown.ok() && markdown->contains("keep these words"));
    auto json =
        await<QByteArray>([&](QObject* c, auto r) { backend->exportSession(session.id, false, c, r); });
    QVERIFY(json.ok());
    auto broken = await<qint64>([&](QObject* c, auto r) { backend->importSessions("{not json", c, r); });
    QVERIFY(!broken.ok());
    QVERIFY(await<qint64>([&](QObject* c, auto r) { backend->importSessions(*json, c, r); }).ok());
}

void BackendTest::modelsAndStatusAreTold() {
    WORLD();
    auto models = await<std::vector<api::ModelInfo>>([&](QObject* c, auto r) { backend->listModels(c, r); });
    QVERIFY(models.ok());
    QVERIFY(std::any_of(models->begin(), models->end(),
                        [](const auto& model) { return model.id == "text:400:2"; }));
    QVERIFY(std::any_of(models->begin(), models->end(),
                        [](const auto& model) { return model.id == "exobrain-local"; }));
    auto status = await<api::ServiceStatus>([&](QObject* c, auto r) { backend->fetchStatus(c, r); });
    QVERIFY(status.ok());
    QVERIFY(!status->version.empty());
}

void BackendTest::aDeadContextDropsTheReply() {
    WORLD();
    bool replied = false;
    auto context = std::make_unique<QObject>();
    backend->listModels(context.get(), [&](Result<std::vector<api::ModelInfo>>) { replied = true; });
    context.reset();
    // A later call has been answered, so the earlier one has been too.
    QVERIFY(await<std::vector<api::Session>>([&](QObject* c, auto r) { backend->listSessions(c, r); }).ok());
    QVERIFY(await<std::vector<api::ModelInfo>>([&](QObject* c, auto r) { backend->listModels(c, r); }).ok());
    QVERIFY(!replied);
}

QTEST_GUILESS_MAIN(BackendTest)
#include "BackendTest.moc"
