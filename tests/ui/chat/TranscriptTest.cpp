// The transcript on its own: what it lays out, how it scrolls, what it selects and copies.

#include "ui/chat/markdown/Export.h"
#include "ui/chat/transcript/TranscriptView.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QMimeData>
#include <QPushButton>
#include <QScrollBar>
#include <QtTest>

using namespace exo;
using namespace exo::ui;

namespace {

api::Message message(int number, api::Role role, const QString& content,
                     api::MessageState state = api::MessageState::Complete) {
    api::Message out;
    out.id = MessageId("m" + std::to_string(number));
    out.seq = number;
    out.role = role;
    out.content = content.toStdString();
    out.state = state;
    return out;
}

std::vector<api::Message> chat(int count) {
    std::vector<api::Message> out;
    for (int i = 0; i < count; ++i) {
        const QString text =
            QStringLiteral("Message **%1** says\n\n- one\n- two\n\n```c\nint x = %1;\n```\n").arg(i);
        out.push_back(message(i, i % 2 == 0 ? api::Role::User : api::Role::Assistant, text));
    }
    return out;
}

class View {
  public:
    View() {
        theme.setMode(ThemeMode::Light);
        view = std::make_unique<TranscriptView>(&theme);
        view->resize(900, 600);
        view->show();
        if (!QTest::qWaitForWindowExposed(view.get())) qWarning("the window did not show");
    }
    QScrollBar* bar() const { return view->verticalScrollBar(); }
    bool atEnd() const { return bar()->value() == bar()->maximum(); }
    QPoint at(int message, int block, int offset) const { return view->pointOf({message, block, offset}); }
    void drag(QPoint from, QPoint to, Qt::KeyboardModifiers modifiers = {}) const {
        QTest::mousePress(view->viewport(), Qt::LeftButton, modifiers, from);
        move(from + (to - from) / 2);
        move(to);
        QTest::mouseRelease(view->viewport(), Qt::LeftButton, modifiers, to);
    }
    void move(QPoint to) const {
        QMouseEvent event(QEvent::MouseMove, to, view->viewport()->mapToGlobal(to), Qt::NoButton,
                          Qt::LeftButton, {});
        QApplication::sendEvent(view->viewport(), &event);
    }
    void wheel(int delta) const {
        const QPointF at(200, 200);
        QWheelEvent event(at, view->viewport()->mapToGlobal(at), {}, {0, delta}, {}, {}, Qt::NoScrollPhase,
                          false);
        QApplication::sendEvent(view->viewport(), &event);
    }
    const Spot* spot(SpotAction action) const {
        for (const Spot& one : view->spots()) {
            if (one.item.action == action) return &one;
        }
        return nullptr;
    }

    ThemeController theme;
    std::unique_ptr<TranscriptView> view;
};

} // namespace

class TranscriptTest : public QObject {
    Q_OBJECT
  private slots:
    void aLongChatLaysOutOnlyWhatIsSeen();
    void layoutsThatWereSeenLongAgoAreDropped();
    void streamingLaysOutOnlyTheOpenEnd();
    void itFollowsOnlyAtTheEnd();
    void theWheelStopsFollowingAndThePillResumes();
    void aSelectionStopsFollowing();
    void keysScroll();
    void olderMessagesDoNotMoveWhatIsRead();
    void exactHeightsDoNotMoveWhatIsRead();
    void aLongTextIsParsedElsewhere();
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
    void screenReadersHearMessages();
    void noTimerRunsWhenHidden();
    void themeAndWidthMayChange();
    void messagesMayDisappear();
};

void TranscriptTest::aLongChatLaysOutOnlyWhatIsSeen() {
    View v;
    v.view->setMessages(chat(5000), TranscriptView::Place::End);
    QVERIFY(v.atEnd());
    QVERIFY2(v.view->geometry().layoutsBuilt() < 80,
             qPrintable(QString::number(v.view->geometry().layoutsBuilt())));
    int parsed = 0;
    for (const auto& entry : v.view->entries()) {
        parsed += entry->isParsed() ? 1 : 0;
    }
    QVERIFY(parsed < 30);
    v.bar()->setValue(v.bar()->maximum() / 2);
    QVERIFY(v.view->geometry().layoutsBuilt() < 160);
    QVERIFY(!v.view->spots().empty());
}

