#include "ui/tray/TrayPanel.h"

#include "ui/monitor/MetricChart.h"
#include "ui/monitor/MetricText.h"
#include "ui/monitor/StateLabel.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>

namespace exo::ui {

TrayPanel::TrayPanel(MetricsFeed* feed, const ThemeController* theme, QWidget* parent)
    : QFrame(parent)
    , m_feed(feed)
    , m_theme(theme)
    , m_state(new StateLabel(theme, QStringLiteral("tray.state"), this))
    , m_placeLabel(new QLabel(this))
    , m_load(new QLabel(this))
    , m_grid(new QGridLayout)
    , m_buttons(new QHBoxLayout) {
    setObjectName(QStringLiteral("trayPanel"));
    setProperty("kind", QStringLiteral("popup"));
    setFixedWidth(380);
    m_state->setProperty("kind", QStringLiteral("title"));
    m_placeLabel->setProperty("kind", QStringLiteral("caption"));
    m_load->setObjectName(QStringLiteral("tray.load"));
    m_load->setProperty("kind", QStringLiteral("secondary"));
    m_load->setWordWrap(true);
    auto* head = new QHBoxLayout;
    head->addWidget(m_state);
    head->addStretch(1);
    head->addWidget(m_placeLabel);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(12);
    m_grid->setColumnStretch(1, 1);
    m_buttons->setSpacing(8);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(14);
    column->addLayout(head);
    column->addLayout(m_grid);
    column->addWidget(m_load);
    column->addStretch(1);
    column->addLayout(m_buttons);
    m_buttons->addStretch(1);
    addRow(
        QStringLiteral("cpu"), Token::Accent, [] { return QStringLiteral("CPU"); }, monitor::percent, 1.0);
    addRow(
        QStringLiteral("memory"), Token::Accent, [] { return tr("Memory"); }, monitor::percent, 1.0);
    addRow(QStringLiteral("requests"), Token::Ok, [] { return tr("Requests / s"); }, monitor::perSecond, {});
    addRow(QStringLiteral("p95"), Token::Keyword, [] { return tr("Response time P95"); },
           monitor::milliseconds, {});
    addRow(
        QStringLiteral("cacheHitRate"), Token::Ok, [] { return tr("Cache hits"); }, monitor::percent, 1.0);
    connect(feed, &MetricsFeed::snapshotChanged, this, &TrayPanel::showNumbers);
    connect(feed, &MetricsFeed::failed, this, &TrayPanel::showNumbers);
    connect(feed, &MetricsFeed::historyChanged, this, &TrayPanel::showHistory);
    retranslate();
}

void TrayPanel::addRow(const QString& id, Token line, std::function<QString()> title,
                       std::function<QString(double)> format, std::optional<double> ceiling) {
    auto* name = new QLabel(this);
    name->setProperty("kind", QStringLiteral("secondary"));
    auto* chart = new MetricChart(m_theme, QStringLiteral("tray.chart.") + id, line,
                                  MetricChart::Size::Sparkline, this);
    chart->setFixedHeight(28);
    chart->setCeiling(ceiling);
    chart->setFormat(format);
    auto* value = new QLabel(this);
    value->setObjectName(QStringLiteral("tray.value.") + id);
    value->setProperty("kind", QStringLiteral("title"));
    value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    value->setMinimumWidth(72);
    const int row = static_cast<int>(m_rows.size());
    m_grid->addWidget(name, row, 0);
    m_grid->addWidget(chart, row, 1);
    m_grid->addWidget(value, row, 2);
    m_rows.push_back({id, std::move(title), std::move(format), name, chart, value});
}

QPushButton* TrayPanel::addButton(const QString& objectName, std::function<QString()> text) {
    auto* button = new QPushButton(text(), this);
    button->setObjectName(objectName);
    button->setAccessibleName(text());
    m_buttons->insertWidget(m_buttons->count() - 1, button);
    m_texts.emplace_back(button, std::move(text));
    return button;
}

void TrayPanel::setState(TrayState state, const QString& place) {
    m_trayState = state;
    m_place = place;
    m_state->setState(trayToken(state), QStringLiteral("ExoBrain ") + trayWord(state));
    m_placeLabel->setText(place);
}

void TrayPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QFrame::changeEvent(event);
}

void TrayPanel::retranslate() {
    for (const Row& row : m_rows) {
        row.name->setText(row.title());
        row.chart->setAccessibleName(row.title());
    }
    for (const auto& [button, text] : m_texts) {
        button->setText(text());
        button->setAccessibleName(text());
    }
    setState(m_trayState, m_place);
    showNumbers();
}

std::optional<double> TrayPanel::now(const QString& id) const {
    if (!m_feed->snapshot() || m_feed->error()) return std::nullopt;
    const api::MetricsSnapshot& snapshot = *m_feed->snapshot();
    if (id == u"cpu") return snapshot.system.cpu.usage;
    if (id == u"memory") return snapshot.system.memoryUsage();
    if (id == u"requests") return m_feed->requestRate();
    if (id == u"p95") return snapshot.business.performance.p95ResponseTime;
    return snapshot.gateway.cacheHitRate;
}

void TrayPanel::showNumbers() {
    for (const Row& row : m_rows) {
        const auto value = now(row.id);
        row.value->setText(value ? row.format(*value) : QStringLiteral("–"));
    }
    if (!m_feed->snapshot() || m_feed->error()) return m_load->setText(QString());
    const api::MetricsSnapshot& snapshot = *m_feed->snapshot();
    const auto& breakers = snapshot.service.breakers;
    const auto open = std::count_if(breakers.begin(), breakers.end(),
                                    [](const auto& row) { return row.state != "closed"; });
    const QLocale locale;
    m_load->setText(tr("Active %1 · queued %2 · breakers open: %3")
                        .arg(locale.toString(static_cast<qlonglong>(snapshot.business.requests.active)),
                             locale.toString(static_cast<qlonglong>(snapshot.business.requests.queued)),
                             locale.toString(static_cast<qlonglong>(open))));
}

void TrayPanel::showEvent(QShowEvent* event) {
    QFrame::showEvent(event);
    showHistory();
}

void TrayPanel::showHistory() {
    if (!isVisible()) return; // drawn when somebody looks
    for (const Row& row : m_rows) {
        MetricChart::Data data;
        if (const auto& history = m_feed->history()) {
            const auto ms =
                std::chrono::duration_cast<std::chrono::milliseconds>(history->from.time_since_epoch());
            data.from = QDateTime::fromMSecsSinceEpoch(ms.count());
            data.stepSeconds = static_cast<double>(history->step.count()) / 1000;
            for (const api::MetricSeries& series : history->series) {
                if (series.name == row.id.toStdString()) data.values = series.values;
            }
        }
        row.chart->setData(std::move(data));
    }
}

} // namespace exo::ui
