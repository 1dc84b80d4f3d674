#pragma once
// A project as its last analysis saw it, with what is needed to ask it. The indexes are made at the first
// question that needs them. Any thread.

#include "core/analysis/SafeRoot.h"
#include "core/analysis/retrieve/FileGraph.h"
#include "core/analysis/retrieve/SymbolSearch.h"
#include "core/analysis/retrieve/TextIndex.h"

#include <memory>
#include <mutex>
#include <optional>

namespace exo::analysis {

class KnownProject {
  public:
    // `cacheFolder` keeps the text index, empty: nothing does. What `before` knew of texts is used again.
    KnownProject(std::shared_ptr<const AnalysisResult> result, SafeRoot root,
                 std::filesystem::path cacheFolder = {}, const KnownProject* before = nullptr)
        : m_result(std::move(result))
        , m_root(std::move(root))
        , m_cacheFolder(std::move(cacheFolder))
        , m_earlierTexts(before ? before->textsSoFar() : nullptr) {}

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
    // Grows with each call until all files are known, for at most about a second a time.
    std::shared_ptr<const TextIndex> texts(const std::atomic<bool>* cancelled = nullptr) const {
        const std::lock_guard lock(m_textsMutex);
        if (m_texts && m_texts->complete()) return m_texts;
        TextIndex::Options options;
        options.folder = m_cacheFolder;
        options.cancelled = cancelled;
        m_texts = TextIndex::make(*m_result, m_root, m_texts ? m_texts.get() : m_earlierTexts.get(), options);
        m_earlierTexts.reset();
        return m_texts;
    }

  private:
    std::shared_ptr<const TextIndex> textsSoFar() const {
        const std::lock_guard lock(m_textsMutex);
        return m_texts ? m_texts : m_earlierTexts;
    }

    std::shared_ptr<const AnalysisResult> m_result;
    SafeRoot m_root;
    std::filesystem::path m_cacheFolder;
    mutable std::mutex m_textsMutex;
    mutable std::shared_ptr<const TextIndex> m_texts, m_earlierTexts;
    mutable std::once_flag m_symbolsMade, m_graphMade;
    mutable std::optional<SymbolSearch> m_symbols;
    mutable std::optional<FileGraph> m_graph;
};

} // namespace exo::analysis
