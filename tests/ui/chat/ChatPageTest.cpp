// The chat page over a scripted backend: turns, drafts, languages, connection.

#include "ChatPageFixture.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QUrl>
#include <QWidget>

using namespace exo;
using namespace exo::ui;

class ChatPageTest : public QObject {
    Q_OBJECT
  private slots:
    void aNewChatAsksAndIsListed();
    void openingShowsAndSelects();
    void draftsBelongToTheirSessions();
    void aDraftStaysOnDiskUntilTheCoreHasTheMessage();
    void editingSendsABranch();
    void quotingFillsTheComposer();
    void continueAsksOn();
    void runningSessionsShowADot();
    void linksAndCitationsLeaveThePage();
    void unreachableKeepsWhatIsOpen();
    void switchingTheBackendShowsTheOther();
    void languagesSwitchWhileRunning();
    void everyWidgetHasAName();
    void actionsAreRegistered();
    void askStartsAtOnce();
    void stoppingBeforeItStartedKeepsTheQuestion();
    void filesMayBeDroppedAnywhere();
    void nothingTicksWhenHidden();
};

void ChatPageTest::aNewChatAsksAndIsListed() {
    Fixture f;
    QVERIFY(f.child<QWidget>("chatEmpty")->isVisible());
    f.send(QStringLiteral("hello there"));
    QCOMPARE(f.page->composer()->text(), QString());
    QCOMPARE(f.shown().front(), QStringLiteral("hello there"));
    QVERIFY(!f.child<QWidget>("chatEmpty")->isVisible());
    QTRY_VERIFY(!f.backend.calls.filter(QStringLiteral("sendMessage")).isEmpty());
    QCOMPARE(f.list().sessionCount(), std::size_t(3));
    const QString id = f.page->conversations().current();
    f.backend.startTurn(id);
    f.backend.delta(id, QStringLiteral("**hi**"));
    QCOMPARE(f.child<QPushButton>("composerSend")->text(), QStringLiteral("Stop"));
    f.backend.finishTurn(id);
    QCOMPARE(f.child<QPushButton>("composerSend")->text(), QStringLiteral("Send"));
    QCOMPARE(f.shown(), QStringList({QStringLiteral("hello there"), QStringLiteral("**hi**")}));
    QVERIFY(f.page->composer()->edit()->hasFocus());
}

void ChatPageTest::openingShowsAndSelects() {
    Fixture f;
    const QModelIndex index = f.list().indexOf(s1);
    QTest::mouseClick(f.page->sessionList()->view()->viewport(), Qt::LeftButton, {},
                      f.page->sessionList()->view()->visualRect(index).center());
    QTRY_COMPARE(f.shown().size(), 2);
    QCOMPARE(f.page->conversations().current(), s1);
    QCOMPARE(f.page->sessionList()->view()->currentIndex(), f.list().indexOf(s1));
    QCOMPARE(f.child<QLabel>("chatTitle")->text(), QStringLiteral("First chat"));
    f.page->newChat();
    QVERIFY(f.page->sessionList()->view()->selectionModel()->selectedIndexes().isEmpty());
    QCOMPARE(f.child<QLabel>("chatTitle")->text(), QStringLiteral("New chat"));
}

void ChatPageTest::draftsBelongToTheirSessions() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("drafts.json"));
    {
        Fixture f;
        f.page->setDraftFile(path);
        f.page->composer()->setText(QStringLiteral("for a new one"));
        f.open(s1);
        QCOMPARE(f.page->composer()->text(), QString());
        f.page->composer()->setText(QStringLiteral("第一"));
        f.page->composer()->attachments().addText(QStringLiteral("attached"));
        f.open(s2);
        QCOMPARE(f.page->composer()->text(), QString());
        QVERIFY(f.page->composer()->attachments().list().empty());
        f.open(s1);
        QCOMPARE(f.page->composer()->attachments().list().size(), std::size_t(1));
        QCOMPARE(f.page->composer()->text(), QStringLiteral("第一"));
        f.page->newChat();
        QCOMPARE(f.page->composer()->text(), QStringLiteral("for a new one"));
        f.open(s1);
    }
    Fixture again;
    again.page->setDraftFile(path);
    QCOMPARE(again.page->composer()->text(), QStringLiteral("for a new one"));
    again.open(s1);
    QCOMPARE(again.page->composer()->text(), QStringLiteral("第一"));
}

