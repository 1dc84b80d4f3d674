#pragma once
// Ranked search over the symbols and files of an analysis: BM25 over four fields – the name weighs more than
// the signature, this more than the comment above, this more than the names used inside. Uses inside are read
// from the analysis' own postings, rarest names first and bounded. Immutable once made: any thread.

#include "core/analysis/QueryTerms.h"
#include "core/analysis/SafeRoot.h"
#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/retrieve/SymbolOwners.h"
#include "core/analysis/retrieve/WordIndex.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct SymbolHit {
    std::uint32_t file = 0;
    std::int32_t symbol = -1; // -1: the file itself
    double score = 0;
    double coverage = 0; // share of the question's weight it speaks of, 0–1
};

class SymbolSearch {
  public:
    // Reads the files for the comments above their symbols; without them when `root` is nullptr. Stops early
    // when cancelled, then knows fewer comments.
    SymbolSearch(std::shared_ptr<const AnalysisResult> result, const SafeRoot* root,
                 const std::atomic<bool>* cancelled = nullptr);

    // Best first. What covers less than k_enough of the question is left out: nothing fits then.
    std::vector<SymbolHit> find(std::string_view question, std::size_t limit) const;
    std::vector<SymbolHit> find(const std::vector<QueryTerm>& terms, std::size_t limit) const;

    ~SymbolSearch();

    const AnalysisResult& result() const { return *m_result; }
    std::optional<SymbolView> symbol(const SymbolHit& hit) const;

    static constexpr double k_enough = 0.4; // of the question's weight

  private:
    struct Scores;

    void addDocuments();
    void addNames(WordIndexBuilder& words) const;
    void addFile(WordIndexBuilder& words, std::uint32_t file, const SafeRoot* root) const;
    std::vector<WordIndex::Word> wordsFor(const QueryTerm& term) const;
    void addUses(Scores& scores, const std::vector<WordIndex::Word>& words) const;
    std::vector<SymbolHit> best(const Scores& scores, double asked, std::size_t limit) const;
    std::unique_ptr<Scores> borrowScores() const;

    std::shared_ptr<const AnalysisResult> m_result;
    std::vector<std::uint32_t> m_firstDocument; // of each file: itself, then its symbols; one more
    WordIndex m_words; // of names, signatures and comments; identifiers by their words
    SymbolOwners m_owners;
    mutable std::mutex m_idleMutex;
    mutable std::unique_ptr<Scores> m_idle; // kept for the next question
};

} // namespace exo::analysis
