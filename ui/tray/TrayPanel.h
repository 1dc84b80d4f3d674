#pragma once
// The small panel of the tray: state, five numbers with their course, and what one can do. GUI thread; the
// tray owns it.

#include "ui/monitor/MetricsFeed.h"
#include "ui/tray/TrayState.h"

#include <QFrame>
#include <QLabel>
#include <QPushButton>

#include <vector>

namespace exo::ui {

class MetricChart;
class StateLabel;

class TrayPanel final : public QFrame {
    Q_OBJECT
  public:
    TrayPanel(MetricsFeed* feed, const ThemeController* theme, QWidget* parent = nullptr);

    void setState(TrayState state, const QString& place);
    // A button under the numbers; its text is asked again when the language changes.
    QPushButton* addButton(const QString& objectName, std::function<QString()> text);
    void retranslate();

  protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    struct Row {
        QString id; // of the series
        std::function<QString()> title;
        std::function<QString(double)> format;
        QLabel* name;
        MetricChart* chart;
        QLabel* value;
    };
    void addRow(const QString& id, Token line, std::function<QString()> title,
                std::function<QString(double)> format, std::optional<double> ceiling);
    void showNumbers();
    void showHistory();
    std::optional<double> now(const QString& id) const;

    MetricsFeed* m_feed;
    const ThemeController* m_theme;
    TrayState m_trayState = TrayState::Unreachable;
    QString m_place;
    StateLabel* m_state;
    QLabel* m_placeLabel;
    QLabel* m_load;
    class QGridLayout* m_grid;
    class QHBoxLayout* m_buttons;
    std::vector<Row> m_rows;
    std::vector<std::pair<QPushButton*, std::function<QString()>>> m_texts;
};

} // namespace exo::ui
