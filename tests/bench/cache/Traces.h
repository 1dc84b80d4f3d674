#pragma once
// Streams of requests to judge a cache by: which key is asked for next. The same every time.

#include <cstdint>
#include <string>
#include <vector>

namespace exo::bench {

using Trace = std::vector<std::uint64_t>;

// Popularity by rank to the power of -s, each request on its own.
Trace zipf(double s, std::uint64_t keys, std::size_t requests, std::uint32_t seed);
// zipf, and every `every` requests a walk over `length` keys that are never asked for again.
Trace scanned(const Trace& base, std::size_t every, std::uint64_t length);
// 0, 1, … keys-1 and from the start again.
Trace loop(std::uint64_t keys, std::size_t requests);
// zipf in which every `every` requests the popular ones are others.
Trace drifting(const Trace& base, std::size_t every);

} // namespace exo::bench
