#pragma once
// A project as its last analysis saw it, with what is needed to ask it. The indexes are made at the first
// question that needs them. Any thread.

#include "core/analysis/SafeRoot.h"
#include "core/analysis/engine/ResultEdit.h"
#include "core/analysis/retrieve/FileGraph.h"
#include "core/analysis/retrieve/SymbolSearch.h"
#include "core/analysis/retrieve/TextIndex.h"

#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace exo::analysis {

class KnownProject {
  public:
    // `cacheFolder` keeps the text index, empty: nothing does. What `before` knew of texts is used again.
    KnownProject(std::shared_ptr<const AnalysisResult> result, SafeRoot root,
                 std::filesystem::path cacheFolder = {}, const KnownProject* before = nullptr)
        : m_result(std::move(result))
        , m_root(std::make_shared<const SafeRoot>(std::move(root)))
        , m_cacheFolder(std::move(cacheFolder))
        , m_earlierTexts(before ? before->textsSoFar() : nullptr) {}

    // The same files again, with what was found out about them meanwhile: what `before` indexed stays good.
    static std::shared_ptr<KnownProject>
    lookedAtAgain(const KnownProject& before, std::shared_ptr<const AnalysisResult> result, SafeRoot root) {
        auto next =
            std::make_shared<KnownProject>(std::move(result), std::move(root), before.m_cacheFolder, &before);
        if (!before.m_result->hasEdits()) next->m_earlierSymbols = before.symbolsSoFar(); // names by number
        return next;
    }

    // The project with other records for some files; they have to fit (ResultEdit). Who holds `before` keeps
    // it as it was, else it is taken apart: that spares copying what is large.
    static std::shared_ptr<KnownProject> edited(std::shared_ptr<KnownProject> before,
                                                std::vector<FileRecord> records) {
        std::shared_ptr<KnownProject> next(new KnownProject());
        next->m_root = before->m_root;
        next->m_cacheFolder = before->m_cacheFolder;
        next->m_earlierTexts = before->textsSoFar();
        next->m_earlierSymbols = before->symbolsSoFar();
        for (const FileRecord& record : records)
            if (const auto file = before->m_result->fileIndex(record.path); file && next->m_earlierSymbols)
                next->m_earlierSymbols->edited[*file] = nullptr;
        std::shared_ptr<const AnalysisResult> result = before->m_result;
        before.reset();
        next->m_result = ResultEdit(std::move(result), std::move(records)).run();
        return next;
    }

    const AnalysisResult& result() const { return *m_result; }
    const std::shared_ptr<const AnalysisResult>& shared() const { return m_result; }
    const SafeRoot& root() const { return *m_root; }
    const SymbolSearch& symbols() const {
        std::call_once(m_symbolsMade, [this] {
            if (m_earlierSymbols)
                m_symbols.emplace(m_result, m_root.get(), *std::exchange(m_earlierSymbols, std::nullopt));
            else
                m_symbols.emplace(m_result, m_root.get());
        });
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
        m_texts =
            TextIndex::make(*m_result, *m_root, m_texts ? m_texts.get() : m_earlierTexts.get(), options);
        m_earlierTexts.reset();
        return m_texts;
    }

  private:
    KnownProject() = default;
    std::optional<SymbolSearch::Known> symbolsSoFar() const {
        return m_symbols ? m_symbols->known() : m_earlierSymbols;
    }
    std::shared_ptr<const TextIndex> textsSoFar() const {
        const std::lock_guard lock(m_textsMutex);
        return m_texts ? m_texts : m_earlierTexts;
    }

    std::shared_ptr<const AnalysisResult> m_result;
    std::shared_ptr<const SafeRoot> m_root;
    std::filesystem::path m_cacheFolder;
    mutable std::mutex m_textsMutex;
    mutable std::shared_ptr<const TextIndex> m_texts, m_earlierTexts;
    mutable std::once_flag m_symbolsMade, m_graphMade;
    mutable std::optional<SymbolSearch::Known> m_earlierSymbols;
    mutable std::optional<SymbolSearch> m_symbols;
    mutable std::optional<FileGraph> m_graph;
};

} // namespace exo::analysis
