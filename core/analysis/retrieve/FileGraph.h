#pragma once
// Which file leans on which: an edge from a file that uses a name to the files that define it, heavier for
// names few files share, lighter for private ones; and one for each include. Kept as compressed rows; asked
// with personalised PageRank. Immutable once made: any thread.

#include "core/analysis/engine/AnalysisResult.h"

#include <cstdint>
#include <vector>

namespace exo::analysis {

class FileGraph {
  public:
    FileGraph() = default;
    explicit FileGraph(const AnalysisResult& result);

    struct Edge {
        std::uint32_t from = 0, to = 0;
        float weight = 0;
    };
    // Edges may come in any order and more than once.
    FileGraph(std::size_t files, std::vector<Edge> edges);

    // A share of 1 for each file; `wanted` weighs where the reader starts (by file, any scale), all files
    // alike when it is empty or all zero. Same input, same output.
    std::vector<double> rank(const std::vector<double>& wanted) const;

    std::size_t files() const { return m_starts.empty() ? 0 : m_starts.size() - 1; }
    std::size_t edges() const { return m_from.size(); }
    // How many other files use the name, weighed by how telling it is.
    float weightOfName(std::uint32_t name) const { return m_nameWeight[name]; }

  private:
    void build(std::size_t files, std::vector<Edge> edges);

    // Rows by target, so that one pass writes each rank once.
    std::vector<std::uint32_t> m_starts, m_from;
    std::vector<float> m_share; // of what the source gives away; the shares of a source sum to 1
    std::vector<bool> m_gives;  // has edges out
    std::vector<float> m_nameWeight;
};

} // namespace exo::analysis
