#pragma once
// The trigram index over the texts of a project: which files may hold what a search looks for. Segments of it
// are kept in the cache and mapped; a file is known by its hash, so an edit costs the edited file alone.
// Files it does not know (not read yet, or changed since the analysis) may hold anything. Immutable once
// made, but for the hashes of files it remembers: any thread.

#include "core/analysis/SafeRoot.h"
#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/retrieve/KnownHashes.h"
#include "core/analysis/retrieve/TextSegment.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace exo::analysis {

class TextIndex {
  public:
    struct Options {
        std::filesystem::path folder; // where segments are kept; empty: in memory
        std::chrono::milliseconds maxTime{1000};
        const std::atomic<bool>* cancelled = nullptr;
    };
    // Uses what `before` and the folder know, and reads the other files. Stops at the end of its time or when
    // cancelled, then knows fewer. A disk that is full is no error.
    static std::shared_ptr<const TextIndex> make(const AnalysisResult& result, const SafeRoot& root,
                                                 const TextIndex* before, const Options& options);

    bool complete() const { return m_complete; }
    std::size_t bytes() const; // of all segments
    std::size_t segments() const { return m_segments.size(); }
    KnownHashes& hashes() const {
        return *m_hashes;
    } // of the files of the project; goes on to the next index

    // What is looked for, each as pieces of folded text (two bytes and more) that all have to be there, and
    // whether a text that holds those (by number) can match.
    struct Wanted {
        std::vector<std::vector<std::string>> atoms;
        std::function<bool(const std::vector<int>&)> passes;
    };
    // A flag for each file of the result it was made for.
    std::vector<bool> candidates(const Wanted& wanted) const;

  private:
    friend class TextIndexMaker;
    struct Place {
        std::int32_t segment = -1; // not known
        std::uint32_t text = 0;
    };
    std::vector<std::shared_ptr<const TextSegment>> m_segments;
    std::vector<Place> m_places; // of each file
    bool m_complete = false;
    std::shared_ptr<KnownHashes> m_hashes = std::make_shared<KnownHashes>();
};

} // namespace exo::analysis
