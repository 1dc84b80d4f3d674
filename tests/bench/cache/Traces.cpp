#include "tests/bench/cache/Traces.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace exo::bench {

namespace {
constexpr std::uint64_t k_elsewhere = 1ull << 40; // where keys begin that are asked for once
}

Trace zipf(double s, std::uint64_t keys, std::size_t requests, std::uint32_t seed) {
    std::vector<double> upTo(keys);
    double sum = 0;
    for (std::uint64_t rank = 0; rank < keys; ++rank)
        upTo[rank] = sum += std::pow(static_cast<double>(rank + 1), -s);
    std::mt19937_64 random(seed);
    Trace trace(requests);
    for (std::uint64_t& key : trace) {
        const double at = static_cast<double>(random() >> 11) * 0x1p-53 * sum;
        key = static_cast<std::uint64_t>(std::ranges::upper_bound(upTo, at) - upTo.begin());
    }
    return trace;
}

Trace scanned(const Trace& base, std::size_t every, std::uint64_t length) {
    Trace trace;
    std::uint64_t next = k_elsewhere;
    for (std::size_t i = 0; i < base.size(); ++i) {
        trace.push_back(base[i]);
        if (i % every != every - 1) continue;
        for (std::uint64_t step = 0; step < length; ++step)
            trace.push_back(next++);
    }
    return trace;
}

Trace loop(std::uint64_t keys, std::size_t requests) {
    Trace trace(requests);
    for (std::size_t i = 0; i < requests; ++i)
        trace[i] = i % keys;
    return trace;
}

Trace drifting(const Trace& base, std::size_t every) {
    Trace trace = base;
    for (std::size_t i = 0; i < trace.size(); ++i)
        trace[i] += i / every * k_elsewhere;
    return trace;
}

} // namespace exo::bench
