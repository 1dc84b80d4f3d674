#include "core/analysis/clones/Winnow.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace exo::analysis {

namespace {

constexpr std::uint32_t k_passedEvery = 256; // sources

struct Fingerprint {
    std::uint32_t hash;
    std::uint32_t source;
    std::uint32_t begin;
};

std::uint32_t mix(std::uint64_t value) { // finaliser of MurmurHash3
    value ^= value >> 33;
    value *= 0xff51afd7ed558ccdULL;
    value ^= value >> 33;
    return static_cast<std::uint32_t>(value ^ (value >> 32));
}

class Winnower {
  public:
    Winnower(const WinnowOptions& options, std::vector<Fingerprint>& out)
        : m_gram(options.gram)
        , m_window(options.window)
        , m_out(out) {
        for (std::size_t i = 1; i < m_gram; ++i)
            m_power *= k_base;
    }

    // Robust winnowing: the smallest hash of each window, the rightmost of equal ones.
    void add(std::span<const std::uint32_t> tokens, std::uint32_t source) {
        if (tokens.size() < m_gram) return;
        const std::size_t grams = tokens.size() - m_gram + 1;
        std::vector<std::uint32_t> ring(m_window);
        std::uint64_t rolling = 0;
        for (std::size_t i = 0; i + 1 < m_gram; ++i)
            rolling = rolling * k_base + tokens[i] + 1;
        std::size_t smallest = 0;
        std::size_t chosen = grams;
        for (std::size_t i = 0; i < grams; ++i) {
            rolling = rolling * k_base + tokens[i + m_gram - 1] + 1;
            const std::uint32_t hash = mix(rolling);
            rolling -= m_power * (std::uint64_t{tokens[i]} + 1);
            ring[i % m_window] = hash;
            if (smallest + m_window <= i)
                smallest = rescan(ring, i); // it left the window
            else if (hash <= ring[smallest % m_window])
                smallest = i;
            if (i + 1 < std::min(m_window, grams) || smallest == chosen) continue;
            chosen = smallest;
            m_out.push_back({ring[smallest % m_window], source, static_cast<std::uint32_t>(smallest)});
        }
    }

  private:
    std::size_t rescan(const std::vector<std::uint32_t>& ring, std::size_t last) const {
        std::size_t best = last + 1 - m_window;
        for (std::size_t i = best + 1; i <= last; ++i)
            if (ring[i % m_window] <= ring[best % m_window]) best = i;
        return best;
    }

    static constexpr std::uint64_t k_base = 0x9E3779B97F4A7C15ULL | 1;
    std::size_t m_gram, m_window;
    std::uint64_t m_power = 1;
    std::vector<Fingerprint>& m_out;
};

// Two bits a slot: seen once, seen again.
class SeenTwice {
  public:
    explicit SeenTwice(std::size_t entries)
        : m_mask(std::bit_ceil(std::max<std::size_t>(entries, 64) * 16) - 1)
        , m_once((m_mask + 1) / 64)
        , m_again((m_mask + 1) / 64) {}
    void add(std::uint32_t hash) {
        const std::size_t slot = hash & m_mask;
        const std::uint64_t bit = std::uint64_t{1} << (slot % 64);
        if (m_once[slot / 64] & bit) m_again[slot / 64] |= bit;
        m_once[slot / 64] |= bit;
    }
    bool again(std::uint32_t hash) const {
        const std::size_t slot = hash & m_mask;
        return (m_again[slot / 64] >> (slot % 64)) & 1;
    }

  private:
    std::size_t m_mask;
    std::vector<std::uint64_t> m_once, m_again;
};

} // namespace

std::vector<TokenRun> repeatedRuns(std::span<const std::span<const std::uint32_t>> sources,
                                   const WinnowOptions& options) {
    std::vector<Fingerprint> prints;
    std::size_t tokens = 0;
    for (const auto& source : sources)
        tokens += source.size();
    prints.reserve(tokens * 2 / (options.window + 1)); // as many as random hashes give; tables have fewer
    Winnower winnower(options, prints);
    for (std::uint32_t i = 0; i < sources.size(); ++i) {
        if (options.cancelled && *options.cancelled) return {};
        winnower.add(sources[i], i);
        if (options.passed && *options.passed && i % k_passedEvery == 0) (*options.passed)();
    }
    SeenTwice seen(prints.size());
    for (const Fingerprint& print : prints)
        seen.add(print.hash);
    // A repeat reaches at most window − 1 tokens beyond its outermost common fingerprints; one token more on
    // each side shows where it ends.
    std::vector<TokenRun> runs;
    for (const Fingerprint& print : prints) {
        if (!seen.again(print.hash)) continue;
        const std::size_t size = sources[print.source].size();
        const std::size_t begin = print.begin - std::min<std::size_t>(print.begin, options.window);
        const std::size_t end = std::min(size, print.begin + options.gram + options.window);
        if (!runs.empty() && runs.back().source == print.source && runs.back().end >= begin)
            runs.back().end = std::max(runs.back().end, static_cast<std::uint32_t>(end));
        else
            runs.push_back(
                {print.source, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    }
    return runs;
}

} // namespace exo::analysis
