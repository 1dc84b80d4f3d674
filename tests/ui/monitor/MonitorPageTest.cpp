// The Monitor page on the true window: what it shows, when it asks, and when it does not.
#include "ui/monitor/MonitorPage.h"
#include "tests/ui/support/WindowFixture.h"
#include "ui/monitor/MetricChart.h"
#include "ui/monitor/MetricsFeed.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QTableView>

using namespace exo;
using namespace exo::ui;

namespace {

class Opened {
  public:
    explicit Opened(const QString& language = QStringLiteral("en"))
        : fixture(language, ThemeMode::Light,
                  [](FakeBackend& backend) { backend.numbers.fillWithExample(); }) {
        fixture.window->resize(1400, 900);
        fixture.window->show();
        fixture.trigger("page.monitor");
        page = WindowFixture::find<MonitorPage>("monitorPage");
        page->feed()->setInterval(20);
    }
    static QString text(const char* name) {
        const auto* label = WindowFixture::find<QLabel>(name);
        return label ? label->text() : QString();
    }
    static MetricChart* chart(const char* name) { return WindowFixture::find<MetricChart>(name); }

    WindowFixture fixture;
    MonitorPage* page = nullptr;
};

} // namespace

class MonitorPageTest : public QObject {
    Q_OBJECT
  private slots:
    void showsTheNumbersNowAndTheirCourse();
    void showsBreakersAlertsCacheAndLog();
    void asksNothingWhileItCannotBeSeen();
    void aLongerSpanIsAskedForOnceAndShown();
    void anUnreachableServiceShowsNoOldNumbersAsNew();
    void theThresholdsAreThoseOfTheService();
    void anotherBackendStartsFromNothing();
    void theFiveMinutesGrowWithEachSecond();
    void speaksChinese();
};

void MonitorPageTest::showsTheNumbersNowAndTheirCourse() {
    Opened opened;
    QTRY_COMPARE(Opened::text("monitor.value.cpu"), QStringLiteral("12 %"));
    QCOMPARE(Opened::text("monitor.value.memory"), QStringLiteral("41 %"));
    QCOMPARE(Opened::text("monitor.value.p95"), QStringLiteral("812 ms"));
    QCOMPARE(Opened::text("monitor.value.cacheHitRate"), QStringLiteral("34 %"));
    QCOMPARE(Opened::text("monitor.state"), QStringLiteral("Warning"));
    QVERIFY(Opened::text("monitor.summary").contains(QStringLiteral("3 d 4 h")));
    QTRY_COMPARE(Opened::chart("monitor.chart.cpu")->data().values.size(), std::size_t(300));
}

void MonitorPageTest::showsBreakersAlertsCacheAndLog() {
    Opened opened;
    auto* table = WindowFixture::find<QTableView>("monitor.targets");
    QTRY_COMPARE(table->model()->rowCount(), 3);
    QCOMPARE(table->model()->index(2, 1).data().toString(), QStringLiteral("Open"));
    QVERIFY(table->model()->index(2, 4).data().toString().startsWith(QStringLiteral("connection refused")));
    QTRY_COMPARE(Opened::text("monitor.alert.text"),
                 QStringLiteral("Circuit breaker open: ollama/qwen2.5-coder"));
    QVERIFY(Opened::text("monitor.cache.local").contains(QStringLiteral("12,408")));
    QVERIFY(Opened::text("monitor.cache.redis").startsWith(QStringLiteral("Redis: connected")));
    auto* log = WindowFixture::find<QPlainTextEdit>("monitor.log");
    QTRY_VERIFY(log->toPlainText().contains(QStringLiteral("listening on")));
    QCOMPARE(log->document()->blockCount(), 3); // asked for again, no line twice
}

void MonitorPageTest::asksNothingWhileItCannotBeSeen() {
    Opened opened;
    FakeMonitor& numbers = opened.fixture.backend->numbers;
    QTRY_VERIFY(numbers.metricsCalls > 2);
    opened.fixture.trigger("page.chat");
    QVERIFY(!opened.page->feed()->isWatched());
    opened.fixture.trigger("page.monitor");
    QVERIFY(opened.page->feed()->isWatched());
    opened.fixture.window->hide();
    QVERIFY(!opened.page->feed()->isWatched());
}

