// Messages and turns of sessions: branches, turns that run side by side, failures that keep the text.

#include "ui/chat/Conversations.h"
#include "tests/ui/FakeBackend.h"

#include <QCoreApplication>
#include <QtTest>

using namespace exo;
using namespace exo::ui;

namespace {

class Fixture {
  public:
    Fixture() { conversations.setBackend(&backend); }
    QStringList texts() const {
        QStringList out;
        for (const api::Message& message : conversations.shownPath()) {
            out << QString::fromStdString(message.content);
        }
        return out;
    }
    api::Message last() const { return conversations.shownPath().back(); }
    void open(const char* id) {
        const QString key = QString::fromLatin1(id);
        conversations.show(key, backend.session(key)->leaf);
        QTRY_VERIFY(!conversations.isLoading());
    }

    FakeBackend backend;
    Conversations conversations;
};

const QString s1 = QStringLiteral("s1");
const QString s2 = QStringLiteral("s2");

} // namespace

class ConversationsTest : public QObject {
    Q_OBJECT
  private slots:
    void aQuestionShowsAtOnceAndBecomesWhatTheCoreSays();
    void aNewChatGetsItsSession();
    void aNewChatThatCannotBeCreatedKeepsTheQuestion();
    void aRefusedQuestionCanBeSentAgain();
    void aRefusedQuestionIsNoParent();
    void aCutStreamKeepsItsText();
    void severalSessionsAnswerAtOnce();
    void stopReachesTheSession();
    void regenerateMakesABranch();
    void editMakesABranch();
    void aRefusedEditOfTheFirstMessageIsRetriedAsEdit();
    void branchesAreSwitched();
    void aBranchOnAnotherPageIsLoaded();
    void olderPagesAreLoadedOnDemand();
    void aHitOnAnotherBranchIsShown();
    void eventsOfOthersAreIgnored();
    void anotherWindowsTurnIsReloaded();
    void anotherBackendForgetsTheOld();
    void aLoopOfParentsEnds();
};

void ConversationsTest::aQuestionShowsAtOnceAndBecomesWhatTheCoreSays() {
    Fixture f;
    f.backend.addSession(s1, {});
    f.open("s1");
    QSignalSpy replaced(&f.conversations, &Conversations::replaced);
    QSignalSpy text(&f.conversations, &Conversations::textArrived);
    QSignalSpy safe(&f.conversations, &Conversations::accepted);
    f.conversations.send(QStringLiteral("why?"), {});
    QCOMPARE(f.texts(), QStringList({QStringLiteral("why?"), QString()}));
    QVERIFY(f.conversations.isRunning(s1));
    QCOMPARE(safe.count(), 0);
    f.backend.startTurn(s1);
    QCOMPARE(safe.count(), 1);
    QCOMPARE(replaced.count(), 2);
    f.backend.delta(s1, QStringLiteral("because "));
    f.backend.delta(s1, QStringLiteral("of it"));
    QCOMPARE(text.count(), 2);
    QCOMPARE(f.texts().back(), QStringLiteral("because of it"));
    f.backend.finishTurn(s1);
    QVERIFY(!f.conversations.isRunning(s1));
    QCOMPARE(f.last().id, f.backend.messages(s1).back().id);
    QCOMPARE(f.last().usage->outputTokens, 45);
    f.conversations.send(QStringLiteral("and?"), {});
    QCOMPARE(f.backend.lastRequest.parentId, f.backend.messages(s1).back().id);
}

