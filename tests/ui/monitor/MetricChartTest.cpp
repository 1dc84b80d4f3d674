// What a chart shows and says about its data.
#include "ui/monitor/MetricChart.h"
#include "ui/monitor/MetricText.h"

#include <QAreaSeries>
#include <QChart>
#include <QTest>
#include <QValueAxis>

using namespace exo;
using namespace exo::ui;

namespace {

MetricChart::Data dataOf(std::vector<std::optional<double>> values) {
    return {QDateTime(QDate(2026, 1, 2), QTime(10, 0)), 1, std::move(values)};
}

int runs(const MetricChart& chart) {
    int count = 0;
    for (const auto* series : chart.chart()->series()) {
        if (qobject_cast<const QAreaSeries*>(series)) ++count;
    }
    return count;
}

double top(const MetricChart& chart) {
    return qobject_cast<QValueAxis*>(chart.chart()->axes(Qt::Vertical).constFirst())->max();
}

} // namespace

class MetricChartTest : public QObject {
    Q_OBJECT
  private slots:
    void aHoleInTheDataIsAHoleInTheLine();
    void noDataDrawsNothing();
    void theScaleLeavesRoomAndIsRound();
    void thresholdsAreDrawnWithinTheScale();
    void thePointerReadsTimeAndValue();
    void numbersAreWrittenForPeople();
    void alertsAreSentences();

  private:
    ThemeController m_theme;
};

void MetricChartTest::aHoleInTheDataIsAHoleInTheLine() {
    MetricChart chart(&m_theme, QStringLiteral("c"), Token::Accent, MetricChart::Size::Card);
    chart.setData(dataOf({1.0, 2.0, std::nullopt, std::nullopt, 3.0, 4.0}));
    QCOMPARE(runs(chart), 2);
}

void MetricChartTest::noDataDrawsNothing() {
    MetricChart chart(&m_theme, QStringLiteral("c"), Token::Accent, MetricChart::Size::Card);
    chart.setData(dataOf({}));
    QCOMPARE(chart.chart()->series().size(), 0);
    QCOMPARE(chart.textAt({10, 10}), QString());
    chart.setData(dataOf({std::nullopt, std::nullopt}));
    QCOMPARE(runs(chart), 0);
}

void MetricChartTest::theScaleLeavesRoomAndIsRound() {
    MetricChart chart(&m_theme, QStringLiteral("c"), Token::Accent, MetricChart::Size::Card);
    chart.setData(dataOf({812.0, 640.0}));
    QCOMPARE(top(chart), 1000.0);
    chart.setData(dataOf({0.0, 0.0}));
    QCOMPARE(top(chart), 1.0);
    chart.setCeiling(1.0);
    chart.setData(dataOf({0.2}));
    QCOMPARE(top(chart), 1.0);
}

void MetricChartTest::thresholdsAreDrawnWithinTheScale() {
    MetricChart chart(&m_theme, QStringLiteral("c"), Token::Accent, MetricChart::Size::Card);
    chart.setCeiling(1.0);
    chart.setData(dataOf({0.2, 0.3}));
    const auto before = chart.chart()->series().size();
    chart.setThresholds(0.7, 0.85);
    QCOMPARE(chart.chart()->series().size(), before + 2);
    chart.setThresholds(0.7, 200.0);
    QCOMPARE(chart.chart()->series().size(), before + 1);
}

void MetricChartTest::thePointerReadsTimeAndValue() {
    MetricChart chart(&m_theme, QStringLiteral("c"), Token::Accent, MetricChart::Size::Card);
    chart.resize(300, 100);
    chart.setFormat(monitor::percent);
    chart.setCeiling(1.0);
    chart.setData(dataOf({0.11, 0.22, 0.33}));
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    QTRY_COMPARE(chart.textAt({0, 50}), QStringLiteral("10:00:00  11 %"));
    QCOMPARE(chart.textAt({299, 50}), QStringLiteral("10:00:02  33 %"));
}

void MetricChartTest::numbersAreWrittenForPeople() {
    QLocale::setDefault(QLocale(QStringLiteral("en")));
    QCOMPARE(monitor::percent(0), QStringLiteral("0 %"));
    QCOMPARE(monitor::percent(0.003), QStringLiteral("0.3 %"));
    QCOMPARE(monitor::percent(0.416), QStringLiteral("42 %"));
    QCOMPARE(monitor::milliseconds(812), QStringLiteral("812 ms"));
    QCOMPARE(monitor::milliseconds(2912), QStringLiteral("2.9 s"));
    QCOMPARE(monitor::milliseconds(0.42), QStringLiteral("0.4 ms"));
    QCOMPARE(monitor::duration(3 * 86400 + 4 * 3600), QStringLiteral("3 d 4 h"));
    QCOMPARE(monitor::duration(-5), QStringLiteral("0 s"));
}

void MetricChartTest::alertsAreSentences() {
    const api::Alert cpu{"cpu", "", api::AlertLevel::Critical, 0.91, 0.85, "fraction", "", {}, {}};
    QCOMPARE(monitor::alertSentence(cpu), QStringLiteral("CPU 91 % (limit 85 %)"));
    const api::Alert breaker{"breaker", "p/m", api::AlertLevel::Warning, 1, 0.5, "", "", {}, {}};
    QCOMPARE(monitor::alertSentence(breaker), QStringLiteral("Circuit breaker open: p/m"));
    const api::BreakerRow row{"p", "m",       "open",     1,
                              10,  "refused", WallTime(), WallTime(std::chrono::seconds(18))};
    QCOMPARE(monitor::breakerNote(row, WallTime()), QStringLiteral("refused · tries again in 18 s"));
}

QTEST_MAIN(MetricChartTest)
#include "MetricChartTest.moc"
