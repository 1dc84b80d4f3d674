// The desktop's icon in the tray: when there is one, what closing the window does, what is told.
#include "ui/shell/DesktopTray.h"
#include "tests/ui/support/WindowFixture.h"
#include "ui/chat/ChatPage.h"
#include "ui/chat/Composer.h"
#include "ui/chat/SessionList.h"

#include <QCheckBox>
#include <QListWidget>
#include <QSignalSpy>

using namespace exo;
using namespace exo::ui;

namespace {

class Rig {
  public:
    Rig() {
        tray = std::make_unique<DesktopTray>(DesktopTray::Services{
            fixture.window.get(), fixture.connections.get(), &fixture.theme, fixture.preferences.get(),
            [this] { return otherRuns; }, [this] { return trayExists; }});
        tray->setLongAnswer(0);
        fixture.window->show();
        if (tray->tray()) tray->tray()->setQuietTime(0);
    }
    // Closes the window as the user does; whether the program goes on.
    bool goesOnAfterClosing() {
        fixture.window->close();
        return !QGuiApplication::quitOnLastWindowClosed();
    }

    WindowFixture fixture{QStringLiteral("en"), ThemeMode::Light, [](FakeBackend& backend) {
                              backend.addSession(QStringLiteral("s1"), QStringLiteral("About caches"));
                          }};
    bool otherRuns = false, trayExists = true;
    std::unique_ptr<DesktopTray> tray;
};

} // namespace

class DesktopTrayTest : public QObject {
    Q_OBJECT
  private slots:
    void anIconIsShownUnlessItIsSwitchedOffOrThereIsOne();
    void closingEndsTheProgramUntilTheUserWantsOtherwise();
    void withoutATrayClosingNeverHidesTheWindow();
    void aWindowThatWasHiddenComesBackWhenItsTrayEnds();
    void theMenuOpensTheWindowAndANewChat();
    void toggleHidesTheWindowInFrontAndBringsItBack();
    void theEndOfALongAnswerIsToldWhileNobodySeesIt();
    void theSettingsApplyAtOnce();
};

void DesktopTrayTest::anIconIsShownUnlessItIsSwitchedOffOrThereIsOne() {
    Rig rig;
    QVERIFY(rig.tray->tray());
    rig.fixture.preferences->setTrayIcon(false);
    QVERIFY(!rig.tray->tray());
    rig.fixture.preferences->setTrayIcon(true);
    QVERIFY(rig.tray->tray());
    rig.otherRuns = true; // exobrain-tray was started
    rig.tray->update();
    QVERIFY(!rig.tray->tray());
    rig.otherRuns = false;
    rig.trayExists = false;
    rig.tray->update();
    QVERIFY(!rig.tray->tray());
}

void DesktopTrayTest::closingEndsTheProgramUntilTheUserWantsOtherwise() {
    Rig rig;
    QVERIFY(!rig.goesOnAfterClosing());
    rig.fixture.window->show();
    rig.fixture.preferences->setClosesToTray(true);
    QVERIFY(rig.goesOnAfterClosing());
    QVERIFY(!rig.fixture.window->isVisible());
    // exobrain-tray brings the window back as well.
    rig.otherRuns = true;
    rig.tray->update();
    QVERIFY(!rig.fixture.window->isVisible());
    QVERIFY(rig.tray->keepsRunning());
}

void DesktopTrayTest::withoutATrayClosingNeverHidesTheWindow() {
    Rig rig;
    rig.fixture.preferences->setClosesToTray(true);
    rig.trayExists = false;
    QVERIFY(!rig.goesOnAfterClosing());
    rig.fixture.window->show();
    rig.trayExists = true;
    rig.fixture.preferences->setTrayIcon(false); // there is a tray, but nothing of ours in it
    QVERIFY(!rig.goesOnAfterClosing());
}

void DesktopTrayTest::aWindowThatWasHiddenComesBackWhenItsTrayEnds() {
    Rig rig;
    rig.fixture.preferences->setClosesToTray(true);
    QVERIFY(rig.goesOnAfterClosing());
    rig.trayExists = false;
    rig.tray->update();
    QVERIFY(rig.fixture.window->isVisible());
}

