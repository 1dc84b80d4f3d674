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

// Three servers: this computer's, one that warns, one that is well.
class ManyRig {
  public:
    ManyRig()
        : preferences(QString::fromStdString((m_home / "desktop.ini").string())) {
        preferences.setWatchedServers({{}, {url("warns:8686"), QStringLiteral("exo_k")}, {url("well"), {}}});
        make();
    }
    static QUrl url(const char* host) { return QUrl(QStringLiteral("http://") + QString::fromLatin1(host)); }
    void make(const std::vector<QUrl>& named = {}) {
        tray.reset();
        const QUrl own = url("127.0.0.1:8686");
        servers = std::make_unique<TrayServers>(
            TrayServers::toWatch(preferences, own, named), own, &preferences,
            [this](const QUrl& server, const QString& key) {
                auto made = std::make_unique<FakeBackend>();
                made->local = false;
                made->numbers.fillWithExample();
                made->numbers.snapshot.business.requests.active = 0;
                made->numbers.snapshot.service.level =
                    server.host() == u"warns" ? api::AlertLevel::Warning : api::AlertLevel::Ok;
                made->numbers.snapshot.system.cpu.usage = server.host() == u"warns" ? 0.77 : 0.11;
                keys[server.toString()] = key;
                backends[server.host()] = made.get();
                return made;
            });
        tray = std::make_unique<Tray>(
            Tray::Services{servers->connections(), &theme, &preferences, &program, servers.get()});
        tray->feed()->setInterval(10);
        tray->setQuietTime(0);
        tray->show();
        servers->start(10);
    }
    QAction* action(const QString& name) const {
        return tray->menu()->findChild<QAction*>(QStringLiteral("tray.") + name);
    }
    QStringList lines() const {
        QStringList texts;
        for (int i = 0; QAction* line = action(QStringLiteral("watched.%1").arg(i)); ++i) {
            texts << line->text();
        }
        return texts;
    }

  private:
    test::TempHome m_home;