void ChatPageTest::aDraftStaysOnDiskUntilTheCoreHasTheMessage() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("drafts.json"));
    const auto stored = [&] {
        DraftStore store;
        store.setFile(path);
        return store.draft(s1);
    };
    {
        Fixture f;
        f.page->setDraftFile(path);
        f.open(s1);
        f.send(QStringLiteral("precious"));
        QCOMPARE(f.shown().back(), QString()); // sent, not yet acknowledged; then the program ends
    }
    QCOMPARE(stored(), QStringLiteral("precious"));
    Fixture f;
    f.page->setDraftFile(path);
    f.open(s1);
    QCOMPARE(f.page->composer()->text(), QStringLiteral("precious"));
    QTest::keyClick(f.page->composer()->edit(), Qt::Key_Return);
    f.open(s2);
    f.open(s1);
    f.backend.startTurn(s1);
    QTRY_COMPARE(stored(), QString());
}

void ChatPageTest::editingSendsABranch() {
    Fixture f;
    f.open(s1);
    f.page->composer()->setText(QStringLiteral("draft"));
    emit f.page->transcript()->editRequested(f.backend.messages(s1)[0].id);
    QCOMPARE(f.page->composer()->text(), QStringLiteral("question one"));
    f.send(QStringLiteral("question two"));
    f.backend.startTurn(s1);
    f.backend.finishTurn(s1);
    QCOMPARE(f.shown().front(), QStringLiteral("question two"));
    QCOMPARE(f.page->transcript()->entries()[0]->message().siblingCount, 2);
    QCOMPARE(f.page->composer()->text(), QStringLiteral("draft"));
    emit f.page->transcript()->branchRequested(f.page->transcript()->entries()[0]->message().id, -1);
    QCOMPARE(f.shown().front(), QStringLiteral("question one"));
}

void ChatPageTest::quotingFillsTheComposer() {
    Fixture f;
    f.open(s1);
    emit f.page->transcript()->quoteRequested(QStringLiteral("words"));
    QCOMPARE(f.page->composer()->text(), QStringLiteral("> words\n\n"));
}

void ChatPageTest::continueAsksOn() {
    Fixture f;
    f.open(s1);
    emit f.page->transcript()->continueRequested(f.backend.messages(s1)[1].id);
    QVERIFY(!f.backend.lastRequest.content.empty());
    QCOMPARE(f.backend.lastRequest.parentId, std::optional(f.backend.messages(s1)[1].id));
}

void ChatPageTest::runningSessionsShowADot() {
    Fixture f;
    f.open(s1);
    f.send(QStringLiteral("more"));
    f.backend.startTurn(s1);
    f.open(s2);
    QCOMPARE(f.child<QPushButton>("composerSend")->text(), QStringLiteral("Send"));
    QVERIFY(f.list().indexOf(s1).data(SessionListModel::RunningRole).toBool());
    QCOMPARE(f.list().indexOf(s1).data(Qt::AccessibleTextRole).toString(),
             QStringLiteral("First chat, answering"));
    f.backend.delta(s1, QStringLiteral("unseen"));
    QVERIFY(f.shown().isEmpty());
    f.backend.finishTurn(s1);
    QVERIFY(!f.list().indexOf(s1).data(SessionListModel::RunningRole).toBool());
}

void ChatPageTest::linksAndCitationsLeaveThePage() {
    Fixture f;
    f.open(s1);
    QSignalSpy places(f.page.get(), &ChatPage::citationActivated);
    emit f.page->transcript()->citationActivated(QStringLiteral("src/a.c:7"));
    QCOMPARE(places.at(0).at(1).toString(), QStringLiteral("src/a.c:7"));
    for (const char* url : {"file:///etc/passwd", "javascript:1", "data:text/html,x", "exec:x"}) {
        emit f.page->transcript()->linkActivated(QUrl(QString::fromLatin1(url)));
    }
    QVERIFY(f.opened.isEmpty());
    emit f.page->transcript()->linkActivated(QUrl(QStringLiteral("https://example.org")));
    QCOMPARE(f.opened.size(), 1);
}

void ChatPageTest::unreachableKeepsWhatIsOpen() {
    Fixture f;
    f.open(s1);
    f.page->composer()->setText(QStringLiteral("typed"));
    f.backend.setState(Backend::State::Unreachable);
    QCOMPARE(f.shown().size(), 2);
    QVERIFY(f.child<QLabel>("sessionHint")->isVisible());
    QTest::keyClick(f.page->composer()->edit(), Qt::Key_Return);
    QCOMPARE(f.page->composer()->text(), QStringLiteral("typed"));
    f.backend.setState(Backend::State::Ready);
    QTRY_VERIFY(!f.child<QLabel>("sessionHint")->isVisible());
    QCOMPARE(f.shown().size(), 2);
}

