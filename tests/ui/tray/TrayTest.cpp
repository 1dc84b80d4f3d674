// What the tray shows, says and offers.
#include "ui/tray/Tray.h"
#include "tests/support/TempHome.h"
#include "tests/ui/FakeBackend.h"

#include <QImage>
#include <QSignalSpy>
#include <QTest>

using namespace exo;
using namespace exo::ui;

namespace {

api::MetricsSnapshot at(api::AlertLevel level, std::int64_t active = 0) {
    api::MetricsSnapshot snapshot;
    snapshot.service.level = level;
    snapshot.business.requests.active = active;
    return snapshot;
}

class Rig {
  public:
    explicit Rig(LocalServer* server = nullptr)
        : preferences(QString::fromStdString((m_home / "desktop.ini").string())) {
        theme.setMode(ThemeMode::Light);
        auto made = std::make_unique<FakeBackend>();
        backend = made.get();
        backend->numbers.fillWithExample();
        connections = std::make_unique<Connections>(std::move(made), nullptr);
        tray = std::make_unique<Tray>(Tray::Services{connections.get(), &theme, &preferences, server});
        tray->feed()->setInterval(10);
        tray->setQuietTime(0);
    }
    QAction* action(const char* name) const {
        return tray->menu()->findChild<QAction*>(QStringLiteral("tray.") + QString::fromLatin1(name));
    }

  private:
    test::TempHome m_home;

  public:
    FakeBackend* backend = nullptr;
    ThemeController theme;
    Preferences preferences;
    std::unique_ptr<Connections> connections;
    std::unique_ptr<Tray> tray;
};

} // namespace

class TrayTest : public QObject {
    Q_OBJECT
  private slots:
    void theWorstStateWins();
    void eachStateHasAPictureOfItsOwn();
    void whereNoTrayExistsThePanelIsAWindow();
    void everythingOfThePanelIsInTheMenu();
    void anAlertIsToldOnceAndItsEndOnce();
    void nothingIsToldSoonAfterTheStart();
    void aKindThatIsSwitchedOffStaysQuiet();
    void losingTheServerAndFindingItAgainIsTold();
    void theServerCanBeStartedOnlyWhenItIsStopped();
    void aProgramThatIsMissingIsSaid();
};

void TrayTest::theWorstStateWins() {
    const Error refused(ErrorCode::UpstreamConnection), slow(ErrorCode::UpstreamTimeout);
    using Level = api::AlertLevel;
    QCOMPARE(trayStateOf(at(Level::Critical), refused, true), TrayState::Stopped);
    QCOMPARE(trayStateOf(at(Level::Critical), refused, false), TrayState::Unreachable);
    QCOMPARE(trayStateOf(at(Level::Critical), slow, true), TrayState::Unreachable);
    QCOMPARE(trayStateOf(std::nullopt, std::nullopt, true), TrayState::Unreachable);
    QCOMPARE(trayStateOf(at(Level::Critical, 3), std::nullopt, true), TrayState::Critical);
    QCOMPARE(trayStateOf(at(Level::Warning, 3), std::nullopt, true), TrayState::Warning);
    QCOMPARE(trayStateOf(at(Level::Ok, 3), std::nullopt, true), TrayState::Busy);
    QCOMPARE(trayStateOf(at(Level::Ok), std::nullopt, true), TrayState::Ok);
}

void TrayTest::eachStateHasAPictureOfItsOwn() {
    Rig rig;
    std::vector<QImage> seen;
    for (const auto state : {TrayState::Stopped, TrayState::Unreachable, TrayState::Critical,
                             TrayState::Warning, TrayState::Busy, TrayState::Ok}) {
        // Without colour, too: the shapes alone must tell them apart.
        const QImage image =
            trayIcon(&rig.theme, state).pixmap(22, 22).toImage().convertToFormat(QImage::Format_Alpha8);
        QVERIFY(!image.isNull());
        for (const QImage& other : seen) {
            QVERIFY(other != image);
        }
        seen.push_back(image);
    }
}

void TrayTest::whereNoTrayExistsThePanelIsAWindow() {
    Rig rig;
    if (QSystemTrayIcon::isSystemTrayAvailable()) QSKIP("there is a tray here");
    QVERIFY(!rig.tray->show());
    rig.tray->showPanel();
    QVERIFY(rig.tray->panel()->isVisible());
    QVERIFY(!rig.tray->panel()->windowFlags().testFlag(Qt::Popup));
    QTRY_COMPARE(rig.tray->panel()->findChild<QLabel*>(QStringLiteral("tray.value.p95"))->text(),
                 QStringLiteral("812 ms"));
}