  public:
    Preferences preferences;
    ThemeController theme;
    LocalServer program{QStringLiteral("/bin/cat"), {}};
    QHash<QString, QPointer<FakeBackend>> backends; // by host
    QHash<QString, QString> keys;
    std::unique_ptr<TrayServers> servers;
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
    void severalServersTheIconShowsTheWorst();
    void theChosenServerFillsThePanel();
    void serversAreAddedRemovedAndRemembered();
    void namedServersReplaceTheRememberedOnesForOneRun();
    void anotherServersAlertIsToldWithItsName();
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
    std::vector<QImage> seen;
    for (const auto state : {TrayState::Stopped, TrayState::Unreachable, TrayState::Critical,
                             TrayState::Warning, TrayState::Busy, TrayState::Ok}) {
        // Without colour, too: the shapes alone must tell them apart.
        const QImage image = trayIcon(state).pixmap(22, 22).toImage().convertToFormat(QImage::Format_Alpha8);
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

void TrayTest::severalServersTheIconShowsTheWorst() {
    ManyRig rig;
    QTRY_COMPARE(rig.lines(),
                 (QStringList{QStringLiteral("This computer: OK"), QStringLiteral("warns:8686: Warning"),
                              QStringLiteral("well: OK")}));
    QCOMPARE(rig.tray->state(), TrayState::Warning);
    QVERIFY(!rig.action(QStringLiteral("word"))->isVisible());
    QCOMPARE(rig.tray->icon().toolTip(), QStringLiteral("ExoBrain – Warning\nwarns:8686: Warning"));
    QVERIFY(!rig.action(QStringLiteral("server"))->isEnabled());
    rig.backends[QStringLiteral("well")]->numbers.error = Error(ErrorCode::UpstreamConnection);
    QTRY_COMPARE(rig.tray->state(), TrayState::Unreachable);
    rig.backends[QStringLiteral("127.0.0.1")]->numbers.error = Error(ErrorCode::UpstreamConnection);
    QTRY_COMPARE(rig.tray->state(), TrayState::Stopped);
    QVERIFY(rig.action(QStringLiteral("server"))->isEnabled());
    for (const char* host : {"well", "127.0.0.1"}) {
        rig.backends[QString::fromLatin1(host)]->numbers.error.reset();
    }
    rig.backends[QStringLiteral("warns")]->numbers.snapshot.service.level = api::AlertLevel::Ok;
    QTRY_COMPARE(rig.tray->state(), TrayState::Ok);
    QCOMPARE(rig.tray->icon().toolTip(), QStringLiteral("ExoBrain – OK\n3 servers"));
}

void TrayTest::theChosenServerFillsThePanel() {
    ManyRig rig;
    auto* cpu = rig.tray->panel()->findChild<QLabel*>(QStringLiteral("tray.value.cpu"));
    QTRY_COMPARE(cpu->text(), QStringLiteral("11 %"));
    rig.action(QStringLiteral("watched.1"))->trigger();
    QTRY_COMPARE(cpu->text(), QStringLiteral("77 %"));
    QVERIFY(rig.action(QStringLiteral("watched.1"))->isChecked());
    QVERIFY(!rig.action(QStringLiteral("watched.0"))->isChecked());
    QCOMPARE(rig.keys[QStringLiteral("http://warns:8686")], QStringLiteral("exo_k"));
    QTRY_COMPARE(rig.lines()[0], QStringLiteral("This computer: OK")); // still looked at
    rig.make();                                                        // the next start
    QTRY_COMPARE(rig.servers->chosen(), 1);
}

void TrayTest::serversAreAddedRemovedAndRemembered() {
    ManyRig rig;
    QTRY_COMPARE(rig.lines().size(), 3);
    rig.action(QStringLiteral("removeServer.0"))->trigger();
    QTRY_COMPARE(rig.lines().size(), 2);
    rig.servers->add(ManyRig::url("third"), QStringLiteral("exo_t"));
    QTRY_COMPARE(rig.lines(), (QStringList{QStringLiteral("warns:8686: Warning"), QStringLiteral("well: OK"),
                                           QStringLiteral("third: OK")}));
    rig.servers->add(ManyRig::url("third"), QStringLiteral("exo_new")); // not twice
    QCOMPARE(rig.servers->count(), 3);
    const auto kept = rig.preferences.watchedServers();
    QVERIFY(kept);
    QCOMPARE(kept->size(), std::size_t(3));
    QCOMPARE((*kept)[2].key, QStringLiteral("exo_new"));
    rig.make();
    QCOMPARE(rig.servers->count(), 3);
    for (int left = 3; left > 1; --left) {
        rig.action(QStringLiteral("removeServer.0"))->trigger();
        QTRY_COMPARE(rig.servers->count(), left - 1);
    }
    QVERIFY(!rig.action(QStringLiteral("removeServer.0"))); // the last one stays
    QVERIFY(rig.action(QStringLiteral("word"))->isVisible());
    QVERIFY(rig.lines().isEmpty());
}

void TrayTest::namedServersReplaceTheRememberedOnesForOneRun() {
    ManyRig rig;
    rig.make({ManyRig::url("a"), ManyRig::url("warns:8686"), ManyRig::url("a")});
    QCOMPARE(rig.servers->count(), 2);
    QCOMPARE(rig.servers->server(1).key, QStringLiteral("exo_k")); // known from before
    rig.servers->add(ManyRig::url("b"), {});
    rig.servers->remove(0);
    rig.make();
    QCOMPARE(rig.servers->count(), 3);
    QVERIFY(rig.servers->server(0).own);
}

void TrayTest::anotherServersAlertIsToldWithItsName() {
    ManyRig rig;
    QSignalSpy told(rig.tray.get(), &Tray::notified);
    QTRY_COMPARE(rig.tray->state(), TrayState::Warning);
    QCOMPARE(told.count(), 0);
    rig.backends[QStringLiteral("well")]->numbers.snapshot.service.alerts = {
        {"cpu", "", api::AlertLevel::Critical, 0.91, 0.85, "fraction", "", {}, {}}};
    QTRY_COMPARE(told.count(), 1);
    QCOMPARE(told[0][0].toString(), QStringLiteral("Critical – well"));
    rig.backends[QStringLiteral("warns")]->numbers.error = Error(ErrorCode::UpstreamTimeout);
    QTRY_COMPARE(told.count(), 2);
    QCOMPARE(told[1][0].toString(), QStringLiteral("Unreachable"));
    QCOMPARE(told[1][1].toString(), QStringLiteral("warns:8686"));
}

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QLocale::setDefault(QLocale(QStringLiteral("en")));
    TrayTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "TrayTest.moc"
