#pragma once
// Which copy of a counter this thread adds to, so that threads do not fight for one cache line.

#include <atomic>
#include <cstddef>

namespace exo {

inline constexpr std::size_t k_shards = 4; // more threads than that share

inline std::size_t shardOfThread() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % k_shards;
    return mine;
}

} // namespace exo
