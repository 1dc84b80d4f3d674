// The transcript on its own: what it lays out, how it scrolls and follows.

#include "TranscriptFixture.h"

#include <QAccessible>
#include <QCoreApplication>
#include <QPushButton>

using namespace exo;
using namespace exo::ui;

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
