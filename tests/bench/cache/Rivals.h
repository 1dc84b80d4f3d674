#pragma once
// What the cache of the product is compared with: plain LRU, and the best that anybody could do who knew the
// future (Belady 1966), both with room for so many entries of one size.

#include "tests/bench/cache/Traces.h"

namespace exo::bench {

double hitRatioOfLru(const Trace& trace, std::size_t entries);
double hitRatioOfBelady(const Trace& trace, std::size_t entries);

} // namespace exo::bench
