#pragma once
// The neighbours there was no room for in a graph, as a list that opens over it. GUI thread.

#include "ui/analysis/FolderAnalysis.h"
#include "ui/analysis/InspectorList.h"
#include "ui/analysis/graph/GraphItems.h"

#include <QFrame>

namespace exo::ui {

class GraphList final : public QFrame {
    Q_OBJECT
  public:
    GraphList(const ThemeController* theme, FolderAnalysis* analysis, QWidget* parent = nullptr);

    void popUp(const QPoint& at, const api::AnalysisGraph& graph, const GraphItem& group);
    void retranslate();
    InspectorList* list() const { return m_list; }

  signals:
    void placeChosen(const QString& path, int line, int endLine);

  private:
    void askCalls(const api::AnalysisGraph& graph, const GraphItem& group);
    void askIncludes(const api::AnalysisGraph& graph, const GraphItem& group);

    FolderAnalysis* m_analysis;
    InspectorList* m_list;
    QString m_title;
    bool m_calls = true;
    quint64 m_asked = 0;
};

} // namespace exo::ui
