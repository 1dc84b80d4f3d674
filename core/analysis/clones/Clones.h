#pragma once
// Duplicated code over token streams. Winnowing (Schleimer, Wilkerson, Aiken 2003: w = 16 over k = 50) finds
// the candidate regions, a suffix array over those alone gives the maximal repeats, compared by their tokens,
// so a colliding fingerprint cannot invent a clone. Every clone of at least minTokens + window − 1 tokens is
// found. Pure function: any thread.

#include "core/api/Analysis.h"
#include "core/base/Result.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace exo::analysis {

// The columns of a TokenStream; views, so that they may lie in a mapped file.
struct CloneSource {
    std::string_view path;
    std::span<const std::uint32_t> kinds;
    std::span<const std::uint32_t> texts;
    std::span<const std::int32_t> lines; // ascending
};

struct CloneOptions {
    std::size_t minTokens = 50; // k: no shorter clone is reported
    std::size_t window = 16;    // w
    int minLines = 5;
    bool renamed = true; // also clones that differ in names and literals only
    std::size_t maxClasses = 20'000;
    std::size_t maxPlaces = 200'000; // of all classes together
    bool together = false;           // both searches at once, on a thread more and with twice the memory
    const std::atomic<bool>* cancelled = nullptr;
    // Now and then: what was read of the sources is not needed soon. With `together` from two threads.
    std::function<void()> passed;
};

struct CloneReport {
    std::vector<api::AnalysisDuplicate> classes; // most duplicated tokens first
    std::int64_t duplicatedLines = 0; // lines touched by an exact clone, each once; also beyond maxClasses
    std::int64_t renamedLines = 0;    // the same, counting renamed clones too
    std::vector<std::int32_t> linesOfSource; // duplicatedLines by source, in the order given
    bool truncated = false;                  // maxClasses or maxPlaces was reached
};

// Errors: Cancelled; RequestTooLarge beyond 2^31 tokens.
Result<CloneReport> findDuplicates(std::span<const CloneSource> sources, const CloneOptions& options = {});

} // namespace exo::analysis
