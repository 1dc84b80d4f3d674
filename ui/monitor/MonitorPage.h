#pragma once
// The Monitor page: the state in a word, eight numbers with their course over 5 minutes to 30 days, the
// models with their breakers, alerts, caches and the log. Asks for nothing while it cannot be seen. GUI
// thread; the main window owns it.

#include "ui/monitor/MetricsFeed.h"
#include "ui/widgets/SegmentedControl.h"

#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QTableView>

namespace exo::ui {

class AlertPanel;
class LogPanel;
class MetricCard;
class StateLabel;
class TargetModel;

class MonitorPage final : public QWidget {
    Q_OBJECT
  public:
    MonitorPage(Connections* connections, const ThemeController* theme, QWidget* parent = nullptr);

    // Whether the window can be seen; the page itself knows whether it is the one shown.
    void setWindowWatched(bool watched);
    MetricsFeed* feed() { return &m_feed; }

  protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void build(const ThemeController* theme);
    QWidget* buildHead(const ThemeController* theme);
    void addCards(const ThemeController* theme);
    void placeCards();
    void watch();
    void retranslate();
    void showSnapshot();
    void showHead();
    void showHistory();
    void showAlerts(api::AlertList alerts);
    void askAlertsAndLog();

    Connections* m_connections;
    MetricsFeed m_feed;
    bool m_windowWatched = true;
    bool m_askingAlerts = false, m_askingLog = false;
    quint64 m_generation = 0;
    int m_columns = 0;
    StateLabel* m_state = nullptr;
    QLabel* m_summary = nullptr;
    SegmentedControl* m_ranges = nullptr;
    QScrollArea* m_scroll = nullptr;
    QGridLayout* m_grid = nullptr;
    std::vector<MetricCard*> m_cards;
    TargetModel* m_targets = nullptr;
    QLabel* m_targetsTitle = nullptr;
    QLabel* m_targetsNone = nullptr;
    QTableView* m_targetTable = nullptr;
    AlertPanel* m_alerts = nullptr;
    LogPanel* m_log = nullptr;
};

} // namespace exo::ui
