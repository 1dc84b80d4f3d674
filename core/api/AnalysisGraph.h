#pragma once
// A piece of the graph of calls, or of includes and imports, small enough to be drawn: the neighbours of a
// function or file, or what a folder holds. Plain data with its JSON. GET /api/v1/analyses/{id}/neighbours

#include "core/base/Json.h"
#include "core/base/Result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace exo::api {

inline constexpr std::size_t k_mostGraphNodes = 2000; // that a reader takes
inline constexpr std::size_t k_mostGraphEdges = 40'000;

struct AnalysisGraphNode {
    std::string path; // of the file, or of the folder
    std::string name; // of the function, qualified; empty: the file, or its code outside of functions
    int line = 0;     // where the function begins; 0: not a function
    int depth = 0;    // steps from the focus, negative against the arrows; 0 in a folder
    int moreIn = 0, moreOut = 0; // neighbours that there was no room for
    int cycle = 0;               // which it is part of, counted from 1; 0: none
    bool folder = false;
    bool operator==(const AnalysisGraphNode&) const = default;
};

struct AnalysisGraphEdge {
    int from = 0, to = 0;   // nodes; equal: the function calls itself
    int line = 0;           // of the first call or include, in the file of `from`; 0 between folders
    int count = 1;          // calls or includes
    std::string confidence; // of the surest call: exact | same-file | import | name-only; of includes exact
    bool operator==(const AnalysisGraphEdge&) const = default;
};

struct AnalysisGraph {
    std::string kind;                     // call | include
    bool folder = false;                  // of what a folder holds: no node is the focus
    std::vector<AnalysisGraphNode> nodes; // the focus first
    std::vector<AnalysisGraphEdge> edges; // all between the nodes
    // Members of each cycle; of includes also those that are not among the nodes.
    std::vector<int> cycles;
    int more = 0;     // of a folder: parts there was no room for
    int unlinked = 0; // of a folder: parts that neither include another nor are included
    bool operator==(const AnalysisGraph&) const = default;
};

Json toJson(const AnalysisGraph&);
// Edges between nodes that are not there, and graphs beyond the bounds, are refused.
Result<AnalysisGraph> analysisGraphFromJson(const Json&);

} // namespace exo::api
