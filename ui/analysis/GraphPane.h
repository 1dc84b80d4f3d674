#pragma once
// The graph of calls or includes around something, above the code: what to show, the way back, the picture,
// and what it says in words. Asks for the graph by itself. GUI thread; the page owns it.

#include "ui/analysis/FolderAnalysis.h"
#include "ui/analysis/graph/GraphView.h"

#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QWidget>

namespace exo::ui {

class EmptyState;
class GraphBar;
class GraphLegend;
class GraphList;

class GraphPane final : public QWidget {
    Q_OBJECT
  public:
    using Query = AnalysisSource::GraphQuery;

    GraphPane(const ThemeController* theme, FolderAnalysis* analysis, QWidget* parent = nullptr);

    // What the reader looks at becomes the focus, as a function or as a file, whichever graph is chosen.
    void showPlace(const QString& path, const api::AnalysisFunction* function);
    void showFolder(const QString& folder); // empty: all
    void showCalls();                       // of what was shown last
    void showIncludes();
    void onResult(); // the analysis has another one, or none

    const Query& query() const { return m_query; }
    GraphView* view() const { return m_view; }
    bool isWaiting() const { return m_waiting; }

  signals:
    void placeChosen(const QString& path, int line, int endLine);
    void closeWanted();

  protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override; // Escape closes

  private:
    void build();
    void connectParts();
    void retranslate();
    void go(Query query);
    void ask();
    void onGraph(Result<api::AnalysisGraph> graph);
    void travel(int by);
    void showControls();
    void showStatus();
    void showNote(const QString& title, const QString& hint);
    void refocus(int node);
    void openNode(int node);
    void openEdge(int edge);
    void openGroup(int item);

    const ThemeController* m_theme;
    FolderAnalysis* m_analysis;
    Query m_query;
    struct Function {
        QString path, name;
        int line = 0;
    };
    Function m_function; // the last one that was in the focus
    std::vector<Query> m_stops;
    int m_stop = -1;
    bool m_waiting = false;
    quint64 m_asked = 0; // counts the questions; the last one's answer counts

    GraphBar* m_bar;
    QLabel* m_status;
    QStackedWidget* m_stack;
    GraphView* m_view;
    EmptyState* m_note;
    QPushButton* m_again;
    GraphLegend* m_legend;
    GraphList* m_list;
    QTimer m_slow;
};

} // namespace exo::ui
