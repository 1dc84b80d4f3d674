// Sessions on the chat page: the side bar, the header, what is done with whole chats.

#include "ChatPageFixture.h"

#include <QAbstractItemModel>
#include <QDate>
#include <QDateTime>
#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QWidget>

using namespace exo;
using namespace exo::ui;

class ChatSessionsTest : public QObject {
    Q_OBJECT
  private slots:
    void sessionsAreGrouped();
    void theFilterNarrows();
    void tenThousandSessionsStayQuick();
    void deletingCanBeUndone();
    void deletingTheOpenChatStartsANewOne();
    void renamingInTheListAndTheHeader();
    void theContextMenuDoesEverything();
    void modelAndProjectAreChosen();
    void aNewChatKeepsModelAndProject();
    void exportAndImport();
    void failuresToLoadCanBeRepeated();
    void longTitlesElide();
};

void ChatSessionsTest::sessionsAreGrouped() {
    SessionListModel model;
    model.setToday(QDate(2026, 3, 10));
    std::vector<api::Session> sessions;
    const auto add = [&](const char* title, int daysAgo, bool pinned = false, const char* folder = "") {
        api::Session session;
        session.id = SessionId(title);
        session.title = title;
        session.pinned = pinned;
        session.folder = folder;
        const QDateTime when(QDate(2026, 3, 10).addDays(-daysAgo), QTime(12, 0));
        session.updatedAt = fromUnixMillis(when.toMSecsSinceEpoch());
        sessions.push_back(session);
    };
    add("old", 30);
    add("week", 5);
    add("yesterday", 1);
    add("today", 0);
    add("pin", 90, true);
    add("work a", 2, false, "work");
    add("work b", 3, false, "work");
    model.setSessions(sessions);
    QStringList rows;
    const auto read = [&] {
        rows.clear();
        for (int i = 0; i < model.rowCount(); ++i) {
            rows << model.index(i).data().toString();
        }
        return rows.join(u'|');
    };
    QCOMPARE(read(),
             QStringLiteral(
                 "Pinned|pin|Today|today|Yesterday|yesterday|Previous 7 days|week|Older|old|Folders|work"));
    model.toggleFolder(QStringLiteral("work"));
    QVERIFY(read().endsWith(QStringLiteral("Folders|work|work a|work b")));
    QVERIFY(!model.index(0).flags().testFlag(Qt::ItemIsEnabled)); // headings are skipped by the keyboard
    model.setToday(QDate(2026, 3, 11));
    QVERIFY(read().startsWith(QStringLiteral("Pinned|pin|Yesterday|today|Previous 7 days|yesterday|week")));
}

void ChatSessionsTest::theFilterNarrows() {
    Fixture f;
    QTest::keyClicks(f.child<QLineEdit>("sessionFilter"), QStringLiteral("seCOND"));
    QVERIFY(f.rows().contains(QStringLiteral("Second chat")));
    QVERIFY(!f.rows().contains(QStringLiteral("First chat")));
    f.child<QLineEdit>("sessionFilter")->setText(QStringLiteral("nothing"));
    QCOMPARE(f.list().rowCount(), 0);
    QVERIFY(f.child<QLabel>("sessionHint")->isVisible());
    QTest::keyClick(f.child<QLineEdit>("sessionFilter"), Qt::Key_Escape);
    QVERIFY(f.rows().contains(QStringLiteral("First chat")));
}

void ChatSessionsTest::tenThousandSessionsStayQuick() {
    Fixture f;
    for (int i = 0; i < 10000; ++i) {
        f.backend.addSession(QStringLiteral("x%1").arg(i), QStringLiteral("Chat %1").arg(i));
    }
    f.page->setBackend(&f.backend);
    QTRY_COMPARE(f.list().sessionCount(), std::size_t(10002));
    // A title that changes touches one row; nothing is rebuilt.
    QSignalSpy resets(&f.list(), &QAbstractItemModel::modelReset);
    QSignalSpy changes(&f.list(), &QAbstractItemModel::dataChanged);
    api::Session session = *f.backend.session(QStringLiteral("x500"));
    session.title = "renamed";
    emit f.backend.sessionChanged(session);
    QCOMPARE(resets.count(), 0);
    QCOMPARE(changes.count(), 1);
    f.page->sessionList()->view()->scrollToBottom();
    QVERIFY(!f.page->grab().isNull());
    // One that moves up does not take the reader along.
    const int reading = f.page->sessionList()->view()->verticalScrollBar()->value();
    QVERIFY(reading > 10000);
    session.updatedAt += Millis(100'000'000);
    emit f.backend.sessionChanged(session);
    QCOMPARE(resets.count(), 1);
    QVERIFY(std::abs(f.page->sessionList()->view()->verticalScrollBar()->value() - reading) < 100);
}

