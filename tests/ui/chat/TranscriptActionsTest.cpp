// What can be selected, copied, opened and done in the transcript.

#include "TranscriptFixture.h"

#include <QGuiApplication>
#include <QMimeData>
#include <QUrl>

using namespace exo;
using namespace exo::ui;

class TranscriptActionsTest : public QObject {
    Q_OBJECT
  private slots:
    void theMouseSelectsAcrossMessages();
    void shiftClickExtends();
    void aDoubleClickTakesAWord();
    void everythingCanBeCopied();
    void aTableIsCopiedAsTable();
    void copyingAPartOfABlockKeepsItsStyle();
    void codeIsCopiedWhole();
    void citationsAndLinksOpen();
    void nothingElseOpens();
    void reasoningIsCollapsed();
    void failedAnswersOfferTheirWays();
    void branchesAreReachable();
    void tabVisitsWhatCanBeDone();
};

void TranscriptActionsTest::theMouseSelectsAcrossMessages() {
    View v;
    v.view->setMessages(
        {message(1, api::Role::User, QStringLiteral("first question")),
         message(2, api::Role::Assistant, QStringLiteral("An **answer**.\n\nWith two paragraphs."))},
        TranscriptView::Place::End);
    v.drag(v.at(0, 0, 6), v.at(1, 1, 8));
    QCOMPARE(v.view->selectedText(), QStringLiteral("You:\nquestion\n\nExoBrain:\nAn answer.\n\nWith two"));
    v.drag(v.at(1, 1, 8), v.at(0, 0, 6)); // the other way round
    QCOMPARE(v.view->selectedText(), QStringLiteral("You:\nquestion\n\nExoBrain:\nAn answer.\n\nWith two"));
}

