#pragma once
// One analysis from the first folder to the result: scan, what is known from the index, workers for the rest,
// merge, duplicates, history. Blocks, on a thread of its own; drives worker processes.

#include "core/analysis/ProjectScanner.h"
#include "core/analysis/engine/AnalysisResult.h"
#include "core/analysis/engine/FolderWatch.h"
#include "core/analysis/engine/WorkerProcess.h"
#include "core/base/Result.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace exo::analysis {

struct RunOptions {
    std::string path; // a folder, or one file
    WorkerCommand worker;
    int jobs = 2;
    std::uint64_t maxFileSize = 2u << 20;
    std::filesystem::path cacheFolder; // empty: nothing is kept
    std::chrono::milliseconds stallLimit{10'000};
    bool clocCounting = false;
    bool history = true;
};

struct RunControl {
    const std::atomic<bool>* cancelled = nullptr;
    std::function<void(const api::AnalysisProgress&)> progress; // on the thread of the run
    FolderWatch* watch = nullptr;                               // told of each folder that is read
    // Not null: duplicates and what history says are those of this one, of the files that are still there,
    // and are not looked for; the new result then has older wholes.
    const AnalysisResult* wholesFrom = nullptr;
};

// What the folder held, for who reads only what is edited later.
struct RunListing {
    std::vector<ScannedFile> files;         // by path
    std::vector<api::AnalysisSkip> skipped; // by the listing of folders alone; by path
    std::string rules;                      // hash of the project's own
};

struct RunReport {
    std::shared_ptr<const AnalysisResult> result;
    RunListing listing;
    std::int64_t analysed = 0; // files a worker parsed; the others came from the index
};

// NotFound, IoError, Cancelled, WorkerCrashed.
Result<RunReport> runAnalysis(const RunOptions& options, const RunControl& control);

} // namespace exo::analysis
