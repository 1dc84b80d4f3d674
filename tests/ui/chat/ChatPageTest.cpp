// The chat page over a scripted backend: side bar, header, drafts, undo, languages, several sessions.

#include "ui/chat/ChatPage.h"
#include "tests/ui/FakeBackend.h"
#include "ui/chat/ChatHeader.h"
#include "ui/chat/Composer.h"
#include "ui/chat/SessionDelegate.h"
#include "ui/chat/SessionList.h"
#include "ui/chat/SessionOperations.h"
#include "ui/chat/transcript/TranscriptView.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/ActionRegistry.h"

#include <QMenu>
#include <QScrollBar>
#include <QTemporaryFile>
#include <QtTest>

using namespace exo;
using namespace exo::ui;

namespace {

const QString s1 = QStringLiteral("s1");
const QString s2 = QStringLiteral("s2");

class Fixture {
  public:
    explicit Fixture(const QString& code = QStringLiteral("en")) {
        language.setLanguage(code);
        backend.addSession(s1, QStringLiteral("First chat"));
        backend.addSession(s2, QStringLiteral("Second chat"));
        backend.addMessage(s1, api::Role::User, QStringLiteral("question one"));
        backend.addMessage(s1, api::Role::Assistant, QStringLiteral("answer one `src/a.c:7`"));
        page = std::make_unique<ChatPage>(&backend, &theme, &actions);
        page->setUrlOpener([this](const QUrl& url) { opened << url; });
        page->resize(1200, 800);
        page->show();
        if (!QTest::qWaitForWindowActive(page.get())) qWarning("the window is not active");
        QTRY_VERIFY(list().sessionCount() == 2);
    }
    SessionListModel& list() { return page->sessionList()->model(); }
    template <class T>
    T* child(const char* name) {
        return page->findChild<T*>(QString::fromLatin1(name));
    }
    void open(const QString& id) {
        page->openSession(SessionId(id.toStdString()));
        QTRY_VERIFY(!page->conversations().isLoading());
    }
    void send(const QString& text) {
        page->composer()->setText(text);
        QTest::keyClick(page->composer()->edit(), Qt::Key_Return);
    }
    QStringList rows() {
        QStringList out;
        for (int i = 0; i < list().rowCount(); ++i) {
            out << list().index(i).data().toString();
        }
        return out;
    }
    QAction* menuAction(QMenu& menu, const QString& text) {
        for (QAction* action : menu.actions()) {
            if (action->text() == text) return action;
        }
        return nullptr;
    }
    QStringList shown() const {
        QStringList out;
        for (const auto& entry : page->transcript()->entries()) {
            out << QString::fromStdString(entry->message().content);
        }
        return out;
    }

    LanguageController language;
    ThemeController theme;
    ActionRegistry actions;
    FakeBackend backend;
    QList<QUrl> opened;
    std::unique_ptr<ChatPage> page;
};

} // namespace

class ChatPageTest : public QObject {
    Q_OBJECT
  private slots:
    void aNewChatAsksAndIsListed();
    void sessionsAreGrouped();
    void theFilterNarrows();
    void tenThousandSessionsStayQuick();
    void openingShowsAndSelects();
    void draftsBelongToTheirSessions();
    void aDraftStaysOnDiskUntilTheCoreHasTheMessage();
    void deletingCanBeUndone();
    void deletingTheOpenChatStartsANewOne();
    void renamingInTheListAndTheHeader();
    void theContextMenuDoesEverything();
    void modelAndProjectAreChosen();
    void aNewChatKeepsModelAndProject();
    void editingSendsABranch();
    void quotingFillsTheComposer();
    void continueAsksOn();
    void runningSessionsShowADot();
    void linksAndCitationsLeaveThePage();
    void exportAndImport();
    void failuresToLoadCanBeRepeated();
    void unreachableKeepsWhatIsOpen();
    void switchingTheBackendShowsTheOther();
    void languagesSwitchWhileRunning();
    void longTitlesElide();
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

void ChatPageTest::sessionsAreGrouped() {
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

void ChatPageTest::theFilterNarrows() {
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

void ChatPageTest::tenThousandSessionsStayQuick() {
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

void ChatPageTest::deletingCanBeUndone() {
    Fixture f;
    f.page->operations()->remove(s2);
    QTRY_COMPARE(f.list().sessionCount(), std::size_t(1));
    QVERIFY(f.backend.isRemoved(s2));
    QTRY_VERIFY(f.child<QPushButton>("toast.action"));
    QTest::mouseClick(f.child<QPushButton>("toast.action"), Qt::LeftButton);
    QTRY_COMPARE(f.list().sessionCount(), std::size_t(2));
    QVERIFY(!f.backend.isRemoved(s2));
}

void ChatPageTest::deletingTheOpenChatStartsANewOne() {
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

void ChatPageTest::renamingInTheListAndTheHeader() {
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

void ChatPageTest::theContextMenuDoesEverything() {
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

void ChatPageTest::modelAndProjectAreChosen() {
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

void ChatPageTest::aNewChatKeepsModelAndProject() {
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

void ChatPageTest::exportAndImport() {
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

void ChatPageTest::failuresToLoadCanBeRepeated() {
    Fixture f;
    f.backend.failNext(Error(ErrorCode::StorageError));
    f.page->openSession(SessionId("s1"));
    QTRY_VERIFY(f.child<QWidget>("chatBanner")->isVisible());
    QTest::mouseClick(f.child<QPushButton>("chatBannerRetry"), Qt::LeftButton);
    QTRY_COMPARE(f.shown().size(), 2);
    QVERIFY(!f.child<QWidget>("chatBanner")->isVisible());
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

void ChatPageTest::longTitlesElide() {
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