void ChatSessionsTest::deletingCanBeUndone() {
    Fixture f;
    f.page->operations()->remove(s2);
    QTRY_COMPARE(f.list().sessionCount(), std::size_t(1));
    QVERIFY(f.backend.isRemoved(s2));
    QTRY_VERIFY(f.child<QPushButton>("toast.action"));
    QTest::mouseClick(f.child<QPushButton>("toast.action"), Qt::LeftButton);
    QTRY_COMPARE(f.list().sessionCount(), std::size_t(2));
    QVERIFY(!f.backend.isRemoved(s2));
}

void ChatSessionsTest::deletingTheOpenChatStartsANewOne() {
    Fixture f;
    f.open(s1);
    f.page->operations()->remove(s1);
    QTRY_VERIFY(f.page->conversations().current() != s1);
    QVERIFY(f.shown().isEmpty());
    QTRY_VERIFY(f.child<QPushButton>("toast.action"));
    f.backend.failNext(Error(ErrorCode::StorageReadOnly));
    f.page->operations()->remove(s2);
    QTRY_VERIFY(!f.child<QPushButton>("toast.action")); // an error, nothing to undo
    QCOMPARE(f.list().sessionCount(), std::size_t(1));  // refused: it stays
}

void ChatSessionsTest::renamingInTheListAndTheHeader() {
    Fixture f;
    f.open(s1);
    f.page->sessionList()->rename(s1);
    auto* editor = f.child<QLineEdit>("sessionTitleEdit");
    QVERIFY(editor);
    editor->setText(QStringLiteral("缓存层"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(f.child<QLabel>("chatTitle")->text(), QStringLiteral("缓存层"));
    QTest::mouseDClick(f.child<QLabel>("chatTitle"), Qt::LeftButton);
    auto* title = f.child<QLineEdit>("chatTitleEdit");
    QVERIFY(title->isVisible());
    title->setText(QStringLiteral("dropped"));
    QTest::keyClick(title, Qt::Key_Escape);
    QVERIFY(!title->isVisible());
    f.page->header()->editTitle();
    title->setText(QStringLiteral("  kept  title "));
    QTest::keyClick(title, Qt::Key_Return);
    QTRY_COMPARE(f.child<QLabel>("chatTitle")->text(), QStringLiteral("kept title"));
    QCOMPARE(f.backend.session(s1)->title, std::string("kept title"));
}

void ChatSessionsTest::theContextMenuDoesEverything() {
    Fixture f;
    f.backend.addSession(QStringLiteral("s3"), QStringLiteral("Third")).folder = "R&D";
    f.page->setBackend(&f.backend);
    QTRY_COMPARE(f.list().sessionCount(), std::size_t(3));
    QMenu menu;
    f.page->sessionList()->fillMenu(menu, s1);
    f.menuAction(menu, QStringLiteral("Pin"))->trigger();
    QTRY_VERIFY(f.backend.session(s1)->pinned);
    QVERIFY(f.rows().startsWith(QStringLiteral("Pinned")));
    QMenu* folders = f.menuAction(menu, QStringLiteral("Move to folder"))->menu();
    f.menuAction(*folders, QStringLiteral("R&&D"))->trigger();
    QTRY_COMPARE(f.backend.session(s1)->folder, std::string("R&D"));
    f.menuAction(*folders, QStringLiteral("New folder…"))->trigger();
    auto* dialog = f.child<QDialog>("folderDialog");
    QVERIFY(dialog);
    dialog->findChild<QLineEdit*>()->setText(QStringLiteral("工作"));
    dialog->accept();
    QTRY_COMPARE(f.backend.session(s1)->folder, std::string("工作"));
    QMenu unpin;
    f.page->sessionList()->fillMenu(unpin, s1);
    QVERIFY(f.menuAction(unpin, QStringLiteral("Unpin")));
    f.menuAction(unpin, QStringLiteral("Delete"))->trigger();
    QTRY_VERIFY(f.backend.isRemoved(s1));
}

void ChatSessionsTest::modelAndProjectAreChosen() {
    Fixture f;
    f.backend.models = {{"m-large", "deepseek", "", 65536, false}, {"exobrain-local", "local", "", 0, false}};
    f.open(s1);
    auto* menu = f.child<QMenu>("modelMenu");
    emit menu->aboutToShow();
    QTRY_VERIFY([&] {
        emit menu->aboutToShow();
        return f.menuAction(*menu, QStringLiteral("exobrain-local (local assistant)")) != nullptr;
    }());
    f.menuAction(*menu, QStringLiteral("m-large  ·  deepseek"))->trigger();
    QTRY_COMPARE(f.backend.session(s1)->model, std::string("m-large"));
    QTRY_COMPARE(f.child<QPushButton>("modelChip")->text(), QStringLiteral("m-large"));
    QTRY_VERIFY(f.child<QLabel>("composerEstimate")->text().contains(QStringLiteral("64 k")));
    emit f.page->header()->projectChosen(QStringLiteral("/home/me/redis"));
    QTRY_COMPARE(f.child<QPushButton>("projectChip")->text(), QStringLiteral("redis"));
    QCOMPARE(f.page->project(), QStringLiteral("/home/me/redis"));
    auto* projects = f.child<QMenu>("projectMenu");
    emit projects->aboutToShow();
    f.menuAction(*projects, QStringLiteral("No project"))->trigger();
    QTRY_COMPARE(f.page->project(), QString());
}

void ChatSessionsTest::aNewChatKeepsModelAndProject() {
    Fixture f;
    emit f.page->header()->modelChosen(QStringLiteral("m-large"));
    emit f.page->header()->projectChosen(QStringLiteral("/src/redis"));
    f.send(QStringLiteral("go"));
    QTRY_VERIFY(!f.backend.calls.filter(QStringLiteral("sendMessage")).isEmpty());
    const api::Session* session = f.backend.session(f.page->conversations().current());
    QCOMPARE(session->model, std::string("m-large"));
    QCOMPARE(session->project, std::string("/src/redis"));
    f.page->newChat();
    QCOMPARE(f.page->project(), QString()); // the next one starts fresh
}

void ChatSessionsTest::exportAndImport() {
    Fixture f;
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("chat.md"));
    f.page->operations()->exportToFile(s1, true, path);
    QTRY_VERIFY(QFile::exists(path));
    QVERIFY(f.backend.calls.contains(QStringLiteral("exportSession s1 md")));
    f.page->operations()->importFile(path);
    QTRY_VERIFY(!f.backend.calls.filter(QStringLiteral("importSessions")).isEmpty());
    const qsizetype before = f.backend.calls.size();
    f.page->operations()->importFile(folder.path()); // a folder
    QCOMPARE(f.backend.calls.size(), before);
    f.page->operations()->exportToFile(s1, false, QStringLiteral("/proc/none/x.json")); // tells, and goes on
    QTRY_VERIFY(f.child<QWidget>("toast") &&
                f.child<QWidget>("toast")->accessibleName().contains(QStringLiteral("x.json")));
}

void ChatSessionsTest::failuresToLoadCanBeRepeated() {
    Fixture f;
    f.backend.failNext(Error(ErrorCode::StorageError));
    f.page->openSession(SessionId("s1"));
    QTRY_VERIFY(f.child<QWidget>("chatBanner")->isVisible());
    QTest::mouseClick(f.child<QPushButton>("chatBannerRetry"), Qt::LeftButton);
    QTRY_COMPARE(f.shown().size(), 2);
    QVERIFY(!f.child<QWidget>("chatBanner")->isVisible());
}

void ChatSessionsTest::longTitlesElide() {
    Fixture f;
    const QString title = QString(150, QChar(0x957f));
    f.backend.addSession(QStringLiteral("long"), title);
    f.page->setBackend(&f.backend);
    QTRY_COMPARE(f.list().sessionCount(), std::size_t(3));
    f.open(QStringLiteral("long"));
    auto* label = f.child<QLabel>("chatTitle");
    QVERIFY(label->text().endsWith(QChar(0x2026)));
    QVERIFY(label->fontMetrics().horizontalAdvance(label->text()) <= label->width());
    QVERIFY(f.page->minimumSizeHint().width() < 800); // a title does not widen the window
    QVERIFY(f.child<QWidget>("modelChip")->isVisible());
    QVERIFY(f.child<QWidget>("modelChip")->geometry().right() < f.page->header()->width());
}

QTEST_MAIN(ChatSessionsTest)
#include "ChatSessionsTest.moc"
