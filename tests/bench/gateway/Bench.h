#pragma once
// What the sections of the benchmark share. Each section starts the programs it compares, prints its table
// and ends them.

#include "tests/bench/gateway/Contenders.h"

#include <cstdint>
#include <filesystem>

namespace exo::bench {

struct Bench {
    std::filesystem::path exobrain, upstream, desktop;
    std::filesystem::path folder; // for the files of this run
    bool quick = false;           // shows that it works, measures nothing
    std::chrono::seconds soak{0};

    std::chrono::milliseconds span(int milliseconds) const {
        return std::chrono::milliseconds(quick ? milliseconds / 10 : milliseconds);
    }
};

// Each gives the number of requests that failed: a figure that stands on failures is worth nothing.
std::uint64_t measureStarts(const Bench& bench);
std::uint64_t measureProxying(const Bench& bench);
std::uint64_t measureCacheHits(const Bench& bench);
std::uint64_t measureManyStreams(const Bench& bench);
std::uint64_t measureTlsBurst(const Bench& bench);
std::uint64_t measureOverload(const Bench& bench);
std::uint64_t measureSoak(const Bench& bench);

} // namespace exo::bench