void TrayTest::everythingOfThePanelIsInTheMenu() {
    Rig rig;
    rig.tray->show();
    QTRY_COMPARE(rig.tray->state(), TrayState::Warning);
    QVERIFY(rig.action("word")->text().contains(QStringLiteral("Warning")));
    QVERIFY(rig.action("numbers")->text().contains(QStringLiteral("812 ms")));
    QVERIFY(rig.action("machine")->text().contains(QStringLiteral("12 %")));
    QSignalSpy open(rig.tray.get(), &Tray::openRequested), ask(rig.tray.get(), &Tray::askRequested),
        quit(rig.tray.get(), &Tray::quitRequested);
    rig.action("openWindow")->trigger();
    rig.action("quickQuestion")->trigger();
    rig.action("quit")->trigger();
    QCOMPARE(open.count() + ask.count() + quit.count(), 3);
    QCOMPARE(rig.tray->icon().toolTip().count(u'\n'), 1);
}

void TrayTest::anAlertIsToldOnceAndItsEndOnce() {
    Rig rig;
    QSignalSpy told(rig.tray.get(), &Tray::notified);
    rig.tray->show();
    QTRY_COMPARE(rig.tray->state(), TrayState::Warning);
    rig.backend->numbers.snapshot.service.alerts = {
        {"cpu", "", api::AlertLevel::Critical, 0.91, 0.85, "fraction", "", {}, {}}};
    QTRY_COMPARE(told.count(), 1);
    QCOMPARE(told[0][1].toString(), QStringLiteral("CPU 91 % (limit 85 %)"));
    const int calls = rig.backend->numbers.metricsCalls;
    QTRY_VERIFY(rig.backend->numbers.metricsCalls > calls + 3);
    QCOMPARE(told.count(), 1);
    rig.backend->numbers.snapshot.service.alerts.clear();
    QTRY_COMPARE(told.count(), 2);
    QCOMPARE(told[1][0].toString(), QStringLiteral("Recovered"));
}

void TrayTest::nothingIsToldSoonAfterTheStart() {
    Rig rig;
    rig.tray->setQuietTime(3'600'000);
    QSignalSpy told(rig.tray.get(), &Tray::notified);
    rig.tray->show();
    rig.backend->numbers.snapshot.service.alerts = {
        {"cpu", "", api::AlertLevel::Critical, 0.91, 0.85, "fraction", "", {}, {}}};
    QTRY_VERIFY(rig.backend->numbers.metricsCalls > 4);
    QCOMPARE(told.count(), 0);
}

void TrayTest::aKindThatIsSwitchedOffStaysQuiet() {
    Rig rig;
    QSignalSpy told(rig.tray.get(), &Tray::notified);
    rig.action("critical")->setChecked(false);
    QVERIFY(!rig.preferences.notifies(QStringLiteral("critical")));
    rig.tray->show();
    rig.backend->numbers.snapshot.service.alerts = {
        {"cpu", "", api::AlertLevel::Critical, 0.91, 0.85, "fraction", "", {}, {}}};
    const int calls = rig.backend->numbers.metricsCalls;
    QTRY_VERIFY(rig.backend->numbers.metricsCalls > calls + 3);
    QCOMPARE(told.count(), 0);
}

void TrayTest::losingTheServerAndFindingItAgainIsTold() {
    Rig rig;
    QSignalSpy told(rig.tray.get(), &Tray::notified);
    rig.tray->show();
    QTRY_COMPARE(rig.tray->state(), TrayState::Warning);
    rig.backend->numbers.error = Error(ErrorCode::UpstreamTimeout);
    QTRY_COMPARE(told.count(), 1);
    QCOMPARE(rig.tray->state(), TrayState::Unreachable);
    QVERIFY(!rig.action("numbers")->isVisible());
    rig.backend->numbers.error.reset();
    QTRY_COMPARE(told.count(), 2);
    QCOMPARE(told[1][0].toString(), QStringLiteral("Reachable again"));
}

void TrayTest::theServerCanBeStartedOnlyWhenItIsStopped() {
    LocalServer server(QStringLiteral("/bin/cat"), {});
    Rig rig(&server);
    rig.tray->show();
    QTRY_COMPARE(rig.tray->state(), TrayState::Warning);
    QVERIFY(!rig.action("server")->isEnabled()); // somebody else runs it
    rig.backend->numbers.error = Error(ErrorCode::UpstreamConnection);
    QTRY_COMPARE(rig.tray->state(), TrayState::Stopped);
    QVERIFY(rig.action("server")->isEnabled());
    // The child reads from nothing and ends at once; that it was started is what counts.
    QSignalSpy changed(&server, &LocalServer::changed);
    rig.action("server")->trigger();
    QTRY_VERIFY(changed.count() >= 3);
    QVERIFY(!server.isRunning());
}

void TrayTest::aProgramThatIsMissingIsSaid() {
    LocalServer server(QStringLiteral("/nonexistent/exobrain"), {});
    QSignalSpy failed(&server, &LocalServer::failed);
    server.start();
    QTRY_COMPARE(failed.count(), 1);
    QVERIFY(!failed[0][0].toString().isEmpty());
}

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QLocale::setDefault(QLocale(QStringLiteral("en")));
    TrayTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "TrayTest.moc"