void MonitorPageTest::aLongerSpanIsAskedForOnceAndShown() {
    Opened opened;
    FakeMonitor& numbers = opened.fixture.backend->numbers;
    QTRY_VERIFY(!numbers.ranges.isEmpty());
    numbers.history.step = Millis(3'600'000);
    QTest::mouseClick(WindowFixture::find("monitor.ranges.30d"), Qt::LeftButton);
    QTRY_COMPARE(Opened::chart("monitor.chart.cpu")->data().stepSeconds, 3600.0);
    const int calls = numbers.metricsCalls;
    QTRY_VERIFY(numbers.metricsCalls > calls + 3);
    QCOMPARE(numbers.ranges, (QStringList{QStringLiteral("5m"), QStringLiteral("30d")}));
}

void MonitorPageTest::anUnreachableServiceShowsNoOldNumbersAsNew() {
    Opened opened;
    QTRY_COMPARE(Opened::text("monitor.value.cpu"), QStringLiteral("12 %"));
    opened.fixture.backend->numbers.error = Error(ErrorCode::UpstreamConnection);
    QTRY_COMPARE(Opened::text("monitor.state"), QStringLiteral("Unreachable"));
    QCOMPARE(Opened::text("monitor.value.cpu"), QStringLiteral("–"));
    opened.fixture.backend->numbers.error.reset();
    QTRY_COMPARE(Opened::text("monitor.value.cpu"), QStringLiteral("12 %"));
}

void MonitorPageTest::theThresholdsAreThoseOfTheService() {
    Opened opened;
    const MetricChart* cpu = Opened::chart("monitor.chart.cpu");
    QVERIFY(!cpu->warning() && !cpu->critical()); // nothing is drawn that the service did not tell
    QTRY_COMPARE(cpu->warning(), std::optional(0.6));
    QCOMPARE(cpu->critical(), std::optional(0.8));
    QCOMPARE(Opened::chart("monitor.chart.disk")->warning(), std::optional(0.8));
    QVERIFY(!Opened::chart("monitor.chart.disk")->critical());
    QVERIFY(!Opened::chart("monitor.chart.p95")->warning());
    opened.fixture.backend->numbers.alerts.thresholds[0].warning = 0.5; // reloaded
    QTRY_COMPARE(cpu->warning(), std::optional(0.5));
    opened.fixture.connections->connectTo(QUrl(QStringLiteral("http://127.0.0.1:9")), QString());
    QVERIFY(!cpu->warning());
}

void MonitorPageTest::anotherBackendStartsFromNothing() {
    Opened opened;
    QTRY_COMPARE(Opened::text("monitor.value.cpu"), QStringLiteral("12 %"));
    opened.fixture.connections->connectTo(QUrl(QStringLiteral("http://127.0.0.1:9")), QString());
    QTRY_COMPARE(Opened::text("monitor.value.cpu"), QStringLiteral("0 %"));
    QCOMPARE(WindowFixture::find<QTableView>("monitor.targets")->model()->rowCount(), 0);
    QVERIFY(WindowFixture::find<QPlainTextEdit>("monitor.log")->toPlainText().isEmpty());
    QVERIFY(Opened::text("monitor.summary").contains(QStringLiteral("127.0.0.1")));
}

void MonitorPageTest::theFiveMinutesGrowWithEachSecond() {
    Opened opened;
    QTRY_COMPARE(Opened::chart("monitor.chart.cpu")->data().values.size(), std::size_t(300));
    opened.fixture.backend->numbers.snapshot.system.cpu.usage = 0.77;
    QTRY_COMPARE(Opened::chart("monitor.chart.cpu")->data().values.back(), std::optional<double>(0.77));
    QCOMPARE(Opened::chart("monitor.chart.cpu")->data().values.size(), std::size_t(300));
}

void MonitorPageTest::speaksChinese() {
    Opened opened(QStringLiteral("zh_CN"));
    QTRY_COMPARE(Opened::text("monitor.state"), QStringLiteral("警告"));
    QTRY_COMPARE(Opened::text("monitor.alert.text"), QStringLiteral("熔断器断开：ollama/qwen2.5-coder"));
}

QTEST_MAIN(MonitorPageTest)
#include "MonitorPageTest.moc"
