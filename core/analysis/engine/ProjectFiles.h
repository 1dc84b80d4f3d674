#pragma once
// Which files of a folder, or which one file, an analysis reads, and what it leaves out with the reason.
// Blocks.

#include "core/analysis/ProjectScanner.h"
#include "core/analysis/SafeRoot.h"
#include "core/analysis/engine/FolderWatch.h"
#include "core/api/Analysis.h"
#include "core/base/Result.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct FindOptions {
    std::uint64_t maxFileSize = 2u << 20;
    const std::atomic<bool>* cancelled = nullptr;
    FolderWatch* watch = nullptr; // told of each folder before it is read
    std::function<void(std::size_t files)> progress;
};

struct ProjectFiles {
    std::optional<SafeRoot> root; // of one file: its folder
    std::string onlyFile;         // the name of that one file, else empty
    std::vector<ScannedFile> files;

    // The first 100,000 are told.
    void skip(const std::string& path, std::string_view reason);
    std::vector<api::AnalysisSkip> takeSkipped(); // sorted
    const std::vector<api::AnalysisSkip>& skipped() const { return m_skipped; }

  private:
    std::vector<api::AnalysisSkip> m_skipped;
};

std::vector<api::AnalysisSkip> sorted(std::vector<api::AnalysisSkip> skipped); // by path

// NotFound, InvalidRequest (neither folder nor file), IoError, Cancelled.
Result<ProjectFiles> findProjectFiles(const std::string& path, const FindOptions& options);

} // namespace exo::analysis