void ConversationsTest::aNewChatGetsItsSession() {
    Fixture f;
    QSignalSpy created(&f.conversations, &Conversations::sessionCreated);
    api::SessionPatch draft;
    draft.model = "m1";
    f.conversations.setDraftSession(draft);
    f.conversations.send(QStringLiteral("hello"), {});
    QCOMPARE(f.texts().size(), 2); // shown before the session exists
    f.conversations.send(QStringLiteral("impatient"), {});
    QTRY_COMPARE(created.count(), 1);
    const QString id = f.conversations.current();
    QCOMPARE(QString::fromStdString(f.backend.session(id)->model), QStringLiteral("m1"));
    f.backend.startTurn(id);
    f.backend.delta(id, QStringLiteral("hi"));
    QCOMPARE(f.texts(), QStringList({QStringLiteral("hello"), QStringLiteral("hi")}));
    QCOMPARE(f.backend.calls.filter(QStringLiteral("sendMessage")).size(), 1);
}

void ConversationsTest::aNewChatThatCannotBeCreatedKeepsTheQuestion() {
    Fixture f;
    f.backend.failNext(Error(ErrorCode::StorageFull));
    f.conversations.send(QStringLiteral("hello"), {});
    QTRY_COMPARE(f.texts(), QStringList(QStringLiteral("hello")));
    QVERIFY(f.last().state == api::MessageState::Failed);
    QCOMPARE(f.last().error->code, std::string("storage_full"));
    f.conversations.retry(f.last().id);
    QTRY_VERIFY(!f.conversations.current().startsWith(QStringLiteral("new:")));
    f.backend.startTurn(f.conversations.current());
    QCOMPARE(f.texts().front(), QStringLiteral("hello"));
}

void ConversationsTest::aRefusedQuestionCanBeSentAgain() {
    Fixture f;
    f.backend.addSession(s1, {});
    f.open("s1");
    api::Attachment attachment;
    attachment.name = "a.txt";
    f.conversations.send(QStringLiteral("why?"), {attachment});
    f.backend.refuseTurn(s1, ErrorCode::NoProvider);
    QCOMPARE(f.texts(), QStringList(QStringLiteral("why?")));
    QVERIFY(f.last().state == api::MessageState::Failed);
    f.conversations.retry(f.last().id);
    QCOMPARE(f.backend.lastRequest.attachments.size(), std::size_t(1));
    f.backend.startTurn(s1);
    f.backend.finishTurn(s1);
    QCOMPARE(f.texts(), QStringList({QStringLiteral("why?"), QString()}));
    QVERIFY(f.last().state == api::MessageState::Complete);
}

void ConversationsTest::aRefusedQuestionIsNoParent() {
    Fixture f;
    f.backend.addSession(s1, {});
    f.backend.addMessage(s1, api::Role::User, QStringLiteral("q"));
    const MessageId real = f.backend.addMessage(s1, api::Role::Assistant, QStringLiteral("a")).id;
    f.open("s1");
    f.conversations.send(QStringLiteral("refused"), {});
    f.backend.refuseTurn(s1, ErrorCode::QueueFull);
    f.conversations.send(QStringLiteral("second"), {});
    QCOMPARE(f.backend.lastRequest.parentId, std::optional(real));
    QCOMPARE(f.texts().mid(2, 1), QStringList(QStringLiteral("second")));
    QCOMPARE(f.conversations.shownPath()[2].siblingCount, 2); // the refused one stays beside it
}

void ConversationsTest::aCutStreamKeepsItsText() {
    Fixture f;
    f.backend.addSession(s1, {});
    f.open("s1");
    f.conversations.send(QStringLiteral("why?"), {});
    f.backend.startTurn(s1);
    f.backend.delta(s1, QStringLiteral("half an ans"));
    f.backend.failTurn(s1, ErrorCode::StreamInterrupted, api::MessageState::Interrupted);
    QCOMPARE(f.texts().back(), QStringLiteral("half an ans"));
    QVERIFY(f.last().state == api::MessageState::Interrupted);
    QCOMPARE(f.last().error->code, std::string("stream_interrupted"));
}

