// The tools a model called: their lines, what they open to, what may be pressed and copied, and that nothing
// a model or a file holds can do harm there.

#include "ToolFixture.h"

using namespace exo;
using namespace exo::ui;

class TranscriptToolsTest : public QObject {
    Q_OBJECT
  private slots:
    void oneCallIsOneLine();
    void severalCallsAreOneLineThatOpens();
    void callsStandAtTheirPlaces();
    void placesThatCannotBeAreMadeToFit();
    void aCallStaysWhereItIsWhileTheTextGoesOn();
    void aCallIsShownWhileItRuns();
    void aCallThatMayNotRunIsTold();
    void aCallOpensToArgumentsAndResult();
    void theRunningCallIsToldWhereTheReaderIs();
    void itsTextsAreSelectedApartFromTheAnswer();
    void wordsAreTakenByADoubleClick();
    void allOfACutTextIsCopied();
    void placesInResultsOpen();
    void linesOfAnOutlineOpenTheirFile();
    void theKeyboardReachesEverything();
    void screenReadersHearTheCalls();
    void whatIsOpenStaysOpenAtTheEnd();
    void openTextsAreNotLaidOutAgain();
};

void TranscriptToolsTest::oneCallIsOneLine() {
    Tools v(answered({called("search", R"({"query":"pool resize"})", k_found, 34)}));
    QCOMPARE(v.written(), QStringList{QStringLiteral("Search|pool resize|2 results · 34 ms")});
    QCOMPARE(v.count(UnitKind::ToolsToggle), 0);
    QCOMPARE(v.count(UnitKind::ToolText), 0);
    Tools none(answered({}));
    QCOMPARE(none.written(), QStringList());
}

void TranscriptToolsTest::severalCallsAreOneLineThatOpens() {
    api::ToolCall failed =
        called("outline", R"({"path":"x.c"})",
               "The project has no file \"x.c\"; did you mean y.c. Ignored files are not read.", 6);
    failed.failed = true;
    Tools v(answered({called("search", R"({"query":"pool"})", k_found, 34), failed,
                      called("read_range", R"({"path":"src/pool.c","start_line":12,"end_line":14})",
                             "src/pool.c:12-14 of 90 lines\n12\ta\n13\tb\n14\tc\n", 100)}));
    QCOMPARE(v.written(), QStringList{QStringLiteral("Looked at the project: 3 calls, 1 failed, 140 ms")});
    const int closed = v.entry().height;
    v.press(SpotAction::ToggleTools);
    QCOMPARE(v.written().mid(1),
             QStringList({QStringLiteral("Search|pool|2 results · 34 ms"),
                          QStringLiteral("Outline|x.c|failed: The project has no file \"x.c\" · 6 ms"),
                          QStringLiteral("Read|src/pool.c:12-14|3 lines · 100 ms")}));
    QVERIFY(v.entry().height > closed + 60);
    v.press(SpotAction::ToggleTools);
    QCOMPARE(v.entry().height, closed);
}

namespace {

// The units in which the answer and its calls are drawn: "t0" the first block, "c0" a call, "g0" a group.
QString orderOf(const MessageEntry& entry) {
    QStringList out;
    for (const Unit& unit : entry.units) {
        if (unit.kind == UnitKind::Text) out << QStringLiteral("t%1").arg(unit.block);
        if (unit.kind == UnitKind::ToolRow) out << QStringLiteral("c%1").arg(unit.block);
        if (unit.kind == UnitKind::ToolsToggle) out << QStringLiteral("g%1").arg(unit.block);
    }
    return out.join(u' ');
}

api::ToolCall placed(std::int64_t offset) {
    api::ToolCall call = called("search", R"({"query":"pool"})", k_found);
    call.contentOffset = offset;
    return call;
}

api::Message saying(const char* text, const std::vector<std::int64_t>& offsets,
                    api::MessageState state = api::MessageState::Complete) {
    api::Message out = answered({}, state);
    out.content = text;
    for (const std::int64_t offset : offsets) {
        out.toolCalls.push_back(placed(offset));
    }
    return out;
}

} // namespace

