#pragma once
// Whole analyses in tests: their worker processes are engine_worker, which lies beside the tests' programs
// and can be told to misbehave; "product" makes it the product's.

#include "core/analysis/engine/AnalysisRun.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace exo::test {

inline analysis::WorkerCommand engineWorker(std::vector<std::string> arguments = {}) {
    const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    return {(folder / "engine_worker").string(), std::move(arguments)};
}

inline analysis::RunOptions engineOptions(const std::filesystem::path& path) {
    analysis::RunOptions options;
    options.path = path.string();
    options.worker = engineWorker();
    options.history = false;
    return options;
}

inline analysis::RunReport runOf(const analysis::RunOptions& options) {
    auto report = analysis::runAnalysis(options, {});
    REQUIRE(report.ok());
    return std::move(*report);
}

} // namespace exo::test
