#pragma once
// Reads the few files of an analysed folder that were edited since, with a worker of its own that stays while
// it has work now and then. Says when that is not enough: files came or went, or what decides about others
// changed; then everything has to be analysed. Blocks; one thread.

#include "core/analysis/engine/AnalysisRun.h"
#include "core/analysis/engine/WorkerPool.h"
#include "core/analysis/parse/FileRecord.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace exo::analysis {

class EditReader {
  public:
    static constexpr std::size_t k_maxFiles = 32; // at once; more are better read by several workers

    // After an analysis of everything; starts the worker.
    void begin(const RunOptions& options, RunListing listing);
    // Before one: nothing is known until it has ended well.
    void forget() { m_known = false; }

    // The records of the files whose contents are others than in `result`; nullopt: everything has to be
    // analysed, or it was cancelled.
    std::optional<std::vector<FileRecord>> read(const AnalysisResult& result,
                                                const FolderWatch::Changes& changes,
                                                const RunOptions& options, const RunControl& control);

  private:
    ScannedFile* find(const std::string& path);
    std::optional<std::set<std::string>> editedFiles(const FolderWatch::Changes& changes,
                                                     const RunControl& control);
    bool listAgain(std::set<std::string>& edited, const RunControl& control);
    std::optional<std::vector<FileRecord>>
    work(const AnalysisResult& result, const std::set<std::string>& edited, const RunControl& control);
    WorkerSetUp setUp() const;

    bool m_known = false;
    RunOptions m_options;
    RunListing m_listing;
    std::string m_root;                               // canonical
    std::pair<std::uint64_t, std::uint64_t> m_folder; // device and inode: another may get the name
    HeldWorker m_worker;
};

} // namespace exo::analysis
