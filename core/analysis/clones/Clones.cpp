#include "core/analysis/clones/Clones.h"

#include "core/analysis/clones/CloneFinder.h"

#include <algorithm>
#include <cstddef>
#include <future>
#include <limits>
#include <string>
#include <utility>

namespace exo::analysis {

namespace {

using Ranges = std::vector<std::pair<ClonePlace, std::uint32_t>>;

// Lines touched by ranges, each once, by source. Several sources of ranges may be mixed in any order.
std::vector<std::int32_t> countLines(std::span<const CloneSource> sources, Ranges ranges,
                                     PassedPlaces& passed) {
    std::sort(ranges.begin(), ranges.end());
    std::vector<std::int32_t> counts(sources.size());
    std::int32_t counted = 0; // the last line that is counted already
    std::uint32_t source = std::numeric_limits<std::uint32_t>::max();
    for (const auto& [place, tokens] : ranges) {
        passed.add(1);
        if (place.source != source) counted = 0;
        source = place.source;
        const auto lines = sources[source].lines;
        const std::int32_t first = std::max(lines[place.begin], counted + 1);
        const std::int32_t last = lines[place.begin + tokens - 1];
        if (last < first) continue;
        counts[source] += last - first + 1;
        counted = last;
    }
    return counts;
}

// The tokens that exact clones cover, as disjoint stretches by source.
class Covered {
  public:
    Covered(std::size_t sources, Ranges ranges)
        : m_stretches(sources) {
        std::sort(ranges.begin(), ranges.end());
        for (const auto& [place, tokens] : ranges) {
            auto& stretches = m_stretches[place.source];
            if (!stretches.empty() && stretches.back().second >= place.begin)
                stretches.back().second = std::max(stretches.back().second, place.begin + tokens);
            else
                stretches.emplace_back(place.begin, place.begin + tokens);
        }
    }
    // Whether a renamed clone says next to nothing that exact ones did not.
    bool holdsMostOf(const CloneClass& found) const {
        std::uint64_t inside = 0;
        for (const ClonePlace& place : found.places)
            inside += tokensIn(place, found.tokens);
        return inside * 5 >= std::uint64_t{found.tokens} * found.places.size() * 4;
    }

  private:
    std::uint64_t tokensIn(const ClonePlace& place, std::uint32_t tokens) const {
        const auto& stretches = m_stretches[place.source];
        const std::uint32_t end = place.begin + tokens;
        auto at = std::partition_point(stretches.begin(), stretches.end(),
                                       [&](const auto& stretch) { return stretch.second <= place.begin; });
        std::uint64_t inside = 0;
        for (; at != stretches.end() && at->first < end; ++at)
            inside += std::min(end, at->second) - std::max(place.begin, at->first);
        return inside;
    }

    std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> m_stretches;
};

api::AnalysisDuplicate toDuplicate(std::span<const CloneSource> sources, const CloneClass& found,
                                   bool renamed) {
    api::AnalysisDuplicate duplicate;
    duplicate.tokens = static_cast<int>(found.tokens);
    duplicate.renamed = renamed;
    for (const ClonePlace& place : found.places) {
        const CloneSource& source = sources[place.source];
        api::AnalysisPlace shown{std::string(source.path), source.lines[place.begin],
                                 source.lines[place.begin + found.tokens - 1]};
        duplicate.lines = std::max(duplicate.lines, shown.endLine - shown.startLine + 1);
        duplicate.places.push_back(std::move(shown));
    }
    return duplicate;
}

// By what could be saved, then by place, so that the order never depends on hashes.
bool before(const api::AnalysisDuplicate& a, const api::AnalysisDuplicate& b) {
    const auto saved = [](const api::AnalysisDuplicate& d) {
        return std::int64_t{d.tokens} * (static_cast<std::int64_t>(d.places.size()) - 1);
    };
    if (saved(a) != saved(b)) return saved(a) > saved(b);
    if (a.renamed != b.renamed) return !a.renamed;
    const auto key = [](const api::AnalysisPlace& p) { return std::tie(p.path, p.startLine, p.endLine); };
    return std::lexicographical_compare(
        a.places.begin(), a.places.end(), b.places.begin(), b.places.end(),
        [&](const api::AnalysisPlace& x, const api::AnalysisPlace& y) { return key(x) < key(y); });
}

std::int64_t sum(const std::vector<std::int32_t>& counts) {
    std::int64_t total = 0;
    for (const std::int32_t count : counts)
        total += count;
    return total;
}

bool runBoth(CloneFinder& exact, CloneFinder& renamed, const CloneOptions& options) {
    if (!options.renamed || !options.together) return exact.run() && (!options.renamed || renamed.run());
    auto beside = std::async(std::launch::async, [&renamed] { return renamed.run(); });
    const bool done = exact.run();
    return beside.get() && done;
}

void addClasses(CloneReport& report, std::span<const CloneSource> sources, CloneFinder& finder, bool renamed,
                PassedPlaces& passed) {
    for (const CloneClass& found : finder.classes()) {
        passed.add(found.places.size());
        report.classes.push_back(toDuplicate(sources, found, renamed));
    }
    report.truncated |= finder.truncated();
}

} // namespace

Result<CloneReport> findDuplicates(std::span<const CloneSource> sources, const CloneOptions& options) {
    std::uint64_t tokens = 0;
    for (const CloneSource& source : sources)
        tokens += source.kinds.size() + 1;
    if (tokens > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()))
        return fail(ErrorCode::RequestTooLarge, "more than 2^31 tokens");
    CloneFinder exact(sources, options, true), renamed(sources, options, false);
    if (!runBoth(exact, renamed, options)) return fail(ErrorCode::Cancelled);
    PassedPlaces passed(options.passed);
    CloneReport report;
    Ranges& ranges = exact.ranges();
    addClasses(report, sources, exact, false, passed);
    report.linesOfSource = countLines(sources, ranges, passed);
    report.duplicatedLines = report.renamedLines = sum(report.linesOfSource);
    if (options.renamed) {
        const Covered covered(sources.size(), ranges);
        std::erase_if(renamed.classes(), [&](const CloneClass& found) { return covered.holdsMostOf(found); });
        addClasses(report, sources, renamed, true, passed);
        for (const CloneClass& found : renamed.classes())
            for (const ClonePlace& place : found.places)
                ranges.emplace_back(place, found.tokens);
        report.renamedLines = sum(countLines(sources, std::move(ranges), passed));
    }
    std::sort(report.classes.begin(), report.classes.end(), before);
    return report;
}

} // namespace exo::analysis