void ConversationsTest::severalSessionsAnswerAtOnce() {
    Fixture f;
    f.backend.addSession(s1, {});
    f.backend.addSession(s2, {});
    f.open("s1");
    f.conversations.send(QStringLiteral("one"), {});
    f.backend.startTurn(s1);
    f.open("s2");
    f.conversations.send(QStringLiteral("two"), {});
    f.backend.startTurn(s2);
    QSignalSpy text(&f.conversations, &Conversations::textArrived);
    f.backend.delta(s1, QStringLiteral("hidden"));
    QCOMPARE(text.count(), 0);
    f.backend.delta(s2, QStringLiteral("shown"));
    QCOMPARE(text.count(), 1);
    f.backend.finishTurn(s2);
    QVERIFY(f.conversations.isRunning(s1) && !f.conversations.isRunning(s2));
    f.open("s1");
    QCOMPARE(f.texts(), QStringList({QStringLiteral("one"), QStringLiteral("hidden")}));
    f.backend.delta(s1, QStringLiteral(" no more"));
    QCOMPARE(f.texts().back(), QStringLiteral("hidden no more"));
    // Many others are looked at meanwhile; what runs is kept.
    for (int i = 0; i < 20; ++i) {
        f.backend.addSession(QStringLiteral("x%1").arg(i), {});
        f.open(qPrintable(QStringLiteral("x%1").arg(i)));
    }
    f.backend.finishTurn(s1);
    f.open("s1");
    QCOMPARE(f.texts().back(), QStringLiteral("hidden no more"));
}

void ConversationsTest::stopReachesTheSession() {
    Fixture f;
    f.backend.addSession(s1, {});
    f.open("s1");
    f.conversations.stop(); // nothing runs
    QVERIFY(f.backend.calls.filter(QStringLiteral("stopTurn")).isEmpty());
    f.conversations.send(QStringLiteral("q"), {});
    f.backend.startTurn(s1);
    f.backend.delta(s1, QStringLiteral("part"));
    f.conversations.stop();
    QVERIFY(f.last().state == api::MessageState::Stopped);
    QCOMPARE(f.texts().back(), QStringLiteral("part"));
}

void ConversationsTest::regenerateMakesABranch() {
    Fixture f;
    f.backend.addSession(s1, {});
    f.backend.addMessage(s1, api::Role::User, QStringLiteral("q"));
    const MessageId first = f.backend.addMessage(s1, api::Role::Assistant, QStringLiteral("a1")).id;
    f.open("s1");
    f.conversations.regenerate(first, {});
    QCOMPARE(f.texts(), QStringList({QStringLiteral("q"), QString()}));
    f.backend.startTurn(s1);
    f.backend.delta(s1, QStringLiteral("a2"));
    f.backend.finishTurn(s1);
    QCOMPARE(f.texts(), QStringList({QStringLiteral("q"), QStringLiteral("a2")}));
    QCOMPARE(f.last().siblingCount, 2);
    QCOMPARE(f.last().siblingIndex, 1);
    f.conversations.regenerate(f.last().id, {});
    f.backend.refuseTurn(s1, ErrorCode::CircuitOpen); // back to what was there
    QCOMPARE(f.texts(), QStringList({QStringLiteral("q"), QStringLiteral("a2")}));
    QCOMPARE(f.last().siblingCount, 2);
}

void ConversationsTest::editMakesABranch() {
    Fixture f;
    f.backend.addSession(s1, {});
    const MessageId user = f.backend.addMessage(s1, api::Role::User, QStringLiteral("q")).id;
    f.backend.addMessage(s1, api::Role::Assistant, QStringLiteral("a"));
    f.open("s1");
    f.conversations.edit(user, QStringLiteral("better q"));
    f.backend.startTurn(s1);
    f.backend.delta(s1, QStringLiteral("better a"));
    f.backend.finishTurn(s1);
    QCOMPARE(f.texts(), QStringList({QStringLiteral("better q"), QStringLiteral("better a")}));
    QCOMPARE(f.conversations.shownPath()[0].siblingIndex, 1);
    f.conversations.switchBranch(f.conversations.shownPath()[0].id, -1);
    QCOMPARE(f.texts(), QStringList({QStringLiteral("q"), QStringLiteral("a")}));
}