void TranscriptTest::layoutsThatWereSeenLongAgoAreDropped() {
    View v;
    v.view->setMessages(chat(400), TranscriptView::Place::End);
    for (int i = 0; i < 200; ++i) {
        v.bar()->setValue(v.bar()->value() - 300);
    }
    QVERIFY(v.view->geometry().layoutsBuilt() > 400);
    QVERIFY(v.view->geometry().liveLayouts() <= 330);
}

void TranscriptTest::streamingLaysOutOnlyTheOpenEnd() {
    View v;
    v.view->setMessages({message(1, api::Role::User, QStringLiteral("q")),
                         message(2, api::Role::Assistant, {}, api::MessageState::Pending)},
                        TranscriptView::Place::End);
    for (int i = 0; i < 50; ++i) {
        v.view->appendText(MessageId("m2"), QStringLiteral("Paragraph number %1.\n\n").arg(i));
    }
    const int before = v.view->geometry().layoutsBuilt();
    for (int i = 0; i < 100; ++i) {
        v.view->appendText(MessageId("m2"), QStringLiteral("word "));
    }
    // One new layout per arrival: that of the paragraph that grows.
    QVERIFY(v.view->geometry().layoutsBuilt() - before <= 101);
    QVERIFY(v.atEnd());
    api::Message done =
        message(2, api::Role::Assistant, QString::fromStdString(v.view->entries()[1]->message().content));
    const int streamed = v.view->geometry().layoutsBuilt();
    v.view->replaceMessage(MessageId("m2"), done);
    QVERIFY(v.view->geometry().layoutsBuilt() - streamed <= 2); // nothing is laid out again at the end
}

void TranscriptTest::itFollowsOnlyAtTheEnd() {
    View v;
    v.view->setMessages(chat(20), TranscriptView::Place::End);
    v.view->appendMessage(message(100, api::Role::Assistant, {}, api::MessageState::Pending));
    v.view->appendText(MessageId("m100"), QStringLiteral("a\n\n").repeated(40));
    QVERIFY(v.view->isFollowing() && v.atEnd());
    v.bar()->setValue(v.bar()->maximum() - 500);
    const int reading = v.bar()->value();
    v.view->appendText(MessageId("m100"), QStringLiteral("b\n\n").repeated(40));
    QCOMPARE(v.bar()->value(), reading);
    QVERIFY(!v.view->isFollowing());
    v.bar()->setValue(v.bar()->maximum());
    v.view->appendText(MessageId("m100"), QStringLiteral("c\n\n").repeated(40));
    QVERIFY(v.view->isFollowing() && v.atEnd());
}

void TranscriptTest::theWheelStopsFollowingAndThePillResumes() {
    View v;
    v.view->setMessages(chat(20), TranscriptView::Place::End);
    v.view->appendMessage(message(100, api::Role::Assistant, {}, api::MessageState::Pending));
    auto* pill = v.view->findChild<QPushButton*>(QStringLiteral("transcriptNewPill"));
    QVERIFY(!pill->isVisible());
    v.wheel(120);
    QVERIFY(!v.view->isFollowing());
    const int reading = v.bar()->value();
    v.view->appendText(MessageId("m100"), QStringLiteral("new\n\n").repeated(30));
    QCOMPARE(v.bar()->value(), reading);
    QVERIFY(pill->isVisible());
    QTest::mouseClick(pill, Qt::LeftButton);
    QVERIFY(v.view->isFollowing() && v.atEnd());
    QVERIFY(!pill->isVisible());
}

void TranscriptTest::aSelectionStopsFollowing() {
    View v;
    v.view->setMessages(chat(20), TranscriptView::Place::End);
    v.view->appendMessage(
        message(100, api::Role::Assistant, QStringLiteral("select me here"), api::MessageState::Pending));
    QVERIFY(v.view->isFollowing());
    v.drag(v.at(20, 0, 0), v.at(20, 0, 9));
    QCOMPARE(v.view->selectedText(), QStringLiteral("select me"));
    QVERIFY(!v.view->isFollowing());
    const int reading = v.bar()->value();
    v.view->appendText(MessageId("m100"), QStringLiteral("\n\nmore").repeated(20));
    QCOMPARE(v.bar()->value(), reading);
    QCOMPARE(v.view->selectedText(), QStringLiteral("select me"));
}