void TranscriptToolsTest::callsStandAtTheirPlaces() {
    // Twelve bytes of four letters, a list, another look.
    Tools v(saying("看一下。\n\nIt grows:\n\n- a\n- b\n\nDone.", {12, 12, 33}));
    QCOMPARE(orderOf(v.entry()), QStringLiteral("t0 g0 t1 t2 t3 c2 t4"));
    v.press(SpotAction::ToggleTools, 0);
    QCOMPARE(orderOf(v.entry()), QStringLiteral("t0 g0 c0 c1 t1 t2 t3 c2 t4"));
    v.press(SpotAction::ToggleTool, 2);
    QCOMPARE(v.count(UnitKind::ToolText), 2);
    QCOMPARE(v.written(), QStringList({QStringLiteral("Looked at the project: 2 calls, 24 ms"),
                                       QStringLiteral("Search|pool|2 results · 12 ms"),
                                       QStringLiteral("Search|pool|2 results · 12 ms"),
                                       QStringLiteral("Search|pool|2 results · 12 ms")}));
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(v.view.get());
    QCOMPARE(list->child(0)->text(QAccessible::Description),
             QStringLiteral("看一下。\nLooked at the project: 2 calls, 24 ms\nIt grows:\n\n- a\n- b\n"
                            "Search pool: 2 results · 12 ms\nDone."));
    // What is selected across a call, and copied, is the answer alone.
    v.view->selectAll();
    QVERIFY(!v.view->selectedText().contains(QStringLiteral("pool")));
    QVERIFY(v.view->selectedText().startsWith(QStringLiteral("看一下。")));
    Tools old(saying("One.\n\nTwo.", {-1, -1})); // stored before places were
    QCOMPARE(orderOf(old.entry()), QStringLiteral("g0 t0 t1"));
    Tools last(saying("One.\n\nTwo.", {10}));
    QCOMPARE(orderOf(last.entry()), QStringLiteral("t0 t1 c0"));
}

void TranscriptToolsTest::placesThatCannotBeAreMadeToFit() {
    Tools far(saying("One.\n\nTwo.", {std::numeric_limits<std::int64_t>::max(), 2}));
    QCOMPARE(orderOf(far.entry()), QStringLiteral("t0 t1 g0")); // no call before one that was earlier
    Tools inLetter(saying("一二\n\nTwo.", {1}));
    QCOMPARE(orderOf(inLetter.entry()), QStringLiteral("t0 c0 t1"));
    Tools inCode(saying("```\na\n\nb\n```\n\nTwo.", {5}));
    QCOMPARE(orderOf(inCode.entry()), QStringLiteral("t0 c0 t1"));
    // A call between any two paragraphs: bounded lines, and none is lost.
    std::string text;
    std::vector<std::int64_t> offsets;
    for (int i = 0; i < 1000; ++i) {
        text += "word\n\n";
        offsets.push_back(static_cast<std::int64_t>(text.size()));
    }
    Tools many(saying(text.c_str(), offsets));
    QCOMPARE(many.entry().toolGroups().size(), std::size_t(200));
    QCOMPARE(many.entry().toolGroups().back().count, 801);
}

void TranscriptToolsTest::aCallStaysWhereItIsWhileTheTextGoesOn() {
    Tools v(saying("", {}, api::MessageState::Pending));
    const MessageId id("m1");
    v.view->appendText(id, QStringLiteral("Let me look."));
    api::ToolCall call = begun("search", R"({"query":"pool"})");
    call.contentOffset = 12;
    v.view->setTool(id, call);
    QCOMPARE(orderOf(v.entry()), QStringLiteral("t0 c0"));
    QCOMPARE(v.written(), QStringList{QStringLiteral("Search|pool|…")}); // the last line: the dots are its
    v.view->setTool(id, placed(12));
    v.view->appendText(id, QStringLiteral("\n\n"));
    QCOMPARE(orderOf(v.entry()), QStringLiteral("t0 c0"));
    const QString text = QStringLiteral("It grows: see\n- one\n- two\n\nAnd so on.");
    for (const QChar letter : text) {
        v.view->appendText(id, QString(letter));
        QVERIFY2(orderOf(v.entry()).startsWith(QStringLiteral("t0 c0 t1")), qPrintable(orderOf(v.entry())));
    }
    const QString live = orderOf(v.entry());
    api::Message done = v.entry().message();
    done.state = api::MessageState::Complete;
    v.view->replaceMessage(id, done);
    QCOMPARE(orderOf(v.entry()), live);
    Tools again(done); // as it is read from the history
    QCOMPARE(orderOf(again.entry()), live);
}

