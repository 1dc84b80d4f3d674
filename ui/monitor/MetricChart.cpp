#include "ui/monitor/MetricChart.h"

#include <QAreaSeries>
#include <QChart>
#include <QHelpEvent>
#include <QToolTip>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

namespace exo::ui {

namespace {
constexpr int k_gridLines = 3;
constexpr int k_fillAlpha = 36;
} // namespace

MetricChart::MetricChart(const ThemeController* theme, const QString& objectName, Token line, Size size,
                         QWidget* parent)
    : QChartView(parent)
    , m_theme(theme)
    , m_line(line)
    , m_size(size)
    , m_format([](double value) { return QLocale().toString(value); }) {
    setObjectName(objectName);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setBackgroundBrush(Qt::NoBrush);
    setStyleSheet(QStringLiteral("background: transparent"));
    setRenderHint(QPainter::Antialiasing);
    QChart* drawn = chart();
    drawn->legend()->hide();
    drawn->setMargins({});
    drawn->setBackgroundVisible(false);
    drawn->setAnimationOptions(QChart::NoAnimation);
    drawn->layout()->setContentsMargins(0, 0, 0, 0);
    auto* time = new QValueAxis(drawn);
    auto* value = new QValueAxis(drawn);
    drawn->addAxis(time, Qt::AlignBottom);
    drawn->addAxis(value, Qt::AlignLeft);
    time->setVisible(false);
    for (QValueAxis* axis : {time, value}) {
        axis->setLabelsVisible(false);
        axis->setLineVisible(false);
        axis->setTickCount(k_gridLines + 1);
    }
    value->setVisible(size == Size::Card);
    connect(theme, &ThemeController::changed, this, &MetricChart::rebuild);
    rebuild();
}

void MetricChart::setData(Data data) {
    m_data = std::move(data);
    rebuild();
}

void MetricChart::setThresholds(std::optional<double> warning, std::optional<double> critical) {
    if (warning == m_warning && critical == m_critical) return;
    m_warning = warning;
    m_critical = critical;
    rebuild();
}

void MetricChart::setCeiling(std::optional<double> ceiling) {
    m_ceiling = ceiling;
    rebuild();
}

double MetricChart::top() const {
    if (m_ceiling) return *m_ceiling;
    double highest = m_leastTop / 1.15;
    for (const auto& value : m_data.values) {
        highest = std::max(highest, value.value_or(0));
    }
    if (highest <= 0) return 1;
    // A round number a little above, so that the scale does not tremble with each value.
    const double step = std::pow(10, std::floor(std::log10(highest)));
    return std::ceil(highest * 1.15 / step) * step;
}

void MetricChart::rebuild() {
    chart()->removeAllSeries();
    auto* value = qobject_cast<QValueAxis*>(chart()->axes(Qt::Vertical).constFirst());
    auto* time = qobject_cast<QValueAxis*>(chart()->axes(Qt::Horizontal).constFirst());
    value->setRange(0, top());
    value->setGridLinePen(QPen(m_theme->color(Token::Line), 1));
    time->setRange(0, std::max<double>(1, static_cast<double>(m_data.values.size()) - 1));
    QList<QPointF> run;
    for (std::size_t i = 0; i < m_data.values.size(); ++i) {
        if (m_data.values[i]) {
            run.append({static_cast<double>(i), *m_data.values[i]});
            continue;
        }
        addRun(run);
        run.clear();
    }
    addRun(run);
    if (m_size == Size::Sparkline) return;
    if (m_warning && *m_warning <= top()) addThreshold(*m_warning, Token::Warn);
    if (m_critical && *m_critical <= top()) addThreshold(*m_critical, Token::Crit);
}

void MetricChart::addRun(const QList<QPointF>& points) {
    if (points.isEmpty()) return;
    auto* line = new QLineSeries;
    line->append(points);
    if (points.size() == 1) line->append(points.first().x() + 0.5, points.first().y()); // a dot one can see
    auto* area = new QAreaSeries(line);
    line->setParent(area);
    const QColor color = m_theme->color(m_line);
    QColor fill = color;
    fill.setAlpha(k_fillAlpha);
    area->setBrush(fill);
    area->setPen(Qt::NoPen);
    auto* edge = new QLineSeries;
    edge->append(line->points());
    edge->setPen(QPen(color, 1.5));
    for (QAbstractSeries* series :
         {static_cast<QAbstractSeries*>(area), static_cast<QAbstractSeries*>(edge)}) {
        chart()->addSeries(series);
        for (QAbstractAxis* axis : chart()->axes()) {
            series->attachAxis(axis);
        }
    }
}

void MetricChart::addThreshold(double value, Token token) {
    auto* line = new QLineSeries;
    line->append(0, value);
    line->append(std::max<double>(1, static_cast<double>(m_data.values.size()) - 1), value);
    line->setPen(QPen(m_theme->color(token), 1, Qt::DashLine));
    chart()->addSeries(line);
    for (QAbstractAxis* axis : chart()->axes()) {
        line->attachAxis(axis);
    }
}

QString MetricChart::textAt(const QPoint& position) const {
    const auto series = chart()->series();
    if (series.isEmpty()) return {};
    const QPointF inChart = chart()->mapFromScene(mapToScene(position));
    const auto index = std::llround(chart()->mapToValue(inChart, series.constFirst()).x());
    if (index < 0 || index >= static_cast<long long>(m_data.values.size())) return {};
    const auto& value = m_data.values[static_cast<std::size_t>(index)];
    if (!value) return {};
    const QDateTime when =
        m_data.from.addMSecs(static_cast<qint64>(static_cast<double>(index) * m_data.stepSeconds * 1000));
    const bool seconds = m_data.stepSeconds < 60;
    const bool days = m_data.stepSeconds >= 3600;
    const QString format = seconds ? QStringLiteral("HH:mm:ss")
                           : days  ? QStringLiteral("MM-dd HH:mm")
                                   : QStringLiteral("HH:mm");
    return when.toString(format) + QStringLiteral("  ") + m_format(*value);
}

bool MetricChart::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QChartView::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), textAt(help->pos()), viewport());
    return true;
}

} // namespace exo::ui
