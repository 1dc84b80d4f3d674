#pragma once
// A directed graph in layers from left to right: few crossings, no two boxes over each other (Sugiyama,
// Tagawa and Toda 1981; barycentres; heights by pooling of violators). Bounded work for any input. Pure
// functions, any thread.

#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <atomic>
#include <vector>

namespace exo::ui {

struct GraphShape {
    struct Node {
        QSizeF size;
        int layer = 0; // any number; only the order counts
    };
    struct Edge {
        int from = 0, to = 0; // nodes; equal ends are not drawn
    };
    std::vector<Node> nodes;
    std::vector<Edge> edges;
    bool layered = false; // the layers are given; else edges lead to the right as far as they can
};

struct GraphPlaces {
    std::vector<QRectF> nodes;
    std::vector<std::vector<QPointF>> edges; // what each leads through, from end to end; empty: not drawn
    std::vector<int> layers;                 // of the nodes, from 0
    QRectF bounds;
};

// Ends early, with anything, when `cancelled` becomes true.
GraphPlaces layoutGraph(const GraphShape& shape, const std::atomic<bool>* cancelled = nullptr);

// From 0 without gaps: edges lead upwards, those that would close a cycle excepted.
std::vector<int> layersOf(const GraphShape& shape);

} // namespace exo::ui
