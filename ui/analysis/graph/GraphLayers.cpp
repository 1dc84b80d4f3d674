// Which layer a node stands in.
#include "ui/analysis/graph/GraphLayout.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace exo::ui {

namespace {

using Lists = std::vector<std::vector<int>>;

Lists successorsOf(const GraphShape& shape) {
    Lists out(shape.nodes.size());
    for (const GraphShape::Edge& edge : shape.edges) {
        if (edge.from != edge.to) out[static_cast<std::size_t>(edge.from)].push_back(edge.to);
    }
    return out;
}

// Takes out the edges that lead back into the way they came from (depth first, without recursion).
void breakCycles(Lists& successors) {
    enum class Mark : std::uint8_t { New, Open, Done };
    std::vector<Mark> marks(successors.size(), Mark::New);
    std::vector<std::pair<int, std::size_t>> way; // node, successors looked at
    for (std::size_t start = 0; start < successors.size(); ++start) {
        if (marks[start] != Mark::New) continue;
        marks[start] = Mark::Open;
        way.emplace_back(static_cast<int>(start), 0);
        while (!way.empty()) {
            const auto node = static_cast<std::size_t>(way.back().first);
            auto& list = successors[node];
            if (way.back().second == list.size()) {
                marks[node] = Mark::Done;
                way.pop_back();
                continue;
            }
            const int next = list[way.back().second];
            Mark& mark = marks[static_cast<std::size_t>(next)];
            if (mark == Mark::Open) {
                list[way.back().second] = list.back();
                list.pop_back();
                continue;
            }
            ++way.back().second;
            if (mark == Mark::Done) continue;
            mark = Mark::Open;
            way.emplace_back(next, 0);
        }
    }
}

// As far to the right as the longest way to it; the graph has no cycles.
std::vector<int> longestWays(const Lists& successors) {
    std::vector<int> missing(successors.size(), 0), layers(successors.size(), 0), ready;
    for (const auto& list : successors) {
        for (const int to : list) {
            ++missing[static_cast<std::size_t>(to)];
        }
    }
    for (std::size_t node = 0; node < missing.size(); ++node) {
        if (missing[node] == 0) ready.push_back(static_cast<int>(node));
    }
    for (std::size_t i = 0; i < ready.size(); ++i) {
        const auto node = static_cast<std::size_t>(ready[i]);
        for (const int to : successors[node]) {
            int& layer = layers[static_cast<std::size_t>(to)];
            layer = std::max(layer, layers[node] + 1);
            if (--missing[static_cast<std::size_t>(to)] == 0) ready.push_back(to);
        }
    }
    return layers;
}

// Nodes nothing leads to stand right before what they lead to, not all at the far left.
void pullRight(const Lists& successors, std::vector<int>& layers) {
    std::vector<bool> entered(successors.size(), false);
    for (const auto& list : successors) {
        for (const int to : list) {
            entered[static_cast<std::size_t>(to)] = true;
        }
    }
    for (std::size_t node = 0; node < successors.size(); ++node) {
        if (entered[node] || successors[node].empty()) continue;
        int nearest = layers[static_cast<std::size_t>(successors[node].front())];
        for (const int to : successors[node]) {
            nearest = std::min(nearest, layers[static_cast<std::size_t>(to)]);
        }
        layers[node] = nearest - 1;
    }
}

// From 0 without gaps.
void closeGaps(std::vector<int>& layers) {
    std::vector<int> used = layers;
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    for (int& layer : layers) {
        layer = static_cast<int>(std::lower_bound(used.begin(), used.end(), layer) - used.begin());
    }
}

} // namespace

std::vector<int> layersOf(const GraphShape& shape) {
    std::vector<int> layers;
    if (shape.layered) {
        for (const GraphShape::Node& node : shape.nodes) {
            layers.push_back(node.layer);
        }
    } else {
        Lists successors = successorsOf(shape);
        breakCycles(successors);
        layers = longestWays(successors);
        pullRight(successors, layers);
    }
    closeGaps(layers);
    return layers;
}

} // namespace exo::ui
