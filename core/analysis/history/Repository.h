#pragma once
// Finds and opens the repository a folder belongs to, without trusting it.

#include "core/analysis/history/GitObjects.h"
#include "core/analysis/history/History.h"

#include <filesystem>
#include <string>
#include <vector>

namespace exo::analysis {

struct OpenedRepository {
    HistoryState state = HistoryState::NoRepository;
    std::string detail;
    GitRepository handle;
    GitCommit head;
    std::string prefix;           // of the folder inside the repository, "" or "a/b/"
    std::vector<git_oid> shallow; // commits whose parents are not there
};

OpenedRepository openRepository(const std::filesystem::path& root);

} // namespace exo::analysis