void TranscriptToolsTest::aCallIsShownWhileItRuns() {
    Tools v(answered({}, api::MessageState::Pending));
    const MessageId id("m1");
    v.view->setTool(id, begun("search", R"({"query":"pool"})"));
    QCOMPARE(v.written(), QStringList{QStringLiteral("Search|pool|running")});
    v.view->setTool(id, called("search", R"({"query":"pool"})", k_found, 1500));
    QCOMPARE(v.written(), QStringList{QStringLiteral("Search|pool|2 results · 1.5 s")});
    const int height = v.entry().height;
    // The same id again: models count from zero in every round.
    v.view->setTool(id, begun("search", R"({"query":"shrink"})"));
    QCOMPARE(v.written(), QStringList{QStringLiteral("Looking at the project: 2 calls|Search|shrink")});
    QCOMPARE(v.entry().height, height); // the answer below does not jump
    v.view->setTool(id, called("search", R"({"query":"shrink"})", "Nothing fits \"shrink\".\n", 20));
    QCOMPARE(v.written(), QStringList{QStringLiteral("Looked at the project: 2 calls, 1.5 s")});
    // What was stored says the same.
    const QStringList live = v.written();
    api::Message stored = v.entry().message();
    stored.state = api::MessageState::Complete;
    Tools again(stored);
    QCOMPARE(again.written(), live);
}

void TranscriptToolsTest::aCallThatMayNotRunIsTold() {
    Tools v(answered({}, api::MessageState::Pending));
    api::ToolCall refused = begun("search", "{}");
    refused.failed = true; // known before it begins
    v.view->setTool(MessageId("m1"), refused);
    refused.result = "Too many calls: at most 8 at once.";
    refused.durationMs = 0;
    v.view->setTool(MessageId("m1"), refused);
    QCOMPARE(v.written(),
             QStringList{QStringLiteral("Search|failed: Too many calls: at most 8 at once · 0 ms")});
    QCOMPARE(v.entry().toolSums().failed, 1);
    // An answer that was stopped while a call ran does not say that it runs.
    Tools stopped(answered({begun("search", "{}")}, api::MessageState::Stopped));
    QCOMPARE(stopped.written(), QStringList{QStringLiteral("Search|did not end")});
}

void TranscriptToolsTest::aCallOpensToArgumentsAndResult() {
    Tools v(answered({called("search", R"({"query":"pool","limit":2})", k_found)}));
    const int closed = v.entry().height;
    v.press(SpotAction::ToggleTool);
    QCOMPARE(v.count(UnitKind::ToolText), 2);
    QCOMPARE(v.text(0), QStringLiteral(R"({"query":"pool","limit":2})"));
    QCOMPARE(v.text(1), QString::fromStdString(k_found).trimmed());
    QVERIFY(v.entry().height > closed + 100);
    v.press(SpotAction::ToggleTool);
    QCOMPARE(v.entry().height, closed);
    // What does not fit into a line is laid out.
    const std::string word(90, 'w');
    Tools other(answered({called("search", (R"({"query":")" + word + R"(","limit":2})").c_str(), k_found)}));
    other.press(SpotAction::ToggleTool);
    QCOMPARE(other.text(0),
             QStringLiteral("{\n  \"limit\": 2,\n  \"query\": \"%1\"\n}").arg(QString::fromStdString(word)));
}

void TranscriptToolsTest::theRunningCallIsToldWhereTheReaderIs() {
    Tools v(answered({}, api::MessageState::Pending)); // has text already
    v.view->setTool(MessageId("m1"), begun("search", R"({"query":"pool"})"));
    const auto below = [&v](const MessageEntry& entry) {
        QStringList out;
        for (const Unit& unit : entry.units) {
            if (unit.kind != UnitKind::State) continue;
            for (const ChromeItem& item : chromeItems(entry, unit, v.style(), 772, {})) {
                out << (item.look == ChromeItem::Look::Dots ? QStringLiteral("…") : item.text);
            }
        }
        return out;
    };
    QCOMPARE(below(v.entry()), QStringList({QStringLiteral("…"), QStringLiteral("Search pool")}));
    v.view->setTool(MessageId("m1"), called("search", R"({"query":"pool"})", k_found));
    QCOMPARE(below(v.entry()), QStringList{QStringLiteral("…")});
    // Without text the call's own line is the last one, and one set of dots is enough.
    api::Message empty = answered({}, api::MessageState::Pending);
    empty.content.clear();
    Tools other(empty);
    const int height = other.entry().height;
    other.view->setTool(MessageId("m1"), begun("search", R"({"query":"pool"})"));
    QCOMPARE(below(other.entry()), QStringList{QString()});
    QCOMPARE(other.written(), QStringList{QStringLiteral("Search|pool|…")});
    QCOMPARE(other.entry().height, height + TranscriptStyle::k_headerRow);
    QVERIFY(other.view->isAnimating());
}