void DesktopTrayTest::theMenuOpensTheWindowAndANewChat() {
    Rig rig;
    const auto action = [&](const char* name) {
        return rig.tray->tray()->menu()->findChild<QAction*>(QString::fromLatin1(name));
    };
    QVERIFY(!action("tray.server")->isVisible()); // there is nothing to start
    QVERIFY(action("tray.answer")->isVisible());
    rig.fixture.trigger("page.monitor");
    rig.fixture.window->chat()->openSession(SessionId("s1"));
    rig.fixture.window->hide();
    action("tray.quickQuestion")->trigger();
    QVERIFY(rig.fixture.window->isVisible());
    ChatPage* chat = rig.fixture.window->chat();
    QVERIFY(chat->isVisible());
    QVERIFY(chat->conversations().current().startsWith(QStringLiteral("new:")));
    QTRY_VERIFY(chat->composer()->isAncestorOf(QApplication::focusWidget()));
    rig.fixture.window->hide();
    action("tray.openWindow")->trigger();
    QVERIFY(rig.fixture.window->isVisible());
}

void DesktopTrayTest::toggleHidesTheWindowInFrontAndBringsItBack() {
    Rig rig;
    QVERIFY(QTest::qWaitForWindowActive(rig.fixture.window.get()));
    rig.tray->toggle();
    QVERIFY(!rig.fixture.window->isVisible());
    QVERIFY(!QGuiApplication::quitOnLastWindowClosed());
    rig.tray->toggle();
    QVERIFY(rig.fixture.window->isVisible());
    QVERIFY(QTest::qWaitForWindowActive(rig.fixture.window.get()));
    rig.trayExists = false;
    rig.tray->toggle();
    QVERIFY(rig.fixture.window->isVisible()); // only made small: nothing else could bring it back
}

void DesktopTrayTest::theEndOfALongAnswerIsToldWhileNobodySeesIt() {
    Rig rig;
    QTRY_VERIFY(rig.fixture.window->chat()->sessionList()->model().session(QStringLiteral("s1")));
    QSignalSpy told(rig.tray->tray(), &Tray::notified);
    const auto turn = [&](bool good) {
        rig.fixture.backend->sendMessage(SessionId("s1"), {"why?", {}, {}, {}});
        rig.fixture.backend->startTurn(QStringLiteral("s1"));
        rig.fixture.backend->delta(QStringLiteral("s1"), QStringLiteral("Because"));
        if (good) return rig.fixture.backend->finishTurn(QStringLiteral("s1"));
        rig.fixture.backend->failTurn(QStringLiteral("s1"), ErrorCode::UpstreamTimeout,
                                      api::MessageState::Failed);
    };
    turn(true);
    QCOMPARE(told.count(), 0); // the user looks at it
    rig.fixture.window->hide();
    turn(true);
    QCOMPARE(told.count(), 1);
    QCOMPARE(told[0][0].toString(), QStringLiteral("The answer is ready"));
    QCOMPARE(told[0][1].toString(), QStringLiteral("About caches"));
    turn(false);
    QCOMPARE(told.count(), 2);
    rig.fixture.preferences->setNotifies(QStringLiteral("answer"), false);
    turn(true);
    QCOMPARE(told.count(), 2);
    rig.fixture.preferences->setNotifies(QStringLiteral("answer"), true);
    rig.tray->setLongAnswer(3'600'000);
    turn(true);
    QCOMPARE(told.count(), 2); // a short one
    emit rig.tray->tray()->noticeClicked(QStringLiteral("answer"));
    QVERIFY(rig.fixture.window->isVisible());
    QCOMPARE(rig.fixture.window->chat()->conversations().current(), QStringLiteral("s1"));
}

void DesktopTrayTest::theSettingsApplyAtOnce() {
    Rig rig;
    rig.fixture.trigger("settings.open");
    auto* list = WindowFixture::find<QListWidget>("settings.list");
    QCOMPARE(list->item(2)->text(), QStringLiteral("Window and tray"));
    list->setCurrentRow(2);
    auto* icon = WindowFixture::find<QCheckBox>("traySettings.icon");
    auto* keep = WindowFixture::find<QCheckBox>("traySettings.keepRunning");
    auto* answers = WindowFixture::find<QCheckBox>("traySettings.notify.answer");
    QVERIFY(icon->isChecked() && !keep->isChecked() && answers->isChecked());
    QCOMPARE(icon->isEnabled(), QSystemTrayIcon::isSystemTrayAvailable());
    icon->setChecked(false);
    QVERIFY(!rig.tray->tray());
    icon->setChecked(true);
    keep->setChecked(true);
    answers->setChecked(false);
    QVERIFY(rig.tray->keepsRunning());
    QVERIFY(!rig.fixture.preferences->notifies(QStringLiteral("answer")));
    WindowFixture::find<QDialog>("settingsDialog")->reject();
}

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QLocale::setDefault(QLocale(QStringLiteral("en")));
    DesktopTrayTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "DesktopTrayTest.moc"
