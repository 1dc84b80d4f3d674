#pragma once
// A card of the Monitor page: the name of a number, the number now, and its course. GUI thread.

#include "ui/monitor/MetricChart.h"

#include <QFrame>
#include <QLabel>

namespace exo::ui {

class MetricCard final : public QFrame {
    Q_OBJECT
  public:
    struct Spec {
        QString id; // name of the series, part of the object names
        Token line;
        std::function<QString()> title; // asked again when the language changes
        std::function<QString(double)> format;
        std::optional<double> ceiling;
        double leastTop = 0;
    };
    MetricCard(const ThemeController* theme, Spec spec, QWidget* parent);

    const QString& id() const { return m_spec.id; }
    void setNow(std::optional<double> value);
    MetricChart* chart() { return m_chart; }
    void retranslate();

  private:
    Spec m_spec;
    std::optional<double> m_now;
    QLabel* m_title;
    QLabel* m_value;
    MetricChart* m_chart;
};

} // namespace exo::ui
