// The tools of a turn on the true chat page: while they run, and from the history.

#include "ChatPageFixture.h"

using namespace exo;
using namespace exo::ui;

class ChatToolsTest : public QObject {
    Q_OBJECT
  private slots:
    void toolsAreKeptWhileTheyRun();
    void toolsAreShownLiveAndFromHistory();
};

void ChatToolsTest::toolsAreKeptWhileTheyRun() {
    Fixture f;
    Conversations& conversations = f.page->conversations();
    f.open(s1);
    QSignalSpy told(&conversations, &Conversations::toolArrived);
    conversations.send(QStringLiteral("question"), {});
    f.backend.startTurn(s1);
    api::ToolCall call{"c1", "search", R"({"query":"x"})", {}, false, -1};
    f.backend.tool(s1, call);
    QCOMPARE(told.count(), 1);
    // Nobody looks while it ends; who comes back sees how it ended, in a turn that goes on.
    f.open(s2);
    call.result = "a.c:1 x\n";
    call.durationMs = 7;
    f.backend.tool(s1, call);
    QCOMPARE(told.count(), 1);
    f.open(s1);
    QCOMPARE(api::toString(conversations.shownPath().back().state),
             api::toString(api::MessageState::Pending));
    QVERIFY(conversations.shownPath().back().toolCalls == std::vector{call});
    f.backend.finishTurn(s1);
    QVERIFY(conversations.shownPath().back().toolCalls == std::vector{call});
}

void ChatToolsTest::toolsAreShownLiveAndFromHistory() {
    Fixture f;
    f.open(s1);
    f.send(QStringLiteral("where is it?"));
    f.backend.startTurn(s1);
    const auto tips = [&f] { // what a pointer over the lines of calls is told
        QStringList out;
        for (const Spot& spot : f.page->transcript()->spots()) {
            const SpotAction action = spot.item.action;
            if (action == SpotAction::ToggleTool || action == SpotAction::ToggleTools) out << spot.item.tip;
        }
        return out;
    };
    api::ToolCall call{"c1", "search", R"({"query":"pool"})", {}, false, -1};
    f.backend.tool(s1, call);
    QCOMPARE(tips(), QStringList{QStringLiteral("Search pool: running. Show arguments and result")});
    call.result = "src/a.c:7 function pool\n";
    call.durationMs = 34;
    f.backend.tool(s1, call);
    const QStringList ended{QStringLiteral("Search pool: 1 result · 34 ms. Show arguments and result")};
    QCOMPARE(tips(), ended);
    f.backend.delta(s1, QStringLiteral("There."));
    f.backend.finishTurn(s1);
    QCOMPARE(tips(), ended);
    // A place in the result leads to the Code page, in this chat's project.
    QSignalSpy places(f.page.get(), &ChatPage::citationActivated);
    for (const Spot& spot : f.page->transcript()->spots()) {
        if (spot.item.action != SpotAction::ToggleTool) continue;
        f.page->transcript()->activate(spot);
        break;
    }
    QVERIFY(!f.page->transcript()->entries().back()->toolParts().empty());
    for (const Spot& spot : f.page->transcript()->spots()) {
        if (spot.item.action != SpotAction::OpenTarget || spot.unit == 0) continue;
        if (spot.message + 1 != static_cast<int>(f.page->transcript()->entries().size())) continue;
        f.page->transcript()->activate(spot);
        break;
    }
    QCOMPARE(places.value(0).value(1).toString(), QStringLiteral("src/a.c:7"));
    // The history tells the same.
    f.page->setBackend(nullptr);
    f.page->setBackend(&f.backend);
    QTRY_VERIFY(f.list().sessionCount() == 2);
    f.open(s1);
    QCOMPARE(tips(), ended);
}

QTEST_MAIN(ChatToolsTest)
#include "ChatToolsTest.moc"
