#pragma once
// Ranked search over the symbols and files of an analysis: BM25 over four fields – the name weighs more than
// the signature, this more than the comment above, this more than the names used inside. Uses inside are read
// from the analysis' own postings, rarest names first and bounded. What is known of a file that was edited
// since most were read lies beside, so that one edit costs one file. Immutable once made: any thread.

#include "core/analysis/QueryTerms.h"
#include "core/analysis/SafeRoot.h"
#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/retrieve/SymbolOwners.h"
#include "core/analysis/retrieve/WordIndex.h"

#include <atomic>
#include <cstdint>
#include <map>
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
    // The documents of some files, numbered from 0: each file itself, then its symbols.
    struct Documents {
        std::vector<std::uint32_t> first; // of each file; one more
        WordIndex words;                  // of names, signatures and comments; identifiers by their words
        SymbolOwners owners;
        std::size_t count() const { return first.back(); }
    };
    // What is known from before: of all files once, and anew of those that were edited since; none of one
    // that has to be read again.
    struct Known {
        std::shared_ptr<const Documents> all;
        std::size_t names = 0;                                            // of the result that `all` has seen
        std::map<std::uint32_t, std::shared_ptr<const Documents>> edited; // by file
    };

    // Reads the files for the comments above their symbols; without them when `root` is nullptr. Stops early
    // when cancelled, then knows fewer comments.
    SymbolSearch(std::shared_ptr<const AnalysisResult> result, const SafeRoot* root,
                 const std::atomic<bool>* cancelled = nullptr);
    // Reads only what `known` says is to be read.
    SymbolSearch(std::shared_ptr<const AnalysisResult> result, const SafeRoot* root, Known known);
    const Known& known() const { return m_known; }

    // Best first. What covers less than k_enough of the question is left out: nothing fits then.
    std::vector<SymbolHit> find(std::string_view question, std::size_t limit) const;
    std::vector<SymbolHit> find(const std::vector<QueryTerm>& terms, std::size_t limit) const;

    ~SymbolSearch();

    const AnalysisResult& result() const { return *m_result; }
    std::optional<SymbolView> symbol(const SymbolHit& hit) const;

    static constexpr double k_enough = 0.4; // of the question's weight

  private:
    struct Scores;
    struct Place {
        std::uint32_t file = 0;
        std::int32_t symbol = -1;
        auto operator<=>(const Place&) const = default;
    };

    std::shared_ptr<const Documents> documentsOf(const std::vector<std::uint32_t>& files,
                                                 const SafeRoot* root, const std::atomic<bool>* cancelled,
                                                 std::size_t names) const;
    void addFile(WordIndexBuilder& words, std::uint32_t file, std::uint32_t document,
                 const SafeRoot* root) const;
    void numberDocuments();
    Place placeOf(std::uint32_t document) const;
    void addTerm(Scores& scores, const QueryTerm& term) const;
    void addUses(Scores& scores, const WordIndex& words, const std::vector<WordIndex::Word>& found,
                 std::size_t& left) const;
    std::vector<SymbolHit> best(const Scores& scores, double asked, std::size_t limit) const;
    std::unique_ptr<Scores> borrowScores() const;

    std::shared_ptr<const AnalysisResult> m_result;
    Known m_known;
    WordIndex m_newNames; // the words of names that came since
    // Documents of edited files come after all others; where those of each begin.
    std::map<std::uint32_t, std::uint32_t> m_firstEdited;
    std::vector<bool> m_gone; // documents that are not those of their file any longer
    std::size_t m_documents = 0, m_live = 0;
    mutable std::mutex m_idleMutex;
    mutable std::unique_ptr<Scores> m_idle; // kept for the next question
};

} // namespace exo::analysis
