#include "core/analysis/engine/HotFunctions.h"

#include "core/analysis/history/LineHistory.h"

#include <algorithm>
#include <utility>

namespace exo::analysis {

namespace {

constexpr std::size_t k_files = 20;
constexpr std::size_t k_functions = 20; // of a file
constexpr std::size_t k_maxBytes = 1u << 20;

template <class T>
const T* findPath(const std::vector<T>& byPath, const std::string& path) {
    const auto found = std::lower_bound(byPath.begin(), byPath.end(), path,
                                        [](const T& item, const std::string& p) { return item.path < p; });
    return found == byPath.end() || found->path != path ? nullptr : &*found;
}

std::vector<api::AnalysisHotFunction> changed(const api::AnalysisFile& file,
                                              const std::vector<std::int64_t>& revisions) {
    std::vector<api::AnalysisHotFunction> out;
    for (std::size_t i = 0; i < file.functions.size(); ++i) {
        const api::AnalysisFunction& function = file.functions[i];
        if (revisions[i] == 0 || function.name.starts_with('(')) continue; // one without a name
        out.push_back(
            {function.qualifiedName, function.startLine, function.endLine, revisions[i], function.ccn, 0});
    }
    return out;
}

void score(std::vector<api::AnalysisHotspot>& spots, std::size_t count) {
    std::int64_t mostRevisions = 1, mostComplexity = 1;
    for (std::size_t i = 0; i < count; ++i)
        for (const api::AnalysisHotFunction& function : spots[i].functions) {
            mostRevisions = std::max(mostRevisions, function.revisions);
            mostComplexity = std::max(mostComplexity, function.complexity);
        }
    for (std::size_t i = 0; i < count; ++i) {
        auto& functions = spots[i].functions;
        for (api::AnalysisHotFunction& function : functions)
            function.score = static_cast<double>(function.revisions) / static_cast<double>(mostRevisions) *
                             static_cast<double>(function.complexity) / static_cast<double>(mostComplexity);
        std::stable_sort(functions.begin(), functions.end(),
                         [](const auto& a, const auto& b) { return a.score > b.score; });
        if (functions.size() > k_functions) functions.resize(k_functions);
    }
}

} // namespace

bool addHotFunctions(api::AnalysisReport& report, const HistoryReport& history, const SafeRoot& root,
                     const std::atomic<bool>* cancelled) {
    const std::size_t count = std::min(report.hotspots.size(), k_files);
    if (count == 0) return true;
    LineHistory lines(root.path());
    for (std::size_t i = 0; i < count; ++i) {
        if (cancelled && cancelled->load()) return false;
        api::AnalysisHotspot& spot = report.hotspots[i];
        const api::AnalysisFile* file = findPath(report.files, spot.path);
        const FileHistory* past = findPath(history.files, spot.path);
        if (!file || !past || file->functions.empty()) continue;
        const auto text = root.read(spot.path, k_maxBytes);
        if (!text.ok()) continue;
        std::vector<LineSpan> spans;
        spans.reserve(file->functions.size());
        for (const api::AnalysisFunction& function : file->functions)
            spans.push_back({function.startLine, function.endLine, function.name});
        spot.functions = changed(*file, lines.changes(*past, text->bytes, std::move(spans)));
    }
    score(report.hotspots, count);
    return true;
}

} // namespace exo::analysis
