#pragma once
// A project as its last analysis saw it, with what is needed to ask it. The indexes are made at the first
// question that needs them. Any thread.

#include "core/analysis/SafeRoot.h"
#include "core/analysis/retrieve/FileGraph.h"
#include "core/analysis/retrieve/SymbolSearch.h"

#include <memory>
#include <mutex>
#include <optional>

namespace exo::analysis {

class KnownProject {
  public:
    KnownProject(std::shared_ptr<const AnalysisResult> result, SafeRoot root)
        : m_result(std::move(result))
        , m_root(std::move(root)) {}

    const AnalysisResult& result() const { return *m_result; }
    const std::shared_ptr<const AnalysisResult>& shared() const { return m_result; }
    const SafeRoot& root() const { return m_root; }
    const SymbolSearch& symbols() const {
        std::call_once(m_symbolsMade, [this] { m_symbols.emplace(m_result, &m_root); });
        return *m_symbols;
    }
    const FileGraph& graph() const {
        std::call_once(m_graphMade, [this] { m_graph.emplace(*m_result); });
        return *m_graph;
    }

  private:
    std::shared_ptr<const AnalysisResult> m_result;
    SafeRoot m_root;
    mutable std::once_flag m_symbolsMade, m_graphMade;
    mutable std::optional<SymbolSearch> m_symbols;
    mutable std::optional<FileGraph> m_graph;
};

} // namespace exo::analysis
