#include "core/analysis/history/History.h"
#include "core/analysis/history/HistoryReader.h"

#include "core/base/Text.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

namespace exo::analysis {

namespace {

// Fewest shares that together make more than half.
int fewestForHalf(std::vector<std::int64_t> shares) {
    std::sort(shares.rbegin(), shares.rend());
    const std::int64_t total = std::accumulate(shares.begin(), shares.end(), std::int64_t{0});
    std::int64_t sum = 0;
    int count = 0;
    for (const std::int64_t share : shares) {
        if (sum * 2 > total) break;
        sum += share;
        ++count;
    }
    return count;
}

} // namespace

std::string_view nameOf(HistoryState state) {
    switch (state) {
    case HistoryState::Ok: return "ok";
    case HistoryState::NoRepository: return "no-repository";
    case HistoryState::Empty: return "empty";
    case HistoryState::Foreign: return "foreign";
    case HistoryState::Damaged: return "damaged";
    case HistoryState::Unsupported: return "unsupported";
    }
    return "";
}

FileHistory HistoryReader::fileHistory(FileId id) const {
    const Counts& counts = m_counts[id];
    FileHistory file;
    file.path = m_paths[id];
    file.firstChange = counts.first;
    file.lastChange = counts.last;
    file.authors = static_cast<int>(counts.byAuthor.size());
    std::vector<std::int64_t> shares;
    std::pair<std::int64_t, std::string_view> most{0, {}};
    for (const auto& [author, changes] : counts.byAuthor) {
        file.revisions += changes;
        shares.push_back(changes);
        const std::string_view name = m_authors[author];
        if (changes > most.first || (changes == most.first && name < most.second)) most = {changes, name};
    }
    file.owner = most.second;
    if (file.revisions > 0)
        file.ownership = static_cast<double>(most.first) / static_cast<double>(file.revisions);
    file.busFactor = fewestForHalf(std::move(shares));
    file.recent = counts.recent;
    return file;
}

HistoryReport HistoryReader::report() {
    m_report.authors = static_cast<int>(m_authors.size());
    std::unordered_map<std::string, std::int64_t> filesByOwner;
    for (FileId id = 0; id < m_counts.size(); ++id) {
        if (m_counts[id].byAuthor.empty()) continue;
        m_report.files.push_back(fileHistory(id));
        ++filesByOwner[m_report.files.back().owner];
        if (!isValidUtf8(m_report.files.back().path)) m_report.files.pop_back(); // cannot be cited
    }
    std::sort(m_report.files.begin(), m_report.files.end(),
              [](const FileHistory& a, const FileHistory& b) { return a.path < b.path; });
    std::vector<std::int64_t> shares;
    for (const auto& owner : filesByOwner)
        shares.push_back(owner.second);
    m_report.busFactor = fewestForHalf(std::move(shares));
    m_report.coupling = coupling();
    return std::move(m_report);
}

std::vector<api::AnalysisCoupling> HistoryReader::coupling() const {
    std::vector<std::int64_t> revisions(m_counts.size());
    for (std::size_t id = 0; id < m_counts.size(); ++id)
        for (const auto& author : m_counts[id].byAuthor)
            revisions[id] += author.second;
    std::vector<std::tuple<double, std::uint32_t, FileId, FileId>> strongest;
    for (const auto& [pair, shared] : m_pairs) {
        if (shared < m_options.minShared) continue;
        const auto a = static_cast<FileId>(pair >> 32), b = static_cast<FileId>(pair);
        const double average = static_cast<double>(revisions[a] + revisions[b]) / 2;
        strongest.emplace_back(-static_cast<double>(shared) / average, shared, a, b);
    }
    // More shared commits say more than an equal share of few.
    const auto before = [](const auto& x, const auto& y) {
        const auto weight = [](const auto& t) {
            return std::get<0>(t) * static_cast<double>(std::get<1>(t));
        };
        if (weight(x) != weight(y)) return weight(x) < weight(y);
        return std::tie(std::get<2>(x), std::get<3>(x)) < std::tie(std::get<2>(y), std::get<3>(y));
    };
    const std::size_t told = std::min(strongest.size(), m_options.maxCoupling);
    std::partial_sort(strongest.begin(), strongest.begin() + static_cast<std::ptrdiff_t>(told),
                      strongest.end(), before);
    std::vector<api::AnalysisCoupling> out;
    for (std::size_t i = 0; i < told; ++i) {
        const auto& [degree, shared, a, b] = strongest[i];
        if (!isValidUtf8(m_paths[a]) || !isValidUtf8(m_paths[b])) continue;
        out.push_back({m_paths[a], m_paths[b], static_cast<std::int64_t>(shared), -degree});
    }
    return out;
}

Result<HistoryReport> readHistory(const std::filesystem::path& root, const HistoryOptions& options) {
    if (options.cancelled && *options.cancelled) return fail(ErrorCode::Cancelled);
    OpenedRepository opened = openRepository(root);
    if (opened.state != HistoryState::Ok) {
        HistoryReport report;
        report.state = opened.state;
        report.detail = opened.detail;
        return report;
    }
    HistoryReader reader(opened, options);
    if (!reader.run()) return fail(ErrorCode::Cancelled);
    return reader.report();
}

std::vector<api::AnalysisHotspot> hotspotsOf(const HistoryReport& history,
                                             const std::map<std::string, std::int64_t>& complexityByPath) {
    std::vector<api::AnalysisHotspot> spots;
    std::int64_t mostRevisions = 1, mostComplexity = 1;
    for (const FileHistory& file : history.files) {
        const auto complexity = complexityByPath.find(file.path);
        if (complexity == complexityByPath.end() || complexity->second <= 0 || file.revisions <= 0) continue;
        mostRevisions = std::max(mostRevisions, file.revisions);
        mostComplexity = std::max(mostComplexity, complexity->second);
        api::AnalysisHotspot spot;
        spot.path = file.path;
        spot.revisions = file.revisions;
        spot.complexity = complexity->second;
        spot.owner = file.owner;
        spot.ownership = file.ownership;
        spot.authors = file.authors;
        spots.push_back(std::move(spot));
    }
    for (api::AnalysisHotspot& spot : spots)
        spot.score = static_cast<double>(spot.revisions) / static_cast<double>(mostRevisions) *
                     static_cast<double>(spot.complexity) / static_cast<double>(mostComplexity);
    std::sort(spots.begin(), spots.end(), [](const api::AnalysisHotspot& a, const api::AnalysisHotspot& b) {
        return a.score != b.score ? a.score > b.score : a.path < b.path;
    });
    return spots;
}

} // namespace exo::analysis
