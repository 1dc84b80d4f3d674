#pragma once
// One walk from HEAD to the first commit, newest first, that counts changes by file. Lives for one
// readHistory.

#include "core/analysis/history/Repository.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace exo::analysis {

class HistoryReader {
  public:
    HistoryReader(OpenedRepository& opened, const HistoryOptions& options);
    // False when cancelled.
    bool run();
    HistoryReport report();

  private:
    using FileId = std::uint32_t;
    struct Change {
        std::string path;
        git_oid before{}, after{}; // all zero: not there
    };
    struct Counts {
        std::int64_t last = 0, first = 0;
        std::unordered_map<std::uint32_t, std::int64_t> byAuthor;
        std::vector<FileChange> recent;
    };
    enum class Step : std::uint8_t { Go, Cancelled, Stop };

    bool listHead(const git_tree* tree, const std::string& prefix, int depth);
    Step pause();
    bool damaged();
    bool visit(const git_commit* commit);
    bool compare(const git_oid* before, const git_oid* after, const std::string& prefix, int depth);
    bool compareEntries(const git_tree* before, const git_tree* after, const std::string& prefix, int depth);
    bool entryChanged(const git_tree_entry* before, const git_tree_entry* after, const std::string& prefix,
                      int depth);
    void followRenames();
    void count(const git_commit* commit);
    void couple(std::vector<FileId> files);
    void dropRarePairs();
    std::uint32_t authorOf(const git_commit* commit);
    std::vector<api::AnalysisCoupling> coupling() const;
    FileHistory fileHistory(FileId id) const;

    OpenedRepository& m_opened;
    const HistoryOptions& m_options;
    std::chrono::steady_clock::time_point m_end;
    std::uint64_t m_work = 0;
    std::unordered_set<git_oid, OidHash, OidEqual> m_shallow;
    std::vector<std::string> m_paths;                     // by FileId
    std::unordered_map<std::string, FileId> m_nameToFile; // names files had at the commits still to come
    std::vector<Counts> m_counts;
    std::vector<std::string> m_authors;
    std::unordered_map<std::string, std::uint32_t> m_authorIds; // by address
    std::unordered_map<std::uint64_t, std::uint32_t> m_pairs;
    std::size_t m_recent = 0;      // changes remembered, of all files
    std::vector<Change> m_changes; // of the commit at hand
    bool m_tooMany = false;        // changes of the commit at hand
    HistoryReport m_report;
};

} // namespace exo::analysis
