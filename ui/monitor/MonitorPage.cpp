#include "ui/monitor/MonitorPage.h"

#include "ui/backend/MonitorSource.h"
#include "ui/monitor/AlertPanel.h"
#include "ui/monitor/LogPanel.h"
#include "ui/monitor/MetricCard.h"
#include "ui/monitor/MetricText.h"
#include "ui/monitor/StateLabel.h"
#include "ui/monitor/TargetTable.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/PlainTable.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>

namespace exo::ui {

namespace {

constexpr int k_wide = 1040; // from here on four cards fit side by side
constexpr int k_cardHeight = 150;

Token tokenOf(api::AlertLevel level) {
    if (level == api::AlertLevel::Critical) return Token::Crit;
    return level == api::AlertLevel::Warning ? Token::Warn : Token::Ok;
}

// The value of a card now, by the name of its series.
std::optional<double> valueNow(const MetricsFeed& feed, const QString& id) {
    if (!feed.snapshot() || feed.error()) return std::nullopt;
    const api::MetricsSnapshot& now = *feed.snapshot();
    if (id == u"cpu") return now.system.cpu.usage;
    if (id == u"memory") return now.system.memoryUsage();
    if (id == u"disk") return now.system.diskUsage();
    if (id == u"requests") return feed.requestRate();
    if (id == u"p95") return now.business.performance.p95ResponseTime;
    if (id == u"firstTokenP95") return now.gateway.timeToFirstTokenP95;
    if (id == u"cacheHitRate") return now.gateway.cacheHitRate;
    return now.business.performance.errorRate;
}

} // namespace

MonitorPage::MonitorPage(Connections* connections, const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_connections(connections)
    , m_feed(connections, this) {
    setObjectName(QStringLiteral("monitorPage"));
    build(theme);
    connect(&m_feed, &MetricsFeed::snapshotChanged, this, &MonitorPage::showSnapshot);
    connect(&m_feed, &MetricsFeed::failed, this, &MonitorPage::showSnapshot);
    connect(&m_feed, &MetricsFeed::historyChanged, this, &MonitorPage::showHistory);
    connect(m_ranges, &SegmentedControl::chosen, &m_feed, &MetricsFeed::setRange);
    connect(connections, &Connections::changed, this, [this] {
        ++m_generation;
        m_askingAlerts = m_askingLog = false;
        showAlerts({});
        m_log->clear();
    });
    retranslate();
}

void MonitorPage::build(const ThemeController* theme) {
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    m_scroll = new QScrollArea(this);
    m_scroll->setObjectName(QStringLiteral("monitor.scroll"));
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    page->addWidget(m_scroll);
    auto* content = new QWidget(m_scroll);
    content->setProperty("kind", QStringLiteral("transparent"));
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(20, 16, 20, 20);
    column->setSpacing(12);
    column->addWidget(buildHead(theme));
    m_grid = new QGridLayout;
    m_grid->setSpacing(12);
    column->addLayout(m_grid);
    addCards(theme);

    auto* targets = new QFrame(content);
    targets->setProperty("kind", QStringLiteral("card"));
    auto* targetColumn = new QVBoxLayout(targets);
    targetColumn->setContentsMargins(16, 12, 16, 12);
    targetColumn->setSpacing(8);
    m_targetsTitle = new QLabel(targets);
    m_targetsTitle->setProperty("kind", QStringLiteral("title"));
    m_targetsNone = new QLabel(targets);
    m_targetsNone->setObjectName(QStringLiteral("monitor.targets.none"));
    m_targetsNone->setProperty("kind", QStringLiteral("secondary"));
    m_targetsNone->setWordWrap(true);
    m_targets = new TargetModel(theme, this);
    m_targetTable = makePlainTable(m_targets, QStringLiteral("monitor.targets"), targets);
    targetColumn->addWidget(m_targetsTitle);
    targetColumn->addWidget(m_targetsNone);
    targetColumn->addWidget(m_targetTable, 1);
    m_alerts = new AlertPanel(theme, content);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(targets, 3);
    row->addWidget(m_alerts, 2);
    column->addLayout(row, 1);
    m_log = new LogPanel(theme, content);
    column->addWidget(m_log, 1);
    m_scroll->setWidget(content);
}

QWidget* MonitorPage::buildHead(const ThemeController* theme) {
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    m_state = new StateLabel(theme, QStringLiteral("monitor.state"), head);
    m_state->setProperty("kind", QStringLiteral("title"));
    m_summary = new QLabel(head);
    m_summary->setObjectName(QStringLiteral("monitor.summary"));
    m_summary->setProperty("kind", QStringLiteral("secondary"));
    m_summary->setTextFormat(Qt::PlainText);
    m_ranges = new SegmentedControl(theme, QStringLiteral("monitor.ranges"), head);
    for (const char* range : {"5m", "1h", "24h", "30d"}) {
        m_ranges->addSegment(QString::fromLatin1(range), QString::fromLatin1(range));
    }
    row->addWidget(m_state);
    row->addWidget(m_summary, 1);
    row->addWidget(m_ranges);
    return head;
}

void MonitorPage::addCards(const ThemeController* theme) {
    const auto add = [&](MetricCard::Spec spec) {
        m_cards.push_back(new MetricCard(theme, std::move(spec), this));
        m_cards.back()->setFixedHeight(k_cardHeight);
    };
    const auto id = [](const char* name) { return QString::fromLatin1(name); };
    using namespace monitor;
    add({id("cpu"), Token::Accent, [] { return QStringLiteral("CPU"); }, percent, 1.0});
    add({id("memory"), Token::Accent, [] { return tr("Memory"); }, percent, 1.0});
    add({id("disk"), Token::Accent, [] { return tr("Disk"); }, percent, 1.0});
    add({id("requests"), Token::Ok, [] { return tr("Requests / s"); }, perSecond, {}});
    add({id("p95"), Token::Keyword, [] { return tr("Response time P95"); }, milliseconds, {}});
    add({id("firstTokenP95"), Token::Keyword, [] { return tr("First token P95"); }, milliseconds, {}});
    add({id("cacheHitRate"), Token::Ok, [] { return tr("Cache hits"); }, percent, 1.0});
    add({id("errorRate"), Token::Crit, [] { return tr("Errors"); }, percent, {}, 0.05});
    placeCards();
}

void MonitorPage::placeCards() {
    const int columns = width() >= k_wide ? 4 : 2;
    if (columns == m_columns) return;
    m_columns = columns;
    int index = 0;
    for (MetricCard* card : m_cards) {
        m_grid->addWidget(card, index / columns, index % columns);
        ++index;
    }
    for (int column = 0; column < 4; ++column) {
        m_grid->setColumnStretch(column, column < columns ? 1 : 0);
    }
}

void MonitorPage::setWindowWatched(bool watched) {
    m_windowWatched = watched;
    watch();
}

void MonitorPage::watch() {
    m_feed.setWatched(m_windowWatched && isVisible());
}

void MonitorPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    watch();
}

void MonitorPage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    watch();
}

void MonitorPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placeCards();
}

void MonitorPage::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void MonitorPage::retranslate() {
    m_ranges->setAccessibleName(tr("Time span"));
    m_ranges->setSegmentText(QStringLiteral("5m"), tr("5 minutes"));
    m_ranges->setSegmentText(QStringLiteral("1h"), tr("1 hour"));
    m_ranges->setSegmentText(QStringLiteral("24h"), tr("24 hours"));
    m_ranges->setSegmentText(QStringLiteral("30d"), tr("30 days"));
    m_targetsTitle->setText(tr("Models"));
    m_targetsNone->setText(tr("No model has been called yet. Ask something in the chat."));
    m_targetTable->setAccessibleName(tr("Models"));
    m_scroll->setAccessibleName(tr("Monitor"));
    m_targets->retranslate();
    for (MetricCard* card : m_cards) {
        card->retranslate();
    }
    m_alerts->retranslate();
    m_log->retranslate();
    showSnapshot();
}

void MonitorPage::showSnapshot() {
    for (MetricCard* card : m_cards) {
        card->setNow(valueNow(m_feed, card->id()));
    }
    showHead();
    const auto& snapshot = m_feed.snapshot();
    m_targets->setRows(snapshot ? snapshot->service.breakers : std::vector<api::BreakerRow>());
    const bool any = m_targets->rowCount() > 0;
    m_targetTable->setVisible(any);
    m_targetsNone->setVisible(!any);
    if (!snapshot) return;
    m_alerts->setCache(snapshot->service.cache, snapshot->service.redis);
    if (m_feed.isWatched() && !m_feed.error()) askAlertsAndLog();
}

