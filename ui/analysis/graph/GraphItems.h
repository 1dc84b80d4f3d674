#pragma once
// What of a graph is drawn: boxes with their texts, and the shape that is laid out. All texts come from
// files, so they are bounded and plain. GUI thread.

#ifndef Q_MOC_RUN // moc of Qt 6.4 does not read the concepts of the standard library
#include "core/api/AnalysisGraph.h"
#endif
#include "ui/analysis/graph/GraphLayout.h"
#include "ui/theme/Theme.h"

#include <QString>

namespace exo::ui {

struct GraphItem {
    int node = -1;   // of the graph; of a group whose neighbours it stands for, -1: parts of the folder
    int more = 0;    // a group of so many neighbours there was no room for; 0: a node
    bool in = false; // of a group: callers, includers
    QString title;   // cut to fit
    QString caption; // the file, the cycle
    QString spoken;  // all of it in words: tool tip, screen readers
    bool isGroup() const { return more > 0; }
};

struct GraphItems {
    std::vector<GraphItem> items; // the nodes of the graph first, then the groups
    GraphShape shape;             // the edges of the graph first, then those of groups
};

GraphItems graphItems(const api::AnalysisGraph& graph, const ThemeController* theme);

// One line about all of it: how many are shown, which cycles there are.
QString graphSummary(const api::AnalysisGraph& graph);
QString graphNodeName(const api::AnalysisGraphNode& node); // short: "poolGrow", "pool.c", "src/"
// "poolGrow → poolMalloc", and below it how many calls there are, where the first one is and how sure it is.
QString graphEdgeText(const api::AnalysisGraph& graph, const api::AnalysisGraphEdge& edge);
// An edge of a cycle, or a function that calls itself.
bool closesCycle(const api::AnalysisGraph& graph, const api::AnalysisGraphEdge& edge);

enum class Certainty : std::uint8_t { Exact, SameFile, Import, NameOnly };
Certainty certaintyOf(const std::string& confidence);
QString certaintyText(Certainty certainty);

} // namespace exo::ui
