#pragma once
// Pieces of the graphs of an analysis that are small enough to be drawn. Pure functions over a result; any
// thread. Bounded: at most k_mostDrawn nodes, whatever is asked.

#include "core/analysis/engine/AnalysisResult.h"
#include "core/api/AnalysisGraph.h"

#include <string>

namespace exo::analysis {

inline constexpr std::size_t k_mostDrawn = 300;
inline constexpr int k_deepest = 3;
inline constexpr int k_widest = 100;

struct NeighbourhoodQuery {
    enum class Kind : std::uint8_t { Calls, Includes };
    enum class Direction : std::uint8_t { In, Out, Both }; // In: callers, includers
    Kind kind = Kind::Calls;
    Direction direction = Direction::Both;
    std::string path;
    std::string name; // of calls: the function, qualified or not; empty: what stands outside of functions
    int line = 0;     // where it begins, when there are several of the name; 0: the first
    int depth = 1;    // 1 to k_deepest
    int width = 12;   // neighbours of the focus in a direction, 1 to k_widest; further away a third of it
};

// The surest neighbours first. NotFound when the path or the function is not there. Of includes, the path of
// a folder (empty: all) gives what lies in it, with the includes between.
Result<api::AnalysisGraph> neighbourhood(const AnalysisResult& result, const NeighbourhoodQuery& query);

} // namespace exo::analysis