void MonitorPage::showHead() {
    if (m_feed.error()) {
        m_state->setState(Token::Crit, tr("Unreachable"));
        return m_summary->setText(errorSentence(*m_feed.error()));
    }
    if (!m_feed.snapshot()) {
        m_state->setState(Token::Warn, tr("Waiting for the first numbers…"));
        return m_summary->clear();
    }
    const api::MetricsSnapshot& now = *m_feed.snapshot();
    const bool fine = now.service.level == api::AlertLevel::Ok;
    m_state->setState(tokenOf(now.service.level),
                      fine ? tr("Everything is fine") : monitor::levelWord(now.service.level));
    const QString place = m_connections->isLocal() ? tr("This computer") : m_connections->server().host();
    const QLocale locale;
    m_summary->setText(tr("%1 · up %2 · active %3 · queued %4")
                           .arg(place, monitor::duration(now.system.process.uptime),
                                locale.toString(static_cast<qlonglong>(now.business.requests.active)),
                                locale.toString(static_cast<qlonglong>(now.business.requests.queued))));
}

void MonitorPage::showHistory() {
    const auto& history = m_feed.history();
    for (MetricCard* card : m_cards) {
        MetricChart::Data data;
        if (history) {
            const auto ms =
                std::chrono::duration_cast<std::chrono::milliseconds>(history->from.time_since_epoch());
            data.from = QDateTime::fromMSecsSinceEpoch(ms.count());
            data.stepSeconds = static_cast<double>(history->step.count()) / 1000;
            const std::string wanted = card->id().toStdString();
            for (const api::MetricSeries& series : history->series) {
                if (series.name == wanted) data.values = series.values;
            }
        }
        card->chart()->setData(std::move(data));
    }
}

// Thresholds belong to the service that is watched: none are drawn before it told its own.
void MonitorPage::showAlerts(api::AlertList alerts) {
    for (MetricCard* card : m_cards) {
        const auto own = std::find_if(
            alerts.thresholds.begin(), alerts.thresholds.end(),
            [name = card->id().toStdString()](const auto& threshold) { return threshold.metric == name; });
        const bool any = own != alerts.thresholds.end();
        card->chart()->setThresholds(any ? std::optional(own->warning) : std::nullopt,
                                     any ? own->critical : std::nullopt);
    }
    m_alerts->setAlerts(std::move(alerts));
}

void MonitorPage::askAlertsAndLog() {
    MonitorSource* source = m_connections->current()->monitor();
    if (!m_askingAlerts) {
        m_askingAlerts = true;
        source->fetchAlerts(this, [this, generation = m_generation](Result<api::AlertList> alerts) {
            if (generation != m_generation) return;
            m_askingAlerts = false;
            if (alerts.ok()) showAlerts(std::move(*alerts));
        });
    }
    if (m_askingLog) return;
    m_askingLog = true;
    source->fetchLog(m_log->lastSeq(), this,
                     [this, generation = m_generation](Result<std::vector<api::LogLine>> lines) {
                         if (generation != m_generation) return;
                         m_askingLog = false;
                         if (lines.ok()) m_log->append(*lines);
                     });
}

} // namespace exo::ui