void ConversationsTest::aRefusedEditOfTheFirstMessageIsRetriedAsEdit() {
    Fixture f;
    f.backend.addSession(s1, {});
    const MessageId user = f.backend.addMessage(s1, api::Role::User, QStringLiteral("q")).id;
    f.backend.addMessage(s1, api::Role::Assistant, QStringLiteral("a"));
    f.open("s1");
    f.conversations.edit(user, QStringLiteral("better"));
    f.backend.refuseTurn(s1, ErrorCode::QueueFull);
    QCOMPARE(f.texts(), QStringList(QStringLiteral("better")));
    f.conversations.retry(f.last().id);
    QCOMPARE(f.backend.calls.filter(QStringLiteral("editMessage")).size(), 2);
    QVERIFY(f.backend.calls.filter(QStringLiteral("sendMessage")).isEmpty());
}

void ConversationsTest::branchesAreSwitched() {
    Fixture f;
    f.backend.addSession(s1, {});
    const QString user =
        QString::fromStdString(f.backend.addMessage(s1, api::Role::User, QStringLiteral("q")).id.str());
    const QString first = QString::fromStdString(
        f.backend.addMessage(s1, user, api::Role::Assistant, QStringLiteral("a1")).id.str());
    f.backend.addMessage(s1, first, api::Role::User, QStringLiteral("q2"));
    f.backend.addMessage(s1, user, api::Role::Assistant, QStringLiteral("b1"));
    f.open("s1");
    QCOMPARE(f.texts(), QStringList({QStringLiteral("q"), QStringLiteral("b1")}));
    f.conversations.switchBranch(f.last().id, 1); // there is none
    QCOMPARE(f.texts().back(), QStringLiteral("b1"));
    f.conversations.switchBranch(f.last().id, -1);
    QCOMPARE(f.texts(), QStringList({QStringLiteral("q"), QStringLiteral("a1"),
                                     QStringLiteral("q2")})); // to its newest end
    QCOMPARE(QString::fromStdString(f.backend.session(s1)->leaf.str()), QStringLiteral("m3"));
}

void ConversationsTest::aBranchOnAnotherPageIsLoaded() {
    Fixture f;
    f.backend.addSession(s1, {});
    const QString user =
        QString::fromStdString(f.backend.addMessage(s1, api::Role::User, QStringLiteral("q")).id.str());
    f.backend.addMessage(s1, user, api::Role::Assistant, QStringLiteral("old branch"));
    f.backend.addMessage(s1, user, api::Role::Assistant, QStringLiteral("new branch"));
    for (int i = 0; i < 150; ++i) {
        f.backend.addMessage(s1, api::Role::User, QStringLiteral("u%1").arg(i));
        f.backend.addMessage(s1, api::Role::Assistant, QStringLiteral("a%1").arg(i));
    }
    f.open("s1");
    QCOMPARE(f.texts().size(), 200);
    QVERIFY(f.conversations.hasOlder());
    f.conversations.loadOlder();
    QTRY_COMPARE(f.texts().size(), 302);
    QCOMPARE(f.texts()[1], QStringLiteral("new branch"));
    f.conversations.switchBranch(f.conversations.shownPath()[1].id, -1);
    QCOMPARE(f.texts(), QStringList({QStringLiteral("q"), QStringLiteral("old branch")}));
}

void ConversationsTest::olderPagesAreLoadedOnDemand() {
    Fixture f;
    f.backend.addSession(s1, {});
    for (int i = 0; i < 1000; ++i) {
        f.backend.addMessage(s1, api::Role::User, QStringLiteral("u%1").arg(i));
    }
    f.open("s1");
    QCOMPARE(f.backend.calls.filter(QStringLiteral("loadMessages")).size(), 1);
    QCOMPARE(f.texts().back(), QStringLiteral("u999"));
    QSignalSpy reset(&f.conversations, &Conversations::pathReset);
    f.conversations.loadOlder();
    f.conversations.loadOlder(); // once is enough
    QTRY_COMPARE(f.texts().size(), 700);
    QCOMPARE(reset.count(), 1);
    QCOMPARE(reset.at(0).at(0).toBool(), false); // the reader stays where he is
}

