#pragma once
// One series over time as a filled line, with gaps where nothing was recorded and dashed lines at the
// thresholds. Draws only when its data change; the value under the pointer is shown in a tool tip. GUI
// thread.

#include "ui/theme/Theme.h"

#include <QChartView>
#include <QDateTime>
#include <QLineSeries>

#include <functional>
#include <optional>
#include <vector>

namespace exo::ui {

class MetricChart final : public QChartView {
    Q_OBJECT
  public:
    enum class Size : std::uint8_t { Card, Sparkline }; // a sparkline has no grid and no thresholds

    MetricChart(const ThemeController* theme, const QString& objectName, Token line, Size size,
                QWidget* parent = nullptr);

    struct Data {
        QDateTime from; // of the first value
        double stepSeconds = 1;
        std::vector<std::optional<double>> values;
    };
    void setData(Data data);
    const Data& data() const { return m_data; }
    void setThresholds(std::optional<double> warning, std::optional<double> critical);
    std::optional<double> warning() const { return m_warning; }
    std::optional<double> critical() const { return m_critical; }
    // The top of the axis; without one it follows the data.
    void setCeiling(std::optional<double> ceiling);
    // The axis never ends below it, so that next to nothing looks like next to nothing.
    void setLeastTop(double top) { m_leastTop = top; }
    void setFormat(std::function<QString(double)> format) { m_format = std::move(format); }

    // "10:31:05  12 %" at a place of the view, empty where nothing was recorded.
    QString textAt(const QPoint& position) const;

    QSize minimumSizeHint() const override { return {80, m_size == Size::Card ? 72 : 24}; }
    QSize sizeHint() const override { return {240, m_size == Size::Card ? 96 : 28}; }

  protected:
    bool viewportEvent(QEvent* event) override;

  private:
    void rebuild();
    void addRun(const QList<QPointF>& points);
    void addThreshold(double value, Token token);
    double top() const;

    const ThemeController* m_theme;
    Token m_line;
    Size m_size;
    Data m_data;
    std::optional<double> m_warning, m_critical, m_ceiling;
    double m_leastTop = 0;
    std::function<QString(double)> m_format;
};

} // namespace exo::ui
