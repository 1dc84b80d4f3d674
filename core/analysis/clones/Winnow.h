#pragma once
// The regions of token streams that may be repeated anywhere: around every winnowed fingerprint that occurs
// more than once. Positions count tokens through all sources in order.

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace exo::analysis {

struct TokenRun {
    std::uint32_t source = 0;
    std::uint32_t begin = 0, end = 0; // tokens of that source
};

struct WinnowOptions {
    std::size_t gram = 50, window = 16;
    const std::atomic<bool>* cancelled = nullptr;
    const std::function<void()>* passed = nullptr; // told after some sources
};

// Disjoint, in order. Holds every repeat of at least gram + window − 1 tokens whole. A collision of hashes
// only makes a run too many.
std::vector<TokenRun> repeatedRuns(std::span<const std::span<const std::uint32_t>> sources,
                                   const WinnowOptions& options);

} // namespace exo::analysis
