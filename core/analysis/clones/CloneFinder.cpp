#include "core/analysis/clones/CloneFinder.h"

#include "core/analysis/clones/SuffixArray.h"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <unordered_set>

namespace exo::analysis {

namespace {

// A place inside this many reported clones says nothing new.
constexpr std::uint8_t k_deep = 3;
// Of a repeat with more places, this many are looked at to decide whether it says anything new.
constexpr std::int32_t k_sample = 64;
// Renamed clones of tables and lists of imports are noise: code has this many kinds of tokens.
constexpr std::size_t k_kindsOfCode = 12;

std::size_t at(std::int32_t value) {
    return static_cast<std::size_t>(value);
}

} // namespace

CloneFinder::CloneFinder(std::span<const CloneSource> sources, const CloneOptions& options, bool exact)
    : m_sources(sources)
    , m_options(options)
    , m_exact(exact)
    , m_passed(options.passed) {}

std::span<const std::uint32_t> CloneFinder::column(std::uint32_t source) const {
    return m_exact ? m_sources[source].texts : m_sources[source].kinds;
}

bool CloneFinder::run() {
    std::vector<std::span<const std::uint32_t>> columns;
    for (std::uint32_t i = 0; i < m_sources.size(); ++i)
        columns.push_back(column(i));
    m_runs = repeatedRuns(columns,
                          {m_options.minTokens, m_options.window, m_options.cancelled, &m_options.passed});
    joinRuns();
    m_passed.tell();
    if (cancelled()) return false;
    m_order = suffixArray(m_text, m_maxValue);
    if (cancelled()) return false;
    m_common = commonPrefixes(m_text, m_order, m_maxValue);
    std::vector<Interval> repeats = maximalRepeats();
    m_size = m_text.size();
    // Each array goes when it has served: nothing in an analysis is larger.
    std::vector<std::int32_t>().swap(m_text);
    collectRanges();
    std::vector<std::int32_t>().swap(m_common);
    m_passed.tell();
    if (cancelled()) return false;
    std::sort(repeats.begin(), repeats.end(), [](const Interval& a, const Interval& b) {
        if (a.tokens != b.tokens) return a.tokens > b.tokens;
        return a.first < b.first;
    });
    m_depth.assign(m_size, 0);
    m_budget = 64 * (std::uint64_t{m_size} + 1);
    for (const Interval& repeat : repeats) {
        if (cancelled()) return false;
        if (m_classes.size() >= m_options.maxClasses || m_places >= m_options.maxPlaces || m_budget == 0) {
            m_truncated = true;
            break;
        }
        if (!covered(repeat)) emit(repeat);
    }
    std::vector<std::int32_t>().swap(m_order);
    std::vector<std::uint8_t>().swap(m_depth);
    return true;
}

// The runs one after another, their tokens numbered densely; separators occur once each, so that no repeat
// goes across.
void CloneFinder::joinRuns() {
    std::size_t size = 0;
    for (const TokenRun& run : m_runs)
        size += run.end - run.begin + 1;
    m_text.reserve(size);
    std::unordered_map<std::uint32_t, std::int32_t> ranks;
    auto next = static_cast<std::int32_t>(m_runs.size());
    for (std::size_t r = 0; r < m_runs.size(); ++r) {
        const TokenRun& run = m_runs[r];
        m_runStart.push_back(static_cast<std::uint32_t>(m_text.size()));
        for (const std::uint32_t token : column(run.source).subspan(run.begin, run.end - run.begin)) {
            const auto [entry, fresh] = ranks.try_emplace(token, next);
            if (fresh) ++next;
            m_text.push_back(entry->second);
        }
        m_text.push_back(static_cast<std::int32_t>(r));
        m_passed.add(1);
    }
    m_maxValue = std::max(next - 1, 0);
}

ClonePlace CloneFinder::placeOf(std::int32_t position) const {
    const auto after =
        std::upper_bound(m_runStart.begin(), m_runStart.end(), static_cast<std::uint32_t>(position));
    const auto run = static_cast<std::size_t>(after - m_runStart.begin()) - 1;
    return {m_runs[run].source, m_runs[run].begin + static_cast<std::uint32_t>(position) - m_runStart[run]};
}

int CloneFinder::linesOf(const ClonePlace& place, std::uint32_t tokens) const {
    const auto lines = m_sources[place.source].lines;
    return lines[place.begin + tokens - 1] - lines[place.begin] + 1;
}

// The longest repeat that starts at each position; those inside the one before are left out.
void CloneFinder::collectRanges() {
    std::vector<std::int32_t> longest(m_size);
    for (std::size_t i = 0; i < m_common.size(); ++i) {
        longest[at(m_order[i])] = std::max(longest[at(m_order[i])], m_common[i]);
        longest[at(m_order[i + 1])] = std::max(longest[at(m_order[i + 1])], m_common[i]);
    }
    const auto least = static_cast<std::int32_t>(m_options.minTokens);
    for (std::size_t i = 0; i < longest.size(); ++i) {
        if (longest[i] < least || (i > 0 && longest[i - 1] > longest[i])) continue;
        const ClonePlace place = placeOf(static_cast<std::int32_t>(i));
        const auto tokens = static_cast<std::uint32_t>(longest[i]);
        m_passed.add(1);
        if (linesOf(place, tokens) >= m_options.minLines) m_ranges.emplace_back(place, tokens);
    }
}

// Intervals of the suffix array whose members share a prefix that no interval around shares and that cannot
// be made longer to the left.
std::vector<CloneFinder::Interval> CloneFinder::maximalRepeats() const {
    std::vector<Interval> found, open;
    const auto least = static_cast<std::int32_t>(m_options.minTokens);
    const auto count = static_cast<std::int32_t>(m_common.size());
    std::int32_t leftRun = 0; // suffixes in a row before this one that stand behind the same token
    const auto left = [this](std::int32_t i) {
        return m_order[at(i)] == 0 ? -1 : m_text[at(m_order[at(i)] - 1)];
    };
    for (std::int32_t i = 0; i <= count; ++i) {
        leftRun = i > 0 && left(i) == left(i - 1) ? leftRun + 1 : 0;
        const std::int32_t common = i < count ? m_common[at(i)] : 0;
        std::int32_t first = i;
        while (!open.empty() && open.back().tokens > common) {
            Interval done = open.back();
            open.pop_back();
            done.last = i;
            first = done.first;
            if (leftRun < done.last - done.first) found.push_back(done);
        }
        if (common >= least && (open.empty() || open.back().tokens < common))
            open.push_back({first, 0, common});
    }
    return found;
}

bool CloneFinder::covered(const Interval& interval) const {
    const std::int32_t count = interval.last - interval.first + 1;
    const std::int32_t looked = std::min(count, k_sample);
    for (std::int32_t i = 0; i < looked; ++i) {
        const std::int64_t step = looked == 1 ? 0 : std::int64_t{count - 1} * i / (looked - 1);
        const std::size_t begin = at(m_order[at(interval.first + static_cast<std::int32_t>(step))]);
        if (std::min(m_depth[begin], m_depth[begin + at(interval.tokens) - 1]) < k_deep) return false;
    }
    return true;
}

// Code that repeats itself back to back (a table): the largest number of whole periods that fits twice.
void CloneFinder::splitSelfOverlap(CloneClass& found, std::uint32_t period) const {
    const std::uint32_t half = (found.tokens + period) / 2;
    found.tokens = half / period * period;
    found.places.push_back(found.places[0]);
    found.places[1].begin += found.tokens;
}

bool CloneFinder::worthReporting(const CloneClass& found) const {
    if (found.places.size() < 2 || found.tokens < m_options.minTokens) return false;
    if (m_exact) return true;
    const ClonePlace& first = found.places[0];
    const auto kinds = column(first.source).subspan(first.begin, found.tokens);
    const std::unordered_set<std::uint32_t> different(kinds.begin(), kinds.end());
    if (different.size() < std::min(k_kindsOfCode, m_options.minTokens / 4)) return false;
    const auto texts = m_sources[first.source].texts.subspan(first.begin, found.tokens);
    return std::any_of(found.places.begin() + 1, found.places.end(), [&](const ClonePlace& place) {
        const auto other = m_sources[place.source].texts.subspan(place.begin, found.tokens);
        return !std::equal(texts.begin(), texts.end(), other.begin());
    });
}

void CloneFinder::emit(const Interval& interval) {
    CloneClass found;
    found.tokens = static_cast<std::uint32_t>(interval.tokens);
    std::vector<std::int32_t> positions(m_order.begin() + interval.first,
                                        m_order.begin() + interval.last + 1);
    std::sort(positions.begin(), positions.end());
    std::int32_t end = -1, period = 0;
    for (const std::int32_t position : positions) {
        if (position < end) {
            if (period == 0) period = position - (end - interval.tokens);
            continue;
        }
        end = position + interval.tokens;
        found.places.push_back(placeOf(position));
    }
    if (found.places.size() == 1 && period > 0 && m_exact)
        splitSelfOverlap(found, static_cast<std::uint32_t>(period));
    std::erase_if(found.places,
                  [&](const ClonePlace& place) { return linesOf(place, found.tokens) < m_options.minLines; });
    markCovered(positions, interval.tokens);
    m_passed.add(found.places.size());
    if (!worthReporting(found)) return;
    m_places += found.places.size();
    m_classes.push_back(std::move(found));
}

// Also for what is not reported, so that no input makes us look at the same places over and over.
void CloneFinder::markCovered(const std::vector<std::int32_t>& positions, std::int32_t tokens) {
    for (const std::int32_t position : positions) {
        m_budget -= std::min<std::uint64_t>(m_budget, 1);
        if (m_depth[at(position)] >= k_deep && m_depth[at(position + tokens - 1)] >= k_deep) continue;
        m_budget -= std::min(m_budget, static_cast<std::uint64_t>(tokens));
        for (std::int32_t i = position; i < position + tokens; ++i)
            m_depth[at(i)] = static_cast<std::uint8_t>(std::min<int>(m_depth[at(i)] + 1, k_deep));
    }
}

} // namespace exo::analysis
