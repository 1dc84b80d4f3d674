#pragma once
// Strongly connected components of a graph (Tarjan 1972), without recursion. Pure function.

#include <cstdint>
#include <vector>

namespace exo::analysis {

// Components of more than one node, each ascending, in order of their first node. edges[i]: successors of i;
// those out of range are ignored.
std::vector<std::vector<std::uint32_t>> cyclesOf(const std::vector<std::vector<std::uint32_t>>& edges);

} // namespace exo::analysis
