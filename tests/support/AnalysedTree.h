#pragma once
// A folder of files analysed in this process: what the tests of retrieval and of the tools ask.

#include "core/analysis/engine/Merger.h"
#include "core/analysis/parse/FileAnalyser.h"
#include "core/analysis/retrieve/KnownProject.h"
#include "tests/support/FileTree.h"
#include "tests/support/TempHome.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace exo::test {

// Paths of regular files below `root`, relative; links are left out.
inline std::vector<std::string> filesBelow(const std::filesystem::path& root) {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
        if (entry.is_regular_file() && !entry.is_symlink())
            paths.push_back(entry.path().lexically_relative(root).generic_string());
    std::sort(paths.begin(), paths.end());
    return paths;
}

using MoreReport = std::function<void(api::AnalysisReport&)>; // what other parts of a run would have found

inline std::shared_ptr<const analysis::AnalysisResult> analysedFolder(const std::filesystem::path& root,
                                                                      const MoreReport& more = {}) {
    analysis::FileAnalyser analyser;
    const std::vector<std::string> paths = filesBelow(root);
    analysis::Merger merger(root.string(), paths, {});
    for (const std::string& path : paths) {
        auto record = analyser.analyse(path, readText(root / path), {});
        if (!record.ok()) throw std::runtime_error(path);
        record->path = path;
        merger.add(std::move(*record));
    }
    if (more) more(merger.report());
    return merger.finish(nullptr).value();
}

inline std::unique_ptr<analysis::KnownProject> knownFolder(const std::filesystem::path& root,
                                                           const MoreReport& more = {}) {
    return std::make_unique<analysis::KnownProject>(analysedFolder(root, more),
                                                    analysis::SafeRoot::open(root).value());
}

using Files = std::map<std::string, std::string>; // path → text

struct AnalysedTree {
    TempHome home;
    std::filesystem::path root;
    std::shared_ptr<analysis::KnownProject> project;

    explicit AnalysedTree(const Files& files)
        : root(std::filesystem::canonical(home.path()) / "tree") {
        std::filesystem::create_directories(root);
        for (const auto& [path, text] : files)
            writeText(root / path, text);
        again();
    }
    void again(const MoreReport& more = {}) { project = knownFolder(root, more); }
    // Of a file that is there.
    void edit(const std::string& path, const std::string& text) {
        writeText(root / path, text);
        std::vector<analysis::FileRecord> records;
        records.push_back(analysis::FileAnalyser().analyse(path, text, {}).value());
        records.back().path = path;
        project = analysis::KnownProject::edited(std::move(project), std::move(records));
    }
};

} // namespace exo::test
