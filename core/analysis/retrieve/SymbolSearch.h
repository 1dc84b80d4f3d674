#pragma once
// Ranked search over the symbols and files of an analysis: BM25 over four fields – the name weighs more than
// the signature, this more than the comment above, this more than the names used inside. Uses inside are read
// from the analysis' own postings, rarest names first and bounded. Immutable once made: any thread.

#include "core/analysis/QueryTerms.h"
#include "core/analysis/SafeRoot.h"
#include "core/analysis/engine/AnalysisResult.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
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

    const AnalysisResult& result() const { return *m_result; }
    const api::AnalysisSymbol* symbol(const SymbolHit& hit) const;

    static constexpr double k_enough = 0.4; // of the question's weight

  private:
    struct Posting {
        std::uint32_t document = 0;
        float weight = 0;
    };
    struct Scores;

    void addDocuments();
    void addNames();
    void addFile(std::uint32_t file, const SafeRoot* root);
    void addText(std::uint32_t document, std::string_view text, double weight, double usualLength);
    std::uint32_t tokenId(std::string_view token);
    void seal();
    std::vector<std::uint32_t> tokensFor(const QueryTerm& term) const;
    void addUses(Scores& scores, const std::vector<std::uint32_t>& tokens) const;
    std::int64_t documentAt(std::uint32_t file, int line) const;

    std::shared_ptr<const AnalysisResult> m_result;
    std::vector<std::uint32_t> m_firstDocument; // of each file: itself, then its symbols; one more
    std::unordered_map<std::string, std::uint32_t> m_tokenIds;
    std::vector<std::vector<Posting>> m_postings;                     // by token: name, signature, comment
    std::vector<std::vector<std::uint32_t>> m_namesOf;                // by token: identifiers that contain it
    std::vector<std::pair<std::string_view, std::uint32_t>> m_sorted; // tokens by their text
    struct Span {
        int start = 0, end = 0;
        std::uint32_t document = 0;
    };
    std::vector<std::vector<Span>> m_spans; // of each file, by start, outer before inner
};

} // namespace exo::analysis