void TranscriptToolsTest::itsTextsAreSelectedApartFromTheAnswer() {
    Tools v(answered({called("search", R"({"query":"pool"})", k_found)}));
    v.press(SpotAction::ToggleTool);
    const QString result = v.text(1);
    const int from = static_cast<int>(result.indexOf(QStringLiteral("function")));
    v.drag(v.inPart(1, from), v.inPart(1, from + 8));
    QCOMPARE(v.view->selectedText(), QStringLiteral("function"));
    QTest::keyClick(v.view.get(), Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(v.view.get(), Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(v.view.get(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("function p"));
    // Beyond its end the selection stays in it; from the answer it does not enter it.
    v.drag(v.inPart(1, from), v.at(0, 0, 5));
    QCOMPARE(v.view->selectedText(), result.mid(from));
    v.drag(v.at(0, 0, 8), v.inPart(1, from));
    QCOMPARE(v.view->selectedText(), QStringLiteral("The pool"));
    v.view->selectAll();
    QCOMPARE(v.view->selectedText(), QStringLiteral("The pool grows."));
}

void TranscriptToolsTest::wordsAreTakenByADoubleClick() {
    Tools v(answered({called("search", R"({"query":"pool"})", k_found)}));
    v.press(SpotAction::ToggleTool);
    const int at = static_cast<int>(v.text(1).indexOf(QStringLiteral("poolGrow"))) + 3;
    QTest::mouseDClick(v.view->viewport(), Qt::LeftButton, {}, v.inPart(1, at));
    QCOMPARE(v.view->selectedText(), QStringLiteral("poolGrow"));
}

void TranscriptToolsTest::allOfACutTextIsCopied() {
    std::string result;
    for (int i = 1; i <= 400; ++i) {
        result += "a.c:" + std::to_string(i) + ": line\n";
    }
    Tools v(answered({called("search", R"({"query":"line"})", result)}));
    v.press(SpotAction::ToggleTool);
    QCOMPARE(v.text(1).count(u'\n'), 60); // sixty lines and the sign that there is more
    QVERIFY(v.text(1).endsWith(QStringLiteral("\n…")));
    QCOMPARE(partTitle(v.entry().toolParts()[1]), QStringLiteral("Result · 60 of 400 lines"));
    v.bar()->setValue(0);
    const Spot* copy = nullptr;
    for (const Spot& spot : v.view->spots()) {
        if (spot.item.action == SpotAction::CopyCode) copy = &spot; // the last: of the result
    }
    QVERIFY(copy);
    v.view->activate(*copy);
    QCOMPARE(QGuiApplication::clipboard()->text(), QString::fromStdString(result).trimmed());
}

void TranscriptToolsTest::placesInResultsOpen() {
    Tools v(answered({called(
        "search", R"({"query":"pool"})",
        "src/pool.c:12-40 function f\n../../etc/passwd.txt:1 x\n/etc/hosts.txt:2\nexample.com:80\n")}));
    QSignalSpy places(v.view.get(), &TranscriptView::citationActivated);
    QSignalSpy links(v.view.get(), &TranscriptView::linkActivated);
    v.press(SpotAction::ToggleTool);
    QCOMPARE(v.entry().toolParts()[1].block.text.spans.size(), std::size_t(1)); // nothing outside
    QTest::mouseClick(v.view->viewport(), Qt::LeftButton, {}, v.inPart(1, 6));
    QCOMPARE(places.count(), 1);
    QCOMPARE(places.at(0).at(0).toString(), QStringLiteral("src/pool.c:12-40"));
    QCOMPARE(links.count(), 0);
    // What a tool refused is no evidence of a place.
    api::ToolCall failed = called("search", "{}", "a.c:3 is not there");
    failed.failed = true;
    Tools other(answered({failed}));
    other.press(SpotAction::ToggleTool);
    QVERIFY(!other.spot(SpotAction::OpenTarget));
}

void TranscriptToolsTest::linesOfAnOutlineOpenTheirFile() {
    Tools v(answered({called("outline", R"({"path":"src/a.c"})",
                             "src/a.c (C, 30 lines)\n  3-9: function f(int x)\n    12-12: variable y\n")}));
    QSignalSpy places(v.view.get(), &TranscriptView::citationActivated);
    v.press(SpotAction::ToggleTool);
    const int at = static_cast<int>(v.text(1).indexOf(QStringLiteral("3-9"))) + 1;
    QTest::mouseClick(v.view->viewport(), Qt::LeftButton, {}, v.inPart(1, at));
    QCOMPARE(places.value(0).value(0).toString(), QStringLiteral("src/a.c:3-9"));
}

void TranscriptToolsTest::theKeyboardReachesEverything() {
    Tools v(answered({called("search", R"({"query":"pool"})", k_found),
                      called("outline", R"({"path":"src/a.c"})", "src/a.c (C, 30 lines)\n")}));
    QSignalSpy places(v.view.get(), &TranscriptView::citationActivated);
    v.view->setFocus();
    QTest::keyClick(v.view.get(), Qt::Key_Tab);
    QTest::keyClick(v.view.get(), Qt::Key_Return); // the summary opens
    QVERIFY(v.entry().toolsShown());
    QTest::keyClick(v.view.get(), Qt::Key_Tab);
    QTest::keyClick(v.view.get(), Qt::Key_Space); // the first call opens
    QVERIFY(v.entry().isToolShown(0));
    // Copy of the arguments, copy of the result, then its first place, in whatever order they stand.
    for (int i = 0; i < 4 && places.isEmpty(); ++i) {
        QTest::keyClick(v.view.get(), Qt::Key_Tab);
        QTest::keyClick(v.view.get(), Qt::Key_Return);
    }
    QCOMPARE(places.value(0).value(0).toString(), QStringLiteral("src/pool.c:12-40"));
}

void TranscriptToolsTest::screenReadersHearTheCalls() {
    Tools v(answered({called("search", R"({"query":"pool"})", k_found, 34)}));
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(v.view.get());
    QCOMPARE(list->child(0)->text(QAccessible::Description),
             QStringLiteral("Search pool: 2 results · 34 ms\nThe pool grows."));
    QCOMPARE(list->child(0)->text(QAccessible::Value), QStringLiteral("The pool grows."));
    v.view->setFocus();
    QTest::keyClick(v.view.get(), Qt::Key_Tab);
    QCOMPARE(list->text(QAccessible::Description),
             QStringLiteral("Search pool: 2 results · 34 ms. Show arguments and result"));
    QTest::keyClick(v.view.get(), Qt::Key_Return);
    QCOMPARE(list->text(QAccessible::Description),
             QStringLiteral("Search pool: 2 results · 34 ms. Hide arguments and result"));
    QFocusEvent away(QEvent::FocusOut);
    QApplication::sendEvent(v.view.get(), &away);
    QCOMPARE(list->text(QAccessible::Description), QString());
}

void TranscriptToolsTest::whatIsOpenStaysOpenAtTheEnd() {
    Tools v(answered({}, api::MessageState::Pending));
    v.view->setTool(MessageId("m1"), begun("search", R"({"query":"pool"})"));
    v.press(SpotAction::ToggleTool);
    QCOMPARE(v.count(UnitKind::ToolText), 1); // no result yet
    v.view->setTool(MessageId("m1"), called("search", R"({"query":"pool"})", k_found));
    QCOMPARE(v.count(UnitKind::ToolText), 2);
    v.view->replaceMessage(MessageId("m1"), answered({called("search", R"({"query":"pool"})", k_found)}));
    QCOMPARE(v.count(UnitKind::ToolText), 2);
    QCOMPARE(v.text(1), QString::fromStdString(k_found).trimmed());
    // Fewer calls than were open: another branch, another server.
    v.view->replaceMessage(MessageId("m1"), answered({}));
    QCOMPARE(v.count(UnitKind::ToolText), 0);
    QVERIFY(v.entry().toolParts().empty());
}

void TranscriptToolsTest::openTextsAreNotLaidOutAgain() {
    Tools v(answered({called("search", R"({"query":"pool"})", k_found)}, api::MessageState::Pending));
    v.press(SpotAction::ToggleTool);
    const int before = v.view->geometry().layoutsBuilt();
    for (int i = 0; i < 50; ++i) {
        v.view->appendText(MessageId("m1"), QStringLiteral("word "));
    }
    QVERIFY(v.view->geometry().layoutsBuilt() - before <= 51);
}

QTEST_MAIN(TranscriptToolsTest)
#include "TranscriptToolsTest.moc"