void TranscriptTest::keysScroll() {
    View v;
    v.view->setMessages(chat(40), TranscriptView::Place::End);
    const int end = v.bar()->value();
    QTest::keyClick(v.view.get(), Qt::Key_PageUp);
    QVERIFY(v.bar()->value() < end - 300);
    QVERIFY(!v.view->isFollowing());
    QTest::keyClick(v.view.get(), Qt::Key_Home);
    QCOMPARE(v.bar()->value(), 0);
    QTest::keyClick(v.view.get(), Qt::Key_Down);
    QVERIFY(v.bar()->value() > 0);
    QTest::keyClick(v.view.get(), Qt::Key_End);
    QVERIFY(v.view->isFollowing() && v.atEnd());
}

void TranscriptTest::olderMessagesDoNotMoveWhatIsRead() {
    View v;
    const auto all = chat(300);
    v.view->setMessages({all.begin() + 200, all.end()}, TranscriptView::Place::End);
    v.view->setHasOlder(true);
    QSignalSpy older(v.view.get(), &TranscriptView::olderWanted);
    v.bar()->setValue(100);
    QCOMPARE(older.count(), 1); // asked once, not at every pixel
    v.bar()->setValue(90);
    QCOMPARE(older.count(), 1);
    const int y = v.view->messageRect(2).top();
    v.view->setMessages(all, TranscriptView::Place::Keep);
    QCOMPARE(v.view->messageRect(202).top(), y);
}

void TranscriptTest::exactHeightsDoNotMoveWhatIsRead() {
    View v;
    std::vector<api::Message> messages;
    for (int i = 0; i < 200; ++i) { // guesses are wrong for these
        messages.push_back(message(i, api::Role::Assistant,
                                   QStringLiteral("| a | b |\n|---|---|\n") +
                                       QStringLiteral("| 1 | 2 |\n").repeated(i % 7) +
                                       QStringLiteral("\n\nword ").repeated(i % 11)));
    }
    v.view->setMessages(messages, TranscriptView::Place::End);
    v.bar()->setValue(v.bar()->maximum() / 2);
    // Upwards in small steps: every message moves by exactly that.
    for (int i = 0; i < 60; ++i) {
        const int first = v.view->geometry().messageAt(v.bar()->value() + 250);
        const int y = v.view->messageRect(first).top();
        v.bar()->setValue(v.bar()->value() - 40);
        QCOMPARE(v.view->messageRect(first).top(), y + 40);
    }
}

void TranscriptTest::aLongTextIsParsedElsewhere() {
    View v;
    const QString longText = QStringLiteral("A **paragraph** of words.\n\n").repeated(4000);
    v.view->setMessages({message(1, api::Role::Assistant, longText)}, TranscriptView::Place::End);
    QVERIFY(!v.view->entries()[0]->isParsed());
    QTRY_VERIFY(v.view->entries()[0]->isParsed());
    QVERIFY(v.atEnd());
    QVERIFY(v.view->geometry().layoutsBuilt() < 60);
    // A view that is gone when the text is ready.
    {
        View other;
        other.view->setMessages({message(1, api::Role::Assistant, longText)}, TranscriptView::Place::End);
    }
    QThreadPool::globalInstance()->waitForDone();
    QCoreApplication::processEvents();
}

