#include "ui/monitor/AlertPanel.h"

#include "ui/monitor/MetricText.h"
#include "ui/monitor/StateLabel.h"

#include <QHBoxLayout>
#include <QLocale>

namespace exo::ui {

namespace {

constexpr std::size_t k_mostRecent = 6;

QLabel* label(QWidget* parent, const char* name, const char* kind) {
    auto* made = new QLabel(parent);
    made->setObjectName(QString::fromLatin1(name));
    made->setProperty("kind", QString::fromLatin1(kind));
    made->setTextFormat(Qt::PlainText);
    made->setWordWrap(true);
    return made;
}

Token tokenOf(const api::Alert& alert) {
    if (alert.endedAt) return Token::Ok;
    return alert.level == api::AlertLevel::Critical ? Token::Crit : Token::Warn;
}

} // namespace

AlertPanel::AlertPanel(const ThemeController* theme, QWidget* parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_title(label(this, "monitor.alerts.title", "title"))
    , m_none(label(this, "monitor.alerts.none", "secondary"))
    , m_rows(new QVBoxLayout)
    , m_cacheTitle(label(this, "monitor.cache.title", "title"))
    , m_cacheLocal(label(this, "monitor.cache.local", "secondary"))
    , m_cacheRedis(label(this, "monitor.cache.redis", "secondary")) {
    setObjectName(QStringLiteral("monitor.alerts"));
    setProperty("kind", QStringLiteral("card"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(8);
    m_rows->setSpacing(10);
    column->addWidget(m_title);
    column->addWidget(m_none);
    column->addLayout(m_rows);
    column->addSpacing(8);
    column->addWidget(m_cacheTitle);
    column->addWidget(m_cacheLocal);
    column->addWidget(m_cacheRedis);
    column->addStretch(1);
    retranslate();
}

void AlertPanel::setAlerts(api::AlertList alerts) {
    if (alerts.active == m_alerts.active && alerts.recent == m_alerts.recent) return;
    m_alerts = std::move(alerts);
    fillAlerts();
}

void AlertPanel::setCache(const api::CachePanel& cache, const std::string& redis) {
    m_cache = cache;
    m_redis = redis;
    fillCache();
}

void AlertPanel::retranslate() {
    m_title->setText(tr("Alerts"));
    m_none->setText(tr("None. Everything is within its limits."));
    m_cacheTitle->setText(tr("Cache"));
    fillAlerts();
    fillCache();
}

void AlertPanel::fillAlerts() {
    while (QLayoutItem* item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const api::Alert& alert : m_alerts.active) {
        addRow(alert);
    }
    for (std::size_t i = 0; i < std::min(m_alerts.recent.size(), k_mostRecent); ++i) {
        addRow(m_alerts.recent[i]);
    }
    m_none->setVisible(m_rows->count() == 0);
}

void AlertPanel::addRow(const api::Alert& alert) {
    auto* row = new QWidget(this);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    auto* state = new StateLabel(m_theme, QStringLiteral("monitor.alert.state"), row);
    state->setState(tokenOf(alert), alert.endedAt ? tr("Recovered") : monitor::levelWord(alert.level));
    auto* what = label(row, "monitor.alert.text", "");
    what->setText(monitor::alertSentence(alert));
    auto* when = label(row, "monitor.alert.time", "caption");
    when->setWordWrap(false);
    when->setText(alert.endedAt ? QStringLiteral("%1 – %2").arg(monitor::clock(alert.since),
                                                                monitor::clock(*alert.endedAt))
                                : tr("since %1").arg(monitor::clock(alert.since)));
    line->addWidget(state, 0, Qt::AlignTop);
    line->addWidget(what, 1);
    line->addWidget(when, 0, Qt::AlignTop);
    m_rows->addWidget(row);
}

void AlertPanel::fillCache() {
    const QLocale locale;
    if (!m_cache) {
        m_cacheLocal->setText(QStringLiteral("–"));
        m_cacheRedis->clear();
        return;
    }
    const auto asked = m_cache->localHits + m_cache->localMisses;
    QString local = tr("Local: %1 of %2 · %3 answers")
                        .arg(monitor::bytes(m_cache->localBytes), monitor::bytes(m_cache->localLimit),
                             locale.toString(static_cast<qlonglong>(m_cache->localEntries)));
    if (asked > 0) {
        local += QStringLiteral(" · ") +
                 tr("%1 hits").arg(
                     monitor::percent(static_cast<double>(m_cache->localHits) / static_cast<double>(asked)));
    }
    m_cacheLocal->setText(local);
    if (m_redis == "off") return m_cacheRedis->setText(tr("Redis: not used"));
    const QString counts = tr("%1 hits, %2 misses, %3 errors")
                               .arg(locale.toString(static_cast<qlonglong>(m_cache->redisHits)),
                                    locale.toString(static_cast<qlonglong>(m_cache->redisMisses)),
                                    locale.toString(static_cast<qlonglong>(m_cache->redisErrors)));
    m_cacheRedis->setText((m_redis == "up" ? tr("Redis: connected") : tr("Redis: unreachable")) +
                          QStringLiteral(" · ") + counts);
}

} // namespace exo::ui