void ConversationsTest::aHitOnAnotherBranchIsShown() {
    Fixture f;
    f.backend.addSession(s1, {});
    const QString user =
        QString::fromStdString(f.backend.addMessage(s1, api::Role::User, QStringLiteral("q")).id.str());
    const MessageId hit = f.backend.addMessage(s1, user, api::Role::Assistant, QStringLiteral("needle")).id;
    f.backend.addMessage(s1, user, api::Role::Assistant, QStringLiteral("shown"));
    QSignalSpy marked(&f.conversations, &Conversations::highlighted);
    f.conversations.show(s1, f.backend.session(s1)->leaf, hit);
    QTRY_COMPARE(marked.count(), 1);
    QCOMPARE(f.texts().back(), QStringLiteral("needle"));
}

void ConversationsTest::eventsOfOthersAreIgnored() {
    Fixture f;
    f.backend.addSession(s1, {});
    f.backend.addMessage(s1, api::Role::User, QStringLiteral("q"));
    f.backend.addMessage(s1, api::Role::Assistant, QStringLiteral("a"));
    f.open("s1");
    QSignalSpy text(&f.conversations, &Conversations::textArrived);
    emit f.backend.turnEvent(999, s1, api::TurnDelta{"foreign"});
    emit f.backend.turnEvent(999, QStringLiteral("unknown"), api::TurnDelta{"foreign"});
    QCOMPARE(text.count(), 0);
}

void ConversationsTest::anotherWindowsTurnIsReloaded() {
    Fixture f;
    f.backend.addSession(s1, {});
    f.backend.addMessage(s1, api::Role::User, QStringLiteral("q"));
    f.open("s1");
    f.backend.addMessage(s1, api::Role::Assistant, QStringLiteral("from elsewhere"));
    f.conversations.sessionChanged(*f.backend.session(s1));
    QCOMPARE(f.texts(), QStringList(QStringLiteral("q"))); // what is shown stays until then
    QTRY_COMPARE(f.texts().back(), QStringLiteral("from elsewhere"));
}

void ConversationsTest::anotherBackendForgetsTheOld() {
    Fixture f;
    f.backend.addSession(s1, {});
    f.open("s1");
    f.conversations.send(QStringLiteral("q"), {});
    f.backend.startTurn(s1);
    FakeBackend other;
    f.conversations.setBackend(&other);
    QVERIFY(f.texts().isEmpty());
    f.backend.delta(s1, QStringLiteral("late"));
    f.backend.finishTurn(s1);
    QVERIFY(f.texts().isEmpty());
    QVERIFY(!f.conversations.isRunning(s1));
    // A page that was asked of the old one.
    FakeBackend third;
    third.addSession(s2, {});
    f.conversations.setBackend(&third);
    f.conversations.show(s2, {});
    f.conversations.setBackend(nullptr);
    QCoreApplication::processEvents();
    QVERIFY(f.texts().isEmpty());
}

void ConversationsTest::aLoopOfParentsEnds() {
    MessageTree tree;
    api::Message a;
    a.id = MessageId("a");
    a.parentId = MessageId("b");
    api::Message b;
    b.id = MessageId("b");
    b.parentId = MessageId("a");
    tree.put(a);
    tree.put(b);
    QVERIFY(tree.path(MessageId("a")).size() <= 3);
    QVERIFY(tree.pathIsComplete(MessageId("a")));
    tree.newestLeaf(MessageId("a"));
}

QTEST_GUILESS_MAIN(ConversationsTest)
#include "ConversationsTest.moc"
