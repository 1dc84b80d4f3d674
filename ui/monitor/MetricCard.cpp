#include "ui/monitor/MetricCard.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace exo::ui {

MetricCard::MetricCard(const ThemeController* theme, Spec spec, QWidget* parent)
    : QFrame(parent)
    , m_spec(std::move(spec))
    , m_title(new QLabel(this))
    , m_value(new QLabel(this))
    , m_chart(new MetricChart(theme, QStringLiteral("monitor.chart.") + m_spec.id, m_spec.line,
                              MetricChart::Size::Card, this)) {
    setObjectName(QStringLiteral("monitor.card.") + m_spec.id);
    setProperty("kind", QStringLiteral("card"));
    m_title->setProperty("kind", QStringLiteral("secondary"));
    m_value->setObjectName(QStringLiteral("monitor.value.") + m_spec.id);
    m_value->setProperty("kind", QStringLiteral("title"));
    auto* head = new QHBoxLayout;
    head->addWidget(m_title);
    head->addStretch(1);
    head->addWidget(m_value);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(8);
    column->addLayout(head);
    column->addWidget(m_chart, 1);
    m_chart->setFormat(m_spec.format);
    m_chart->setLeastTop(m_spec.leastTop);
    m_chart->setCeiling(m_spec.ceiling);
    retranslate();
}

void MetricCard::setNow(std::optional<double> value) {
    m_now = value;
    m_value->setText(value ? m_spec.format(*value) : QStringLiteral("–"));
    m_chart->setAccessibleDescription(m_value->text());
}

void MetricCard::retranslate() {
    m_title->setText(m_spec.title());
    m_chart->setAccessibleName(m_spec.title());
    setNow(m_now);
}

} // namespace exo::ui