void TranscriptActionsTest::shiftClickExtends() {
    View v;
    v.view->setMessages({message(1, api::Role::Assistant, QStringLiteral("one two three\n\nfour five six"))},
                        TranscriptView::Place::End);
    QTest::mouseClick(v.view->viewport(), Qt::LeftButton, {}, v.at(0, 0, 4));
    QTest::mouseClick(v.view->viewport(), Qt::LeftButton, Qt::ShiftModifier, v.at(0, 1, 4));
    QCOMPARE(v.view->selectedText(), QStringLiteral("two three\n\nfour"));
    QTest::keyClick(v.view.get(), Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(v.view.get(), Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(v.view->selectedText(), QStringLiteral("two three\n\nfour f"));
    QTest::keyClick(v.view.get(), Qt::Key_Escape);
    QCOMPARE(v.view->selectedText(), QString());
}

void TranscriptActionsTest::aDoubleClickTakesAWord() {
    View v;
    v.view->setMessages({message(1, api::Role::Assistant, QStringLiteral("one two three"))},
                        TranscriptView::Place::End);
    QTest::mouseDClick(v.view->viewport(), Qt::LeftButton, {}, v.at(0, 0, 5));
    QCOMPARE(v.view->selectedText(), QStringLiteral("two"));
}

void TranscriptActionsTest::everythingCanBeCopied() {
    View v;
    v.view->setMessages(chat(3000), TranscriptView::Place::End);
    QTest::keyClick(v.view.get(), Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(v.view.get(), Qt::Key_C, Qt::ControlModifier);
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    QVERIFY(data->text().startsWith(QStringLiteral("You:\nMessage **0** says")));
    QVERIFY(data->text().endsWith(QStringLiteral("int x = 2999;")));
    QVERIFY(data->text().contains(QStringLiteral("ExoBrain:\nMessage 1 says\n\n- one\n- two\n\nint x = 1;")));
    QVERIFY(data->data(QStringLiteral("text/markdown")).contains("Message **1** says"));
    QVERIFY(data->html().contains(QStringLiteral("<pre><code>int x = 1;</code></pre>")));
    QVERIFY(v.view->geometry().layoutsBuilt() < 80);
}

void TranscriptActionsTest::aTableIsCopiedAsTable() {
    View v;
    v.view->setMessages(
        {message(1, api::Role::Assistant, QStringLiteral("| a | b |\n|---|---|\n| 1 | x y |\n"))},
        TranscriptView::Place::End);
    v.view->selectAll();
    v.view->copySelection();
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    QCOMPARE(data->text(), QStringLiteral("a\tb\n1\tx y"));
    QVERIFY(data->html().contains(
        QStringLiteral("<tr><th>a</th><th>b</th></tr><tr><td>1</td><td>x y</td></tr>")));
}

void TranscriptActionsTest::copyingAPartOfABlockKeepsItsStyle() {
    View v;
    v.view->setMessages({message(1, api::Role::Assistant, QStringLiteral("plain **bold words** `code`"))},
                        TranscriptView::Place::End);
    v.drag(v.at(0, 0, 3), v.at(0, 0, 10));
    v.view->copySelection();
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    QCOMPARE(data->text(), QStringLiteral("in bold"));
    QCOMPARE(data->data(QStringLiteral("text/markdown")), QByteArray("in **bold**"));
    QVERIFY(data->html().contains(QStringLiteral("in <strong>bold</strong>")));
}

void TranscriptActionsTest::codeIsCopiedWhole() {
    View v;
    QString code;
    for (int i = 0; i < 350; ++i) {
        code += QStringLiteral("line %1\n").arg(i);
    }
    code.chop(1);
    v.view->setMessages(
        {message(1, api::Role::Assistant, QStringLiteral("```\n") + code + QStringLiteral("\n```"))},
        TranscriptView::Place::End);
    v.bar()->setValue(0);
    QVERIFY(v.spot(SpotAction::CopyCode));
    v.view->activate(*v.spot(SpotAction::CopyCode));
    QCOMPARE(QGuiApplication::clipboard()->text(), code);
    // Wrapping lays that code out again and nothing else happens.
    const Spot wrap = *v.spot(SpotAction::WrapCode);
    v.view->activate(wrap);
    QVERIFY(v.view->entries()[0]->wrapped.contains(0));
}

void TranscriptActionsTest::citationsAndLinksOpen() {
    View v;
    QSignalSpy citations(v.view.get(), &TranscriptView::citationActivated);
    QSignalSpy links(v.view.get(), &TranscriptView::linkActivated);
    api::Message answer = message(1, api::Role::Assistant,
                                  QStringLiteral("see `src/expire.c:12-20` and [x](https://example.org/a)"));
    answer.citations.push_back({"lib/b.py", 3, 3});
    v.view->setMessages({answer}, TranscriptView::Place::End);
    QTest::mouseClick(v.view->viewport(), Qt::LeftButton, {}, v.at(0, 0, 8));
    QCOMPARE(citations.takeFirst().at(0).toString(), QStringLiteral("src/expire.c:12-20"));
    const int link = static_cast<int>(v.view->entries()[0]->blocks()[0].text.text.indexOf(u'x', 24));
    QTest::mouseClick(v.view->viewport(), Qt::LeftButton, {}, v.at(0, 0, link) + QPoint(2, 0));
    QCOMPARE(links.takeFirst().at(0).toUrl(), QUrl(QStringLiteral("https://example.org/a")));
    v.view->activate(*v.spot(SpotAction::OpenSource));
    QCOMPARE(citations.takeFirst().at(0).toString(), QStringLiteral("lib/b.py:3"));
}

void TranscriptActionsTest::nothingElseOpens() {
    View v;
    v.view->setMessages(
        {message(1, api::Role::Assistant,
                 QStringLiteral(
                     "[a](javascript:x) [b](file:///etc/passwd) ![c](file:///dev/zero) <a href=x>d</a>"))},
        TranscriptView::Place::End);
    QVERIFY(!v.spot(SpotAction::OpenTarget));
}

void TranscriptActionsTest::reasoningIsCollapsed() {
    View v;
    api::Message answer = message(1, api::Role::Assistant, QStringLiteral("answer"));
    answer.reasoning = "thinking\n\nhard";
    v.view->setMessages({answer}, TranscriptView::Place::End);
    const int collapsed = v.view->entries()[0]->height;
    v.view->activate(*v.spot(SpotAction::ToggleReasoning));
    QVERIFY(v.view->entries()[0]->height > collapsed + 30);
    v.view->activate(*v.spot(SpotAction::ToggleReasoning));
    QCOMPARE(v.view->entries()[0]->height, collapsed);
}

void TranscriptActionsTest::failedAnswersOfferTheirWays() {
    View v;
    api::Message answer =
        message(1, api::Role::Assistant, QStringLiteral("partial"), api::MessageState::Interrupted);
    answer.error = api::ErrorInfo{"upstream_timeout", "no headers"};
    v.view->setMessages({answer}, TranscriptView::Place::End);
    QSignalSpy again(v.view.get(), &TranscriptView::retryRequested);
    QSignalSpy on(v.view.get(), &TranscriptView::continueRequested);
    v.view->activate(*v.spot(SpotAction::Retry));
    v.view->activate(*v.spot(SpotAction::Continue));
    QCOMPARE(again.count(), 1);
    QCOMPARE(on.count(), 1);
    QVERIFY(!stateText(answer).contains(QStringLiteral("no headers"))); // a sentence, not the log
    v.view->setBusy(true);
    QVERIFY(!v.spot(SpotAction::Retry));
    answer.content.clear();
    answer.state = api::MessageState::Failed;
    v.view->setBusy(false);
    v.view->setMessages({answer}, TranscriptView::Place::End);
    QVERIFY(v.spot(SpotAction::Retry) && !v.spot(SpotAction::Continue)); // nothing to continue
}

void TranscriptActionsTest::branchesAreReachable() {
    View v;
    api::Message answer = message(1, api::Role::Assistant, QStringLiteral("second"));
    answer.siblingIndex = 1;
    answer.siblingCount = 3;
    v.view->setMessages({answer}, TranscriptView::Place::End);
    QSignalSpy spy(v.view.get(), &TranscriptView::branchRequested);
    v.view->activate(*v.spot(SpotAction::NextBranch));
    v.view->activate(*v.spot(SpotAction::PreviousBranch));
    QCOMPARE(spy.at(0).at(1).toInt(), 1);
    QCOMPARE(spy.at(1).at(1).toInt(), -1);
}

void TranscriptActionsTest::tabVisitsWhatCanBeDone() {
    View v;
    QSignalSpy citations(v.view.get(), &TranscriptView::citationActivated);
    v.view->setMessages({message(1, api::Role::Assistant, QStringLiteral("see `a.c:1`"))},
                        TranscriptView::Place::End);
    v.view->setFocus();
    QTest::keyClick(v.view.get(), Qt::Key_Tab);
    QTest::keyClick(v.view.get(), Qt::Key_Return);
    QCOMPARE(citations.count(), 1);
}

QTEST_MAIN(TranscriptActionsTest)
#include "TranscriptActionsTest.moc"
