#pragma once
// What the git history of a folder says about its files. Reads commit and tree objects through libgit2 and
// nothing else: no filter, hook or command of the repository is run, no file of it is executed or written,
// and the configuration of the machine and the user is not read. Blocks: for worker threads, one call at a
// time a thread.

#include "core/api/Analysis.h"
#include "core/base/Result.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct HistoryOptions {
    std::chrono::milliseconds limit{20'000}; // then the answer is what was read, marked truncated
    std::size_t maxCommits = 500'000;
    std::size_t maxFilesForCoupling = 50; // of a commit; larger ones say nothing about two files
    std::int64_t minShared = 2;           // commits of a coupled pair
    std::size_t maxPairs = 2'000'000;     // kept while counting; the rarest are dropped beyond
    std::size_t maxCoupling = 10'000;     // told
    std::size_t maxRecent = 100;          // changes of a file that are remembered by their contents
    const std::atomic<bool>* cancelled = nullptr;
};

enum class HistoryState : std::uint8_t {
    Ok,
    NoRepository,
    Empty,   // a repository without a commit
    Foreign, // .git points to a repository that does not know this folder
    Damaged, // objects are missing or unreadable; what was read before is there
    Unsupported
};
std::string_view nameOf(HistoryState state);

using BlobId = std::array<unsigned char, 20>; // all zero: the file was not there

// The contents of a file before and after a commit.
struct FileChange {
    BlobId before{}, after{};
};

struct FileHistory {
    std::string path; // as it is called now, relative to the folder analysed
    std::int64_t revisions = 0;
    std::int64_t lastChange = 0, firstChange = 0; // seconds since 1970
    int authors = 0;
    std::string owner;              // who made most of the changes
    double ownership = 0;           // share of that author, 0–1
    int busFactor = 0;              // fewest authors who together made more than half of the changes
    std::vector<FileChange> recent; // newest first, maxRecent at the most
};

struct HistoryReport {
    HistoryState state = HistoryState::NoRepository;
    std::string detail; // for logs, of Damaged and Unsupported
    std::int64_t commits = 0;
    int authors = 0;
    int busFactor = 0; // fewest authors who own more than half of the files
    bool shallow = false;
    bool truncated = false;                      // limit or maxCommits
    std::vector<FileHistory> files;              // of HEAD, by path
    std::vector<api::AnalysisCoupling> coupling; // strongest first
};

// `root` may lie inside the repository; paths outside it are left out. A merge counts for nothing, its
// commits count themselves. A file that was moved keeps its history where the blob stayed equal, or where one
// file of that name went and one came in the same commit. Errors: Cancelled.
Result<HistoryReport> readHistory(const std::filesystem::path& root, const HistoryOptions& options = {});

// Tells whether the history is still the one that was read: the newest commit, or why there is none. Cheap.
std::string historyMark(const std::filesystem::path& root);

// score = revisions / most revisions × complexity / most complexity; highest first, those of score 0 left
// out.
std::vector<api::AnalysisHotspot> hotspotsOf(const HistoryReport& history,
                                             const std::map<std::string, std::int64_t>& complexityByPath);

} // namespace exo::analysis
