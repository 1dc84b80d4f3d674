#pragma once
// Suffix array by induced sorting (Nong, Zhang, Chan 2009) and the table of longest common prefixes (Kasai et
// al. 2001, in the memory of Manzini 2004) over integers: linear time whatever the input. Pure functions.

#include <cstdint>
#include <span>
#include <vector>

namespace exo::analysis {

// `text` holds values 0…maxValue. Result: starts of the suffixes in lexical order.
std::vector<std::int32_t> suffixArray(std::span<const std::int32_t> text, std::int32_t maxValue);

// lcp[i]: common prefix of the suffixes at order[i] and order[i + 1]; size n − 1.
std::vector<std::int32_t> commonPrefixes(std::span<const std::int32_t> text,
                                         std::span<const std::int32_t> order, std::int32_t maxValue);

} // namespace exo::analysis
