#include "core/cache/FrequencySketch.h"

#include <algorithm>
#include <bit>

namespace exo {

namespace {

constexpr std::uint64_t k_seeds[] = {0x9E3779B97F4A7C15u, 0xC2B2AE3D27D4EB4Fu, 0x165667B19E3779F9u,
                                     0xD6E8FEB86659FD93u};
constexpr std::size_t k_accessesPerCounter = 10;
constexpr std::size_t k_least = 64;

int shiftOf(std::uint64_t hash, int row) { // which of the sixteen counters of a word
    return static_cast<int>((hash >> (row * 4) & 15) * 4);
}

} // namespace

void FrequencySketch::resize(std::size_t keys) {
    m_capacity = std::bit_ceil(std::max(keys, k_least));
    m_table.assign(m_capacity, 0); // eight bytes per key
    m_mask = m_capacity - 1;
    m_additions = 0;
}

std::size_t FrequencySketch::slot(std::uint64_t hash, int row) const {
    std::uint64_t mixed = (hash + k_seeds[row]) * k_seeds[row];
    mixed ^= mixed >> 32;
    return static_cast<std::size_t>(mixed) & m_mask;
}

void FrequencySketch::add(std::uint64_t hash) {
    bool grew = false;
    for (int row = 0; row < k_rows; ++row) {
        std::uint64_t& word = m_table[slot(hash, row)];
        const int shift = shiftOf(hash, row);
        if ((word >> shift & 15) == 15) continue;
        word += std::uint64_t{1} << shift;
        grew = true;
    }
    if (grew && ++m_additions >= k_accessesPerCounter * m_capacity) halve();
}

int FrequencySketch::estimate(std::uint64_t hash) const {
    int least = 15;
    for (int row = 0; row < k_rows; ++row)
        least = std::min(least, static_cast<int>(m_table[slot(hash, row)] >> shiftOf(hash, row) & 15));
    return least;
}

void FrequencySketch::halve() {
    for (std::uint64_t& word : m_table)
        word = word >> 1 & 0x7777777777777777u;
    m_additions /= 2;
}

} // namespace exo