void TranscriptTest::theMouseSelectsAcrossMessages() {
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

void TranscriptTest::shiftClickExtends() {
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

void TranscriptTest::aDoubleClickTakesAWord() {
    View v;
    v.view->setMessages({message(1, api::Role::Assistant, QStringLiteral("one two three"))},
                        TranscriptView::Place::End);
    QTest::mouseDClick(v.view->viewport(), Qt::LeftButton, {}, v.at(0, 0, 5));
    QCOMPARE(v.view->selectedText(), QStringLiteral("two"));
}

void TranscriptTest::everythingCanBeCopied() {
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

void TranscriptTest::aTableIsCopiedAsTable() {
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

void TranscriptTest::copyingAPartOfABlockKeepsItsStyle() {
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

void TranscriptTest::codeIsCopiedWhole() {
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

void TranscriptTest::citationsAndLinksOpen() {
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

void TranscriptTest::nothingElseOpens() {
    View v;
    v.view->setMessages(
        {message(1, api::Role::Assistant,
                 QStringLiteral(
                     "[a](javascript:x) [b](file:///etc/passwd) ![c](file:///dev/zero) <a href=x>d</a>"))},
        TranscriptView::Place::End);
    QVERIFY(!v.spot(SpotAction::OpenTarget));
}

void TranscriptTest::reasoningIsCollapsed() {
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

void TranscriptTest::failedAnswersOfferTheirWays() {
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

void TranscriptTest::branchesAreReachable() {
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

void TranscriptTest::tabVisitsWhatCanBeDone() {
    View v;
    QSignalSpy citations(v.view.get(), &TranscriptView::citationActivated);
    v.view->setMessages({message(1, api::Role::Assistant, QStringLiteral("see `a.c:1`"))},
                        TranscriptView::Place::End);
    v.view->setFocus();
    QTest::keyClick(v.view.get(), Qt::Key_Tab);
    QTest::keyClick(v.view.get(), Qt::Key_Return);
    QCOMPARE(citations.count(), 1);
}

void TranscriptTest::screenReadersHearMessages() {
    View v;
    v.view->setMessages({message(1, api::Role::User, QStringLiteral("question")),
                         message(2, api::Role::Assistant, QStringLiteral("answer"))},
                        TranscriptView::Place::End);
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(v.view.get());
    QVERIFY(list);
    QCOMPARE(list->role(), QAccessible::List);
    QCOMPARE(list->childCount(), 2);
    QCOMPARE(list->child(0)->text(QAccessible::Name), QStringLiteral("You"));
    QCOMPARE(list->child(1)->text(QAccessible::Description), QStringLiteral("answer"));
    QVERIFY(list->child(1)->rect().isValid());
    v.view->setMessages({}, TranscriptView::Place::End);
    QCOMPARE(list->childCount(), 0);
}

void TranscriptTest::noTimerRunsWhenHidden() {
    View v;
    v.view->setMessages({message(1, api::Role::Assistant, {}, api::MessageState::Pending)},
                        TranscriptView::Place::End);
    const auto running = [&] {
        int count = 0;
        for (QTimer* timer : v.view->findChildren<QTimer*>()) {
            count += timer->isActive() ? 1 : 0;
        }
        return count;
    };
    v.view->hide();
    QCOMPARE(running(), 0);
    QVERIFY(!v.view->isAnimating());
    v.view->show();
    QVERIFY(v.view->isAnimating());
    v.view->replaceMessage(MessageId("m1"), message(1, api::Role::Assistant, QStringLiteral("done")));
    QVERIFY(!v.view->isAnimating());
}

void TranscriptTest::themeAndWidthMayChange() {
    View v;
    v.view->setMessages(chat(200), TranscriptView::Place::End);
    v.bar()->setValue(v.bar()->maximum() / 2);
    const int read = v.view->geometry().messageAt(v.bar()->value());
    v.theme.setMode(ThemeMode::Dark);
    v.theme.setFontPixels(18);
    v.view->resize(500, 500);
    QVERIFY(std::abs(v.view->geometry().messageAt(v.bar()->value()) - read) <= 1);
    v.view->followEnd();
    v.view->resize(900, 300);
    QVERIFY(v.atEnd());
}

void TranscriptTest::messagesMayDisappear() {
    View v;
    v.view->setMessages(chat(50), TranscriptView::Place::End);
    v.view->selectAll();
    v.bar()->setValue(v.bar()->maximum() / 2);
    v.view->setMessages(chat(3), TranscriptView::Place::Keep);
    v.view->copySelection();
    v.view->setMessages({}, TranscriptView::Place::Keep);
    v.view->selectAll();
    QTest::mouseClick(v.view->viewport(), Qt::LeftButton, {}, QPoint(100, 100));
    v.drag({10, 10}, {300, 300});
    QTest::mouseDClick(v.view->viewport(), Qt::LeftButton, {}, QPoint(100, 100));
    QTest::keyClick(v.view.get(), Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(v.view->selectedText(), QString());
}

QTEST_MAIN(TranscriptTest)
#include "TranscriptTest.moc"
