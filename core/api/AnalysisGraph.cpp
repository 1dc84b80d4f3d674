#include "core/api/AnalysisGraph.h"

#include <algorithm>

namespace exo::api {

namespace {

int number(const Json& json, std::string_view key, std::int64_t least = 0, int fallback = 0) {
    return static_cast<int>(std::clamp<std::int64_t>(intOr(json, key, fallback), least, INT32_MAX));
}

Json toJson(const AnalysisGraphNode& node) {
    Json json = {{"path", node.path}, {"depth", node.depth}};
    if (!node.name.empty()) json["name"] = node.name;
    if (node.line > 0) json["line"] = node.line;
    if (node.moreIn > 0) json["moreIn"] = node.moreIn;
    if (node.moreOut > 0) json["moreOut"] = node.moreOut;
    if (node.cycle > 0) json["cycle"] = node.cycle;
    if (node.folder) json["folder"] = true;
    return json;
}

AnalysisGraphNode nodeFrom(const Json& json) {
    AnalysisGraphNode node;
    node.path = stringOr(json, "path");
    node.name = stringOr(json, "name");
    node.line = number(json, "line");
    node.depth = std::clamp(number(json, "depth", INT32_MIN), -100, 100);
    node.moreIn = number(json, "moreIn");
    node.moreOut = number(json, "moreOut");
    node.cycle = number(json, "cycle");
    node.folder = boolOr(json, "folder");
    return node;
}

AnalysisGraphEdge edgeFrom(const Json& json) {
    AnalysisGraphEdge edge;
    edge.from = number(json, "from", -1, -1);
    edge.to = number(json, "to", -1, -1);
    edge.line = number(json, "line");
    edge.count = number(json, "count", 1, 1);
    edge.confidence = stringOr(json, "confidence", "exact");
    return edge;
}

} // namespace

Json toJson(const AnalysisGraph& graph) {
    Json nodes = Json::array(), edges = Json::array();
    for (const AnalysisGraphNode& node : graph.nodes)
        nodes.push_back(toJson(node));
    for (const AnalysisGraphEdge& edge : graph.edges)
        edges.push_back({{"from", edge.from},
                         {"to", edge.to},
                         {"line", edge.line},
                         {"count", edge.count},
                         {"confidence", edge.confidence}});
    return {{"kind", graph.kind},        {"folder", graph.folder}, {"nodes", std::move(nodes)},
            {"edges", std::move(edges)}, {"cycles", graph.cycles}, {"more", graph.more},
            {"unlinked", graph.unlinked}};
}

Result<AnalysisGraph> analysisGraphFromJson(const Json& json) {
    const Error wrong = fail(ErrorCode::InvalidRequest, "not a graph that can be shown");
    const Json* nodes = member(json, "nodes");
    const Json* edges = member(json, "edges");
    if (!nodes || !nodes->is_array() || !edges || !edges->is_array()) return wrong;
    if (nodes->size() > k_mostGraphNodes || edges->size() > k_mostGraphEdges) return wrong;
    AnalysisGraph graph;
    graph.kind = stringOr(json, "kind");
    graph.folder = boolOr(json, "folder");
    graph.more = number(json, "more");
    graph.unlinked = number(json, "unlinked");
    if (const Json* cycles = member(json, "cycles"); cycles && cycles->is_array())
        for (const Json& size : *cycles)
            graph.cycles.push_back(size.is_number_integer() ? std::max(size.get<int>(), 0) : 0);
    for (const Json& item : *nodes) {
        graph.nodes.push_back(nodeFrom(item));
        if (graph.nodes.back().cycle > static_cast<int>(graph.cycles.size())) return wrong;
    }
    const auto count = static_cast<int>(graph.nodes.size());
    for (const Json& item : *edges) {
        AnalysisGraphEdge edge = edgeFrom(item);
        if (edge.from < 0 || edge.to < 0 || edge.from >= count || edge.to >= count) return wrong;
        graph.edges.push_back(std::move(edge));
    }
    return graph;
}

} // namespace exo::api