void ChatPageTest::switchingTheBackendShowsTheOther() {
    Fixture f;
    f.open(s1);
    FakeBackend other;
    other.addSession(QStringLiteral("o1"), QStringLiteral("Over there"));
    f.page->setBackend(&other);
    QVERIFY(f.shown().isEmpty());
    QTRY_VERIFY(f.rows().contains(QStringLiteral("Over there")));
    QVERIFY(!f.rows().contains(QStringLiteral("First chat")));
    emit f.backend.sessionChanged(*f.backend.session(s1)); // the old one speaks on
    QVERIFY(!f.rows().contains(QStringLiteral("First chat")));
    f.page->setBackend(nullptr);
    QCOMPARE(f.list().rowCount(), 0);
    f.send(QStringLiteral("into the void"));
}

void ChatPageTest::languagesSwitchWhileRunning() {
    Fixture f;
    f.open(s1);
    f.language.setLanguage(QStringLiteral("zh_CN"));
    QTRY_COMPARE(f.child<QPushButton>("newChatButton")->text(), QStringLiteral("新对话"));
    QCOMPARE(f.child<QPushButton>("composerSend")->text(), QStringLiteral("发送"));
    QCOMPARE(senderOf(f.page->transcript()->entries()[0]->message()), QStringLiteral("你"));
    QVERIFY(!f.rows().contains(QStringLiteral("Older")));
    f.language.setLanguage(QStringLiteral("en"));
    QTRY_COMPARE(f.child<QPushButton>("newChatButton")->text(), QStringLiteral("New chat"));
}

void ChatPageTest::everyWidgetHasAName() {
    Fixture f;
    f.open(s1);
    for (QWidget* widget : f.page->findChildren<QWidget*>()) {
        if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible() ||
            widget->objectName().startsWith(u"qt_"))
            continue;
        QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
        QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
    }
}

void ChatPageTest::actionsAreRegistered() {
    Fixture f;
    f.open(s1);
    f.actions.action(QStringLiteral("chat.new"))->trigger();
    QVERIFY(f.shown().isEmpty());
    f.open(s1);
    f.actions.action(QStringLiteral("chat.regenerate"))->trigger();
    QVERIFY(!f.backend.calls.filter(QStringLiteral("regenerate")).isEmpty());
    f.actions.action(QStringLiteral("chat.stop"))->trigger();
    QVERIFY(!f.backend.calls.filter(QStringLiteral("stopTurn")).isEmpty());
    f.actions.action(QStringLiteral("chat.delete"))->trigger();
    QTRY_VERIFY(f.backend.isRemoved(s1));
    QSet<QString> keys;
    for (const auto& entry : f.actions.entries()) {
        QVERIFY(!entry.text().isEmpty());
        if (entry.shortcut.isEmpty()) continue;
        QVERIFY2(!keys.contains(entry.shortcut.toString()), qPrintable(entry.id));
        keys.insert(entry.shortcut.toString());
    }
}

void ChatPageTest::askStartsAtOnce() {
    Fixture f;
    f.open(s1);
    f.page->ask(QStringLiteral(" what is this? "));
    QTRY_VERIFY(f.backend.calls.last().contains(QStringLiteral("what is this?")));
    QCOMPARE(f.shown().front(), QStringLiteral("what is this?"));
}

void ChatPageTest::stoppingBeforeItStartedKeepsTheQuestion() {
    Fixture f;
    f.open(s2);
    f.send(QStringLiteral("too hasty"));
    QTest::keyClick(f.page->composer()->edit(), Qt::Key_Escape);
    QCOMPARE(f.shown(), QStringList(QStringLiteral("too hasty")));
    QVERIFY(f.page->transcript()->entries()[0]->message().state == api::MessageState::Stopped);
    QCOMPARE(f.child<QPushButton>("composerSend")->text(), QStringLiteral("Send"));
}

void ChatPageTest::filesMayBeDroppedAnywhere() {
    Fixture f;
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write("text");
    file.flush();
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(file.fileName())});
    QDragEnterEvent enter(QPoint(600, 300), Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(f.page.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(600, 300), Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(f.page.get(), &drop);
    QCOMPARE(f.page->composer()->attachments().list().size(), std::size_t(1));
}

void ChatPageTest::nothingTicksWhenHidden() {
    Fixture f;
    f.open(s1);
    f.send(QStringLiteral("more"));
    f.backend.startTurn(s1);
    QVERIFY(f.page->transcript()->isAnimating());
    f.page->hide();
    QVERIFY(!f.page->transcript()->isAnimating());
}

QTEST_MAIN(ChatPageTest)
#include "ChatPageTest.moc"
