#pragma once
// One search over one column of tokens (exact or renamed): candidate runs → suffix array → maximal repeats,
// the longest first. Lives for one call of findDuplicates.

#include "core/analysis/clones/Clones.h"
#include "core/analysis/clones/Winnow.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace exo::analysis {

struct ClonePlace {
    std::uint32_t source = 0;
    std::uint32_t begin = 0; // token
    bool operator==(const ClonePlace&) const = default;
    auto operator<=>(const ClonePlace&) const = default;
};

struct CloneClass {
    std::uint32_t tokens = 0;
    std::vector<ClonePlace> places; // ascending, not overlapping
};

// Each place that is looked at may bring a stretch of a mapped file into memory: after some it is told that
// they have passed.
class PassedPlaces {
  public:
    explicit PassedPlaces(const std::function<void()>& passed)
        : m_passed(passed) {}
    void add(std::size_t places) {
        m_places += places;
        if (m_places >= k_tellEvery) tell();
    }
    void tell() {
        m_places = 0;
        if (m_passed) m_passed();
    }

  private:
    static constexpr std::size_t k_tellEvery = 256;
    const std::function<void()>& m_passed;
    std::size_t m_places = 0;
};

class CloneFinder {
  public:
    // `exact`: compare texts; else kinds.
    CloneFinder(std::span<const CloneSource> sources, const CloneOptions& options, bool exact);

    // False when cancelled.
    bool run();
    std::vector<CloneClass>& classes() { return m_classes; }
    bool truncated() const { return m_truncated; }
    // Every stretch of tokens that is repeated somewhere, long enough to report; by source and place.
    std::vector<std::pair<ClonePlace, std::uint32_t>>& ranges() { return m_ranges; }

  private:
    struct Interval { // of the suffix array, [first, last], sharing `tokens`
        std::int32_t first, last, tokens;
    };

    bool cancelled() const { return m_options.cancelled && *m_options.cancelled; }
    std::span<const std::uint32_t> column(std::uint32_t source) const;
    void joinRuns();
    void collectRanges();
    std::vector<Interval> maximalRepeats() const;
    bool covered(const Interval& interval) const;
    bool worthReporting(const CloneClass& found) const;
    void emit(const Interval& interval);
    void markCovered(const std::vector<std::int32_t>& positions, std::int32_t tokens);
    void splitSelfOverlap(CloneClass& found, std::uint32_t period) const;
    ClonePlace placeOf(std::int32_t position) const;
    int linesOf(const ClonePlace& place, std::uint32_t tokens) const;

    std::span<const CloneSource> m_sources;
    const CloneOptions& m_options;
    bool m_exact;
    std::vector<TokenRun> m_runs;
    std::vector<std::uint32_t> m_runStart; // in m_text
    std::vector<std::int32_t> m_text;      // ranks of tokens, a separator of its own after each run
    std::int32_t m_maxValue = 0;
    std::size_t m_size = 0; // of m_text, which goes before the end
    std::vector<std::int32_t> m_order, m_common;
    std::vector<std::uint8_t> m_depth; // by position in m_text: reported classes that cover it
    std::vector<std::pair<ClonePlace, std::uint32_t>> m_ranges;
    std::vector<CloneClass> m_classes;
    std::size_t m_places = 0;
    PassedPlaces m_passed;
    std::uint64_t m_budget = 0; // tokens that may still be marked in m_depth
    bool m_truncated = false;
};

} // namespace exo::analysis
